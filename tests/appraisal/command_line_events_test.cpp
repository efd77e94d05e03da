// What breaks if these fail: root of a machine chooses which text is taken for the kernel's command line.
#include "appraisal/believed_claims.hpp"
#include "appraisal/command_line_events.hpp"
#include "appraisal/extraction.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/vm_machine.hpp"

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

boot_event uncovered(std::uint8_t pcr, std::string hint) {
  auto e = event(pcr, std::move(hint));
  e.hint = std::move(e.text);
  e.text.clear();
  return e;
}

std::string proven(std::vector<boot_event> events) {
  boot_content boot;
  boot.events = std::move(events);
  const auto* one = proven_command_line(boot);
  return one == nullptr ? "-" : one->text;
}

} // namespace

TEST_CASE("check 13: bytes and PCR say what can be a command line, never label or type") {
  const std::string line = "/vmlinuz quiet";
  struct row {
    const char* what;
    std::vector<boot_event> events;
    std::string proven;
  };
  const row rows[] = {
      {"GRUB's", {event(8, "linux /vmlinuz quiet", "grub_cmd"), event(8, line, "kernel_cmdline")}, line},
      {"under another label", {event(8, line, "grub_cmd")}, line},
      {"without one", {event(8, line)}, line},
      {"with its device", {event(8, "(hd0,gpt1)/vmlinuz")}, "(hd0,gpt1)/vmlinuz"},
      {"a command under the label", {event(8, "linux /vmlinuz quiet", "kernel_cmdline")}, "-"},
      {"loaded twice", {event(8, line, "kernel_cmdline"), event(8, "/vmlinuz init=/evil", "grub_cmd")}, "-"},
      {"the same twice", {event(8, line), event(8, line)}, "-"},
      {"systemd-boot's", {event(12, "quiet")}, "quiet"},
      {"both loaders", {event(8, line), event(12, "quiet")}, "-"},
      {"something hidden beside it", {event(8, line), uncovered(8, "grub_cmd: x")}, "-"},
      {"hidden alone", {uncovered(12, "quiet")}, "-"},
      {"text of another width", {event(12, "i\\x00n\\x00i\\x00t")}, "-"},
      {"another PCR", {event(9, line), event(11, line), event(13, line)}, "-"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(proven(row.events) == row.proven);
  }
}

TEST_CASE("check 13: real machines have one command line, or none that a digest covers") {
  CHECK(command_line_events(testing::verified_vm("grub-sb").boot.get()).size() == 1);
  CHECK(command_line_events(testing::verified_vm("direct-tis").boot.get()).empty());
}

TEST_CASE("check 11: what may satisfy a requirement was there at boot, or is the reference's") {
  auto boot = grub_machine();
  boot.events.push_back(event(5, "Exit Boot Services Returned with Success"));
  boot.events.back().digest =
      crypto::digest{crypto::sha256(as_bytes("Exit Boot Services Returned with Success"))};
  boot.events.push_back(event(11, ".linux"));
  boot.events.push_back(event(12, "ima_policy=tcb"));
  for (std::uint32_t i = 0; auto& e : boot.events)
    e.number = ++i;
  const auto claims = verified(boot);
  const auto count = [](const boot_claims& in, unsigned pcr) {
    return std::ranges::count(in->events, pcr, &boot_event::pcr);
  };
  // Events of PCR 11 and 12 behind ExitBootServices, with nothing to compare with.
  CHECK(count(believed_claims(claims, nullptr), 11) == 0);
  CHECK(count(believed_claims(claims, nullptr), 8) == 4);
  // A reference that compares them.
  const auto whole = reference_of(claims);
  CHECK(count(believed_claims(claims, whole.get()), 11) == 1);
  // One that leaves them out, and one that leaves out this event.
  extraction_rules rules;
  rules.pcrs = 0b10011101;
  const auto narrow = reference_set::make(extract(claims, {}, rules, "test").value()).value();
  CHECK(count(believed_claims(claims, narrow.get()), 11) == 0);
  CHECK(count(believed_claims(claims, narrow.get()), 8) == 4); // IMA's first entry is over PCR 8
  rules = {};
  rules.leave_out = {{11, {}, pattern::make("\\.linux").value()}};
  const auto left_out = reference_set::make(extract(claims, {}, rules, "test").value()).value();
  CHECK(count(believed_claims(claims, left_out.get()), 11) == 0);
  // Nothing ties PCR 8 to the boot: in SHA-1 the first entry is over PCR 0 to 7.
  for (const auto loose : {aggregate_claim::zero, aggregate_claim::bound_to_firmware}) {
    boot.aggregate = loose;
    CHECK(count(believed_claims(verified(boot), narrow.get()), 8) == 0);
    CHECK(count(believed_claims(verified(boot), whole.get()), 8) == 4);
  }
}

TEST_CASE("check 11: the firmware's version is what came before the separator of PCR 0") {
  auto boot = grub_machine();
  auto separator = event(0, "separator");
  separator.digest = crypto::digest{crypto::sha256(bytes(4, 0))};
  boot.events = {event(0, "1.0"), separator, event(0, "99.0")};
  for (std::uint32_t i = 0; auto& e : boot.events)
    e.number = ++i;
  const auto believed = believed_claims(verified(boot), nullptr);
  REQUIRE(believed->events.size() == 1);
  CHECK(believed->events[0].text == "1.0");
}
