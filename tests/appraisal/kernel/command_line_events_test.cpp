// What breaks if these fail: root on a machine chooses which text is taken for the kernel's command line.
#include "appraisal/boot/believed_claims.hpp"
#include "appraisal/extraction/extraction.hpp"
#include "appraisal/kernel/command_line_events.hpp"
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

TEST_CASE(
    "check 13: an event's bytes and PCR decide whether it can be a command line, never its label or type") {
  const std::string line = "/vmlinuz quiet";
  const auto command = event(8, "linux /vmlinuz quiet", "grub_cmd");
  struct row {
    const char* what;
    std::vector<boot_event> events;
    std::string proven;
  };
  const row rows[] = {
      {"GRUB's", {command, event(8, line, "kernel_cmdline")}, line},
      {"of linuxefi", {event(8, "linuxefi " + line), event(8, line)}, line},
      {"of linux16, and timed", {event(8, "time linux16 " + line), event(8, line)}, line},
      {"under another label", {command, event(8, line, "grub_cmd")}, line},
      {"without one", {command, event(8, line)}, line},
      {"without GRUB's command", {event(8, line)}, "-"},
      {"with its device",
       {event(8, "linux (hd0,gpt1)/vmlinuz"), event(8, "(hd0,gpt1)/vmlinuz")},
       "(hd0,gpt1)/vmlinuz"},
      {"a command under the label", {event(8, "linux /vmlinuz quiet", "kernel_cmdline")}, "-"},
      {"loaded twice", {command, event(8, line, "kernel_cmdline"), event(8, "/vmlinuz init=/evil")}, "-"},
      {"the same twice", {command, event(8, line), event(8, line)}, "-"},
      {"an argument with a blank",
       {event(8, "linux /vmlinuz dyndbg=file a.c +p"), event(8, "/vmlinuz \"dyndbg=file a.c +p\"")},
       "/vmlinuz \"dyndbg=file a.c +p\""},
      {"quotes and backslashes",
       {event(8, "linux /vmlinuz a=\"b\\c\\x20"), event(8, "/vmlinuz a=\\\"b\\\\c\\x20")},
       "/vmlinuz a=\\\"b\\\\c\\x20"},
      {"on the net", {event(8, "linux vmlinuz quiet"), event(8, "vmlinuz quiet")}, "vmlinuz quiet"},
      {"systemd-boot's", {event(12, "quiet")}, "quiet"},
      {"both loaders", {command, event(8, line), event(12, "quiet")}, "-"},
      {"something hidden beside it", {command, event(8, line), uncovered(8, "grub_cmd: x")}, "-"},
      {"hidden alone", {uncovered(12, "quiet")}, "-"},
      {"text of another width", {event(12, "i\\x00n\\x00i\\x00t")}, "-"},
      {"another PCR", {event(9, line), event(11, line), event(13, line)}, "-"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(proven(row.events) == row.proven);
  }
}

TEST_CASE(
    "check 13: a second kernel of GRUB is found whatever its file's name, and its command is reported") {
  const std::string line = "/vmlinuz ima_policy=tcb";
  const std::string evil = " init=/bin/sh";
  struct row {
    const char* what;
    std::string command;
    std::string line;
  };
  const row rows[] = {
      {"a path with a blank", "linux /vm linuz" + evil, "\"/vm linuz\"" + evil},
      {"blocks of a disk", "linux 2048+20000" + evil, "2048+20000" + evil},
      {"the first blocks of a disk", "linux +20000" + evil, "+20000" + evil},
      {"a file on the net", "linux vmlinuz2" + evil, "vmlinuz2" + evil},
      {"one called like a command", "linux set" + evil, "set" + evil},
      {"another command", "linuxefi vmlinuz2" + evil, "vmlinuz2" + evil},
      {"a command with its result turned round", "! linux vmlinuz2" + evil, "vmlinuz2" + evil},
      {"a timed command", "time ! linux16 vmlinuz2" + evil, "vmlinuz2" + evil},
      {"GRUB Legacy's", "legacy_kernel /vmlinuz2" + evil, "vmlinuz2" + evil},
      {"multiboot", "multiboot2 xen" + evil, "xen" + evil},
      {"chainloader", "chainloader (hd0,gpt2)/vmlinuz" + evil, "(hd0,gpt2)/vmlinuz" + evil},
      {"one whose line is told of another PCR", "linux vmlinuz2" + evil, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    std::vector<boot_event> events{event(8, "linux " + line), event(8, line)};
    REQUIRE(proven(events) == line);
    events.push_back(event(8, row.command));
    if (!row.line.empty()) events.push_back(event(8, row.line));
    CHECK(proven(events) == "-");
    // Nor is the second line believed alone with the first one's command.
    CHECK(proven({event(8, "linux " + line), event(8, row.command), event(8, row.line)}) == "-");
  }
}

TEST_CASE("check 24: a kernel file whose name looks like a parameter is still a file") {
  const auto line = event(8, "ima_policy=tcb root=/dev/vda2");
  CHECK(kernels_text_of(line) == "BOOT_IMAGE=ima_policy=tcb root=/dev/vda2");
  CHECK(kernels_text_of(event(12, "ima_policy=tcb")) == "ima_policy=tcb");
}

TEST_CASE("check 13: logs of Ubuntu's and Fedora's GRUB have one command line") {
  struct row {
    const char* name;
    const char* kernel;
  };
  for (const auto& r :
       {row{"ubuntu_2104_shielded_vm_no_secure_boot_eventlog", "/boot/vmlinuz-5.11.0-1006-gcp "},
        row{"coreos_36_shielded_vm_no_secure_boot_eventlog", "(hd0,gpt3)/ostree/fedora-coreos-"}}) {
    const auto raw = testing::read_shared(std::string{"go-attestation/"} + r.name);
    if (!raw) {
      MESSAGE("skipped: no ../shared/testdata/go-attestation");
      return;
    }
    CAPTURE(r.name);
    const auto log = tpm::parse_event_log(*raw).value();
    boot_content boot;
    for (const auto& told : log.events()) {
      if (!told.measured()) continue;
      const auto digest = log.digest(told, hash_algorithm::sha256);
      auto words = tpm::describe_event(told, digest, hash_algorithm::sha256);
      auto& out = boot.events.emplace_back();
      out.pcr = static_cast<std::uint8_t>(told.pcr);
      out.digest = crypto::digest{digest};
      if (words.covered == tpm::coverage::digest) out.text = std::move(words.text);
    }
    const auto* line = proven_command_line(boot);
    REQUIRE(line != nullptr);
    CHECK(line->text.starts_with(r.kernel));
  }
}

TEST_CASE("check 13: real machines have one command line, or none that a digest covers") {
  CHECK(proven_command_line(testing::verified_vm("grub-sb").boot.get()) != nullptr);
  CHECK_FALSE(may_have_command_line(testing::verified_vm("direct-tis").boot.get()));
}

TEST_CASE("check 11: only events from the boot, or events of the reference, can satisfy a requirement") {
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
  // Events of PCR 11 and 12 after ExitBootServices, with nothing to compare with.
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
  CHECK(count(believed_claims(claims, narrow.get()), 8) == 4); // IMA's first entry covers PCR 8
  rules = {};
  rules.leave_out = {{11, {}, pattern::make("\\.linux").value()}};
  const auto left_out = reference_set::make(extract(claims, {}, rules, "test").value()).value();
  CHECK(count(believed_claims(claims, left_out.get()), 11) == 0);
  // Nothing ties PCR 8 to the boot: with SHA-1 the first entry covers PCR 0 to 7.
  for (const auto loose : {aggregate_claim::zero, aggregate_claim::bound_to_firmware}) {
    boot.aggregate = loose;
    CHECK(count(believed_claims(verified(boot), narrow.get()), 8) == 0);
    CHECK(count(believed_claims(verified(boot), whole.get()), 8) == 4);
  }
}

TEST_CASE("check 11: the firmware's version is the event before the separator of PCR 0") {
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
