// What breaks if these fail: an edited log passes for the signed one.
#include "tests/cli/log/sample_log.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::cli;
using namespace muster::cli::log_test;

TEST_CASE("an untouched log is proven up to its largest head") {
  const sample_log log;
  const auto out = judged(log);
  CHECK(out.problems.empty());
  CHECK(out.leaves == 12);
  CHECK(out.heads == 4);
  CHECK(out.proven == 12);
}

TEST_CASE("an export that was emptied fails, with and without a key") {
  const auto emptied = [](bool with_key, const std::vector<crypto::signed_log_head>& kept) {
    sample_log log;
    log.records.clear();
    log.hashes.clear();
    log.heads = kept;
    return judged(log, with_key);
  };
  for (const bool with_key : {true, false}) {
    CAPTURE(with_key);
    const auto out = emptied(with_key, {});
    CHECK(out.proven == 0);
    REQUIRE(out.problems.size() == 1);
    CHECK(tells(out, "there is no record, and nothing proves that there never was any"));
    CHECK_FALSE(emptied(with_key, sample_log{}.heads).problems.empty());
  }
}

TEST_CASE("an edited record is named, even with heads alone") {
  sample_log log;
  log.records[7] = record_of("record seven");
  auto out = judged(log);
  CHECK(tells(out, "record 7 is not what was entered"));
  CHECK(tells(out, "do not lead to the root of the head of size 9"));
  CHECK(out.proven == 6);
  // A skilled editor of the database also edits the hashes.
  log.hashes[7] = crypto::merkle_leaf(log.records[7]);
  out = judged(log);
  CHECK_FALSE(tells(out, "record 7 is not"));
  CHECK(tells(out, "do not lead to the root of the head of size 9"));
  CHECK(tells(out, "(heads), nor of 1 larger head"));
  CHECK(out.problems.size() == 1);
  CHECK(out.proven == 6);
  CHECK(out.contradicted);
}

