// What breaks if this fails: a machine that measures nothing, or weakly, looks prepared.
#include "checkup/kernel_lines.hpp"
#include "tests/checkup/well_formed.hpp"

using namespace muster;
using namespace muster::checkup;
using namespace muster::checkup::testing;

namespace {

boot_log_facts boot_log(result<std::size_t> events, std::vector<hash_algorithm> banks,
                        std::string user = "me") {
  return {"/boot", std::move(user), std::move(events), std::move(banks)};
}

/// All is well.
ima_facts ima() {
  ima_facts out;
  out.path = "/ima";
  out.user = "me";
  out.entries = std::size_t{2};
  out.template_name = "ima-ng";
  out.file_hash = "sha256";
  out.named_policy = "tcb";
  out.rules = std::size_t{9};
  out.file = "/etc/ima/ima-policy";
  return out;
}

} // namespace

TEST_CASE("a boot log is there, has events and more than SHA-1") {
  using enum hash_algorithm;
  struct {
    const char* what;
    boot_log_facts seen;
    outcome how;
    const char* advice;
  } const cases[] = {
      {"good", boot_log(std::size_t{90}, {sha1, sha256}), outcome::good, ""},
      {"absent", boot_log(fault{errc::not_found, "No such file"}, {}), outcome::bad, "UEFI"},
      {"closed", boot_log(fault{errc::denied, "Permission denied"}, {}), outcome::unseen, "root"},
      {"closed to root", boot_log(fault{errc::denied, "Permission denied"}, {}, "root"), outcome::unseen,
       "security module"},
      {"no log", boot_log(fault{errc::malformed, "event 3"}, {}), outcome::bad, "firmware update"},
      {"empty", boot_log(std::size_t{0}, {}), outcome::bad, "UEFI"},
      {"SHA-1", boot_log(std::size_t{90}, {sha1}), outcome::bad, "SHA-256 bank"},
      {"an old log declares no bank", boot_log(std::size_t{90}, {}), outcome::bad, "SHA-256 bank"},
      {"SM3", boot_log(std::size_t{90}, {sm3_256}), outcome::good, ""},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    const auto line = judge_boot_log(one.seen);
    check_well_formed(line);
    CHECK(line.how == one.how);
    CHECK(advises(line, one.advice));
  }
}

TEST_CASE("IMA's list: there, not empty, and with strong digests") {
  const auto with = [](auto change) {
    auto out = ima();
    change(out);
    return out;
  };
  struct {
    const char* what;
    ima_facts seen;
    outcome how;
    const char* advice;
  } const cases[] = {
      {"good", ima(), outcome::good, ""},
      {"absent", with([](auto& f) {
         f.entries = fault{errc::not_found, "no"};
       }),
       outcome::bad, "CONFIG_IMA"},
      {"closed", with([](auto& f) {
         f.entries = fault{errc::denied, "no"};
       }),
       outcome::unseen, "root"},
      {"no list", with([](auto& f) {
         f.entries = fault{errc::malformed, "no"};
       }),
       outcome::bad, "platform.ima_log"},
      {"boot_aggregate only", with([](auto& f) { f.entries = std::size_t{1}; }), outcome::bad, "ima-policy"},
      {"empty", with([](auto& f) { f.entries = std::size_t{0}; }), outcome::bad, "ima-policy"},
      {"SHA-1", with([](auto& f) { f.file_hash = "sha1"; }), outcome::bad, "ima_hash=sha256"},
      {"the oldest template", with([](auto& f) { f.template_name = "ima"; }), outcome::bad, "ima_template"},
      {"an algorithm that we do not know", with([](auto& f) { f.known_hash = false; }), outcome::bad,
       "ima_hash"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    const auto lines = judge_ima(one.seen);
    REQUIRE(lines.size() == (one.seen.entries ? 2 : 1));
    for (const auto& line : lines)
      check_well_formed(line);
    CHECK(lines[0].how == one.how);
    CHECK(advises(lines[0], one.advice));
  }
}

TEST_CASE("IMA's policy: named on the command line, loaded, and not too wide") {
  struct {
    const char* what;
    std::string named;
    result<std::size_t> rules;
    std::string file;
    outcome how;
    const char* words;
  } const cases[] = {
      {"good", "tcb", std::size_t{9}, "/etc/ima/ima-policy", outcome::good, "9 rules"},
      {"the kernel does not show it", "tcb", fault{errc::not_found, "no"}, "/etc/ima/ima-policy",
       outcome::good, "ima_policy=tcb"},
      {"only root sees it", "tcb", fault{errc::denied, "no"}, "/etc/ima/ima-policy", outcome::good,
       "only root"},
      {"no rule", "tcb", std::size_t{0}, "/etc/ima/ima-policy", outcome::bad, "0 rules"},
      {"not named", "", std::size_t{9}, "/etc/ima/ima-policy", outcome::note, "names none"},
      {"nothing narrows tcb", "tcb", std::size_t{9}, "", outcome::note, "ima_policy=tcb"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    auto seen = ima();
    seen.named_policy = one.named;
    seen.rules = one.rules;
    seen.file = one.file;
    const auto lines = judge_ima(seen);
    REQUIRE(lines.size() == 2);
    check_well_formed(lines[1]);
    CHECK(lines[1].how == one.how);
    CHECK(says(lines[1], one.words));
  }
}
