// What breaks if these fail: an operator's acknowledgement excuses a loss that it does not cover.
#include "tests/cli/log/sample_log.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::cli;
using namespace muster::cli::log_test;

namespace {

const crypto::log_name the_log{{4, 2}};

/// A log whose first record begins incarnation 300, and whose second record acknowledges what was lost before
/// it.
sample_log acknowledged_log(const std::string& text) {
  crypto::merkle_frontier tree;
  sample_log log;
  log.records = {record_of(crypto::incarnation_text(the_log, {300}), "log.incarnation"),
                 record_of(text, "log.acknowledge", 5000)};
  log.hashes = {crypto::merkle_leaf(log.records[0]), crypto::merkle_leaf(log.records[1])};
  for (const auto& one : log.hashes)
    (void)tree.append(one);
  log.heads = {sample_log::sign(2, tree.root(), 6000, {300})};
  return log;
}

std::string acknowledged_text(const crypto::log_acknowledgement& what) {
  return crypto::acknowledgement_text(what, crypto::sign_acknowledgement(what, log_key()).value());
}

/// An acknowledgement of the log's state before that record.
crypto::log_acknowledgement good_acknowledgement() {
  return {{{300}}, 1, acknowledged_log({}).hashes[0], {5000}, "uid=0 pid=1"};
}

} // namespace

TEST_CASE("an acknowledged loss in the log is reported, and only heads of another loss are problems") {
  bytes32 lost{};
  lost.fill(0xaa);
  auto log = acknowledged_log(acknowledged_text(good_acknowledgement()));
  log.heads.push_back(sample_log::sign(50, lost, 4000, {299}));
  log.heads.push_back(sample_log::sign(2, lost, 9000, {200}));
  const auto out = judged(log);
  CHECK(out.problems.empty());
  CHECK(out.proven == 2);
  REQUIRE(out.acknowledged.size() == 2);
  CHECK(out.acknowledged[0]
        == "uid=0 pid=1 acknowledged at 1970-01-01T00:00:05Z that what was signed before incarnation 300 and "
           "is "
           "not in the log was lost");
  CHECK(out.acknowledged[1] == "2 heads of an acknowledged loss, the smallest of size 2, contradict the log");
  log.heads.back() = sample_log::sign(40, lost, 4000, {300}); // signed by an incarnation after that loss
  CHECK(tells(judged(log), "under the head of size 40"));
  log.heads.back() = sample_log::sign(40, lost, 4000, {301});
  CHECK(tells(judged(log), "under the head of size 40"));
  log.heads.back() = sample_log::sign(2, lost, 4000, {300}); // records were changed
  CHECK(tells(judged(log), "do not lead to the root of the head of size 2"));
}

TEST_CASE("check 33: an acknowledgement that the key did not sign, or for another log, excuses nothing") {
  const auto changed = [](auto change) {
    auto what = good_acknowledgement();
    change(what);
    return acknowledged_text(what);
  };
  const auto unsigned_text = crypto::acknowledgement_text(good_acknowledgement(), bytes{0, 255});
  for (const auto& text :
       {std::string{"before 300"}, unsigned_text, changed([](auto& what) { what.when = {4999}; }),
        changed([](auto& what) { what.who = "uid=0 pid=2"; }), changed([](auto& what) { what.loss = {}; }),
        changed([](auto& what) { what.loss.before = {301}; }), changed([](auto& what) { what.root[0] ^= 1; }),
        changed([](auto& what) { what.size = 60; })}) {
    CAPTURE(text);
    auto log = acknowledged_log(text);
    log.heads.push_back(sample_log::sign(50, {}, 4000, {299}));
    CHECK(tells(judged(log), "the last 48 records under the head of size 50"));
  }
}

TEST_CASE("incarnations that do not rise, or change their log, are reported") {
  sample_log log;
  const auto put = [&](std::size_t at, const std::string& text) {
    log.records[at] = record_of(text, "log.incarnation");
    log.hashes[at] = crypto::merkle_leaf(log.records[at]);
  };
  put(0, crypto::incarnation_text(the_log, {300}));
  put(1, crypto::incarnation_text(the_log, {300}));
  CHECK(tells(judged(log), "incarnation 300 did not begin after the one before it"));
  put(1, crypto::incarnation_text({}, {301}));
  CHECK(tells(judged(log), "incarnation 301 did not begin after the one before it"));
  put(1, "incarnation");
  CHECK(tells(judged(log), "an incarnation began in a form that cannot be read"));
}

TEST_CASE("an export that was cut before its newest head claims no more than the remaining heads") {
  const auto file = std::filesystem::temp_directory_path() / ("muster-cut-" + std::to_string(::getpid()));
  const auto key = file.string() + ".pem";
  std::ofstream{key} << log_key().pub().pem();
  const auto said = [&](const sample_log& log) {
    {
      std::ofstream export_file{file};
      for (const auto& line : log.lines())
        export_file << line << '\n';
      for (const auto& head : log.heads)
        export_file << exported_head(head) << '\n';
    }
    std::ostringstream out;
    std::ostringstream err;
    CHECK(log_verify_command({file.string(), {}, key}, out, err) == 0);
    CAPTURE(out.str());
    CHECK(out.str().find("Nothing was removed") == std::string::npos);
    CHECK(out.str().find("This cannot show what came later: give --head-file") != std::string::npos);
    return out.str();
  };
  sample_log cut;
  cut.records.resize(6);
  cut.hashes.resize(6);
  cut.heads.resize(2);
  cut.heads.push_back(sample_log::sign(6, cut.heads[1].head.root, 61'000)); // signed again, an hour later
  CHECK(said(cut).starts_with(
      "Complete up to head 6, signed 1970-01-01T00:01:01Z: 6 records against 3 heads.\n"));

  CHECK(said(acknowledged_log(acknowledged_text(good_acknowledgement())))
            .starts_with("Complete up to head 2, signed 1970-01-01T00:00:06Z, except for 1 acknowledged "
                         "loss: 2 records against 1 head.\n"));
  std::filesystem::remove(file);
  std::filesystem::remove(key);
}