TEST_CASE("the readable text of a line matches its record, or the line is named") {
  const sample_log log;
  const auto lines = log.lines();
  const auto edited = [&](std::string_view what, std::string_view with) {
    auto line = lines[4];
    const auto at = line.find(what);
    REQUIRE(at != std::string::npos);
    line.replace(at, what.size(), with);
    log_check check{log_key().pub()};
    for (std::size_t i = 0; i < lines.size(); ++i)
      REQUIRE(check.add_line(i == 4 ? line : lines[i]).ok());
    REQUIRE(check.add_heads(as_bytes(head_file_of(log.heads)), "heads").ok());
    return check.conclude();
  };
  struct {
    const char* what;
    const char* with;
    const char* named;
  } const rows[] = {
      {"uid=0 pid=1", "uid=7 pid=1", "record 4 is not shown as it was entered: actor"},
      {"record 4", "record 9", "entered: text"},
      {"1970-01-01", "1971-01-01", "entered: when"},
      {R"("action":"test")", R"("action":"node.revoke")", "entered: action"},
      {R"("node":"")", R"("node":"00ff")", "entered: node"},
      {R"("node":"")", R"("approved_by":"the board","node":"")",
       "more than an export has, or was written again"},
      {R"("node":"")", R"("node": "")", "or was written again"},
      {R"("problem":"")", R"("problem":"lost")", "entered: problem"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CAPTURE(row.with);
    const auto out = edited(row.what, row.with);
    CHECK(out.problems.size() == 1);
    CHECK(tells(out, row.named));
    CHECK(out.proven == 12); // the records are the signed ones; the lines do not match them
  }
}

TEST_CASE("the readable text of an exported head matches the head, or the head is named") {
  const sample_log log;
  auto line = exported_head(log.heads[3]);
  log_check good{log_key().pub()};
  for (const auto& one : log.lines())
    REQUIRE(good.add_line(one).ok());
  REQUIRE(good.add_line(line).ok());
  CHECK(good.conclude().problems.empty());
  line.replace(line.find("\"size\":12"), 9, "\"size\":13");
  REQUIRE(good.add_line(line).ok());
  CHECK(tells(good.conclude(), "signed at 1970-01-01T00:00:01Z is not shown as it was entered: size"));
}

TEST_CASE("if many lines were rewritten, up to ten are named, and all are counted") {
  const sample_log log;
  log_check check{log_key().pub()};
  for (auto line : log.lines())
    REQUIRE(check.add_line(line.insert(1, " ")).ok());
  REQUIRE(check.add_heads(as_bytes(head_file_of(log.heads)), "heads").ok());
  const auto out = check.conclude();
  CHECK(out.problems.size() == 11);
  CHECK(out.problems.back() == "3 more lines are not shown as entered");
}

TEST_CASE("a line that was cut out is one problem, whatever follows it") {
  const sample_log log;
  auto lines = log.lines();
  lines.erase(lines.begin() + 4);
  const auto judge = [&] {
    log_check check{log_key().pub()};
    for (const auto& line : lines)
      REQUIRE(check.add_line(line).ok());
    REQUIRE(check.add_heads(as_bytes(head_file_of(log.heads)), "heads").ok());
    return check.conclude();
  };
  auto out = judge();
  REQUIRE(out.problems.size() == 3);
  CHECK(out.problems[0] == "record 4 is missing: the next one is record 5");
  CHECK(out.problems[1] == "the export claims to have 12 records but has 11");
  CHECK(out.problems[2].starts_with("without record 4 the head of size 6 signed at "));
  CHECK(out.problems[2].ends_with("cannot be verified; nor can 2 larger heads"));
  CHECK(out.proven == 3);
  CHECK(out.contradicted);
  lines.erase(lines.begin() + 7, lines.begin() + 9);
  out = judge();
  CHECK(out.problems.size() == 3);
  CHECK(out.problems[0] == "record 4 is missing: the next one is record 5; the same in 1 more place");
  lines.erase(lines.begin() + 4, lines.begin() + 6);
  CHECK(judge().problems[0]
        == "records 4 to 6 are missing: the next one is record 7; the same in 1 more place");
}

TEST_CASE("a record that is missing from the end, from the middle or from its table is noticed") {
  sample_log cut;
  cut.records.resize(10);
  cut.hashes.resize(10);
  CHECK(tells(judged(cut), "the last 2 records under the head of size 12"));
  CHECK(judged(cut).contradicted);
  CHECK(judged(cut).proven == 9);

  sample_log closed_up;
  closed_up.records.erase(closed_up.records.begin() + 4);
  closed_up.hashes.erase(closed_up.hashes.begin() + 4);
  CHECK(tells(judged(closed_up), "do not lead to the root of the head of size 6"));
  CHECK(judged(closed_up).proven == 3);

  sample_log emptied;
  emptied.records[4].clear();
  CHECK(tells(judged(emptied), "record 4 cannot be read"));
  CHECK(judged(emptied).problems.size() == 1); // with its hash, all other records are still proven
}

TEST_CASE("records that were swapped or inserted are noticed") {
  sample_log swapped;
  std::swap(swapped.records[1], swapped.records[2]);
  std::swap(swapped.hashes[1], swapped.hashes[2]);
  CHECK(judged(swapped).proven == 0);
  CHECK_FALSE(judged(swapped).problems.empty());

  sample_log added;
  added.unentered = 1;
  CHECK(tells(judged(added), "1 record of the database never entered the log"));
}

TEST_CASE("a head of another key proves nothing, and the output says so") {
  sample_log log;
  const auto other = crypto::private_key::make_ec(crypto::curve::p256);
  log.heads = {crypto::sign_log_head(log.heads[3].head, other).value()};
  CHECK(tells(judged(log), "was not signed by this key"));
  CHECK(judged(log).proven == 0);
  CHECK(judged(log, false).problems.empty()); // without a key, the place where it was kept vouches
}

TEST_CASE("without a head, or without a key and with only the export's heads, nothing is proven") {
  sample_log log;
  log.heads.clear();
  CHECK(tells(judged(log), "nothing proves these records"));
  const sample_log whole;
  log_check check{std::nullopt};
  for (const auto& line : whole.lines())
    REQUIRE(check.add_line(line).ok());
  REQUIRE(check.add_line(exported_head(whole.heads[3])).ok());
  CHECK(tells(check.conclude(), "nothing proves these records"));
}

TEST_CASE("the file that an agent keeps is a head file, too") {
  const sample_log log;
  log_check check{log_key().pub()};
  for (const auto& line : log.lines())
    REQUIRE(check.add_line(line).ok());
  auto kept = crypto::encode(log.heads[3]);
  append(kept, crypto::encode(log.heads[0]));
  REQUIRE(check.add_heads(kept, "log_head").ok());
  CHECK(check.conclude().problems.empty());
  CHECK_FALSE(check.add_heads(bytes{2, 2, 3}, "log_head").ok());
  kept.front() = 1; // the layout of releases whose heads name no log
  CHECK(check.add_heads(kept, "log_head").fault().check == "log head: unknown layout");
  CHECK_FALSE(check.add_heads(as_bytes("{\"head\":\"zz\"}\n"), "heads").ok());
}

TEST_CASE("an export that was cut, or is not an export, is refused") {
  const sample_log log;
  log_check check{log_key().pub()};
  auto lines = log.lines();
  lines.pop_back();
  for (const auto& line : lines)
    REQUIRE(check.add_line(line).ok());
  CHECK(tells(check.conclude(), "it was cut"));
  CHECK_FALSE(check.add_line("not json").ok());
  CHECK_FALSE(check.add_line("{\"head\":{\"head\":\"00\"}}").ok());
}

TEST_CASE("the command's exit status says what was proven") {
  const auto folder = std::filesystem::temp_directory_path() / ("muster-log-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const auto file = [&](const char* name) { return (folder / name).string(); };
  sample_log log;
  const auto write = [&] {
    std::ofstream out{file("export")};
    for (const auto& line : log.lines())
      out << line << '\n';
  };
  write();
  std::ofstream{file("heads")} << head_file_of(log.heads);
  std::ofstream{file("log.pem")} << log_key().pub().pem();
  std::ostringstream out;
  std::ostringstream err;
  const auto run = [&] {
    return log_verify_command({file("export"), {file("heads")}, file("log.pem")}, out, err);
  };
  CHECK(run() == 0);
  CHECK(out.str()
        == "Complete up to head 12, signed 1970-01-01T00:00:01Z: 12 records against 4 heads.\n"
           "The first 12 of 12 records are what was signed at 1970-01-01T00:00:01Z.\n"
           "This cannot show what came later.\n");
  log.records[3] = record_of("another");
  write();
  CHECK(run() == 1);
  CHECK(out.str().find("NOT PROVEN") != std::string::npos);
  CHECK(out.str().find("The first 3 of 12 records are what was signed at 1970-01-01T00:00:01Z. Nothing "
                       "proves the other 9.")
        != std::string::npos);
  out.str({});
  CHECK(log_verify_command({file("export"), {file("heads")}, file("log.pem"), output_format::json}, out, err)
        == 1);
  CHECK(out.str().starts_with(
      R"({"proven":false,"signatures_verified":true,"records":12,"heads":4,"proven_records":3,"proven_at":"1970-01-01T00:00:01Z","problems":[")"));
  CHECK(out.str().ends_with("\"more_problems\":0,\"acknowledged\":[]}\n"));
  CHECK(log_verify_command({file("none"), {}, {}}, out, err) == 2);
  CHECK(log_verify_command({file("export"), {file("log.pem")}, {}}, out, err) == 2);
  CHECK(log_verify_command({file("export"), {}, file("heads")}, out, err) == 2);
  std::filesystem::remove_all(folder);
}
