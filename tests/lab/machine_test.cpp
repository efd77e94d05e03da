#include "lab/machine.hpp"
#include "tests/lab/attested.hpp"

#include <fstream>

using namespace muster;
using namespace muster::test;

namespace {

constexpr std::uint32_t measured_pcrs = tpm::pcr_mask(0, 9) | 1U << 14U;

bytes value(const attested& evidence, unsigned pcr) {
  return to_bytes(evidence.ima.pcrs().get(hash_algorithm::sha256, pcr));
}

/// Which of PCR 0 to 9 and 14 differ.
std::uint32_t differing(const attested& a, const attested& b) {
  std::uint32_t out = 0;
  for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr)
    if ((measured_pcrs >> pcr & 1U) != 0 && value(a, pcr) != value(b, pcr)) out |= 1U << pcr;
  return out;
}

std::string content_of(const std::filesystem::path& path) {
  return std::string{as_text(must(lab::read_file(path)))};
}

} // namespace

TEST_CASE("the logs of a simulated boot replay to its TPM in every bank, without a remark") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  const auto evidence = attest(machine);
  CHECK(evidence.boot.banks().size() == 3);
  CHECK(evidence.boot.explained() == measured_pcrs);
  CHECK(evidence.boot.contradicted() == 0);
  CHECK(tpm::check_structure(evidence.boot).empty());
  CHECK(tpm::secure_boot_of(evidence.boot) == tpm::secure_boot::on);
  CHECK(evidence.ima.size() == 201);
  CHECK(evidence.ima.state().padded_banks.empty());
  CHECK(tpm::compare_boot_aggregate(evidence.ima) == tpm::aggregate_outcome::bound);
  CHECK(evidence.ima[1].path == "/usr/lib/systemd/systemd");
}

TEST_CASE("the kernel command line is in PCR 8 as text that its digest covers") {
  workshop place;
  auto& machine = place.create("m");
  lab::software what;
  what.kernel_command_line = "root=/dev/vda2 quiet";
  must(machine.boot(what));
  const auto evidence = attest(machine);
  const auto is_command_line = [&](const tpm::logged_event& event) {
    return event.pcr == 8 && as_text(event.data).starts_with("kernel_cmdline: ");
  };
  const auto found = std::ranges::find_if(evidence.boot.events(), is_command_line);
  REQUIRE(found != evidence.boot.events().end());
  const std::string text = "/boot/vmlinuz-" + what.kernel + " root=/dev/vda2 quiet";
  CHECK(as_text(found->data) == "kernel_cmdline: " + text + '\0');
  CHECK(same(evidence.boot.digest(*found), crypto::sha256(as_bytes(text))));
}

TEST_CASE("the same software gives the same boot PCRs on another machine and after a reboot") {
  workshop place;
  auto& one = place.create("one");
  auto& two = place.create("two", lab::endorsement_choice::none);
  must(one.boot({}));
  must(two.boot({}));
  const auto first = attest(one);
  CHECK(differing(first, attest(two)) == 0);
  const auto id = content_of(one.boot_id());
  REQUIRE(boot_id_from(id).has_value());
  must(one.reboot());
  const auto second = attest(one);
  CHECK(differing(first, second) == 0);
  CHECK(value(first, 10) == value(second, 10));
  CHECK(second.clock.reset_count == first.clock.reset_count + 1);
  CHECK(content_of(one.boot_id()) != id);
  CHECK(content_of(one.boot_id()) != content_of(two.boot_id()));
}

TEST_CASE("changed software changes the same PCRs as on a real machine") {
  struct row {
    const char* what;
    lab::software changed;
    std::uint32_t pcrs;
  };
  std::array<row, 4> rows{row{"command line", {}, 1U << 8U | 1U << 9U}, row{"initrd", {}, 1U << 9U},
                          row{"kernel", {}, 1U << 4U | 1U << 8U | 1U << 9U}, row{"firmware", {}, 1U << 0U}};
  rows[0].changed.kernel_command_line += " init=/bin/sh";
  rows[1].changed.initrd = "of-mine";
  rows[2].changed.kernel = "6.1.0-45-amd64";
  rows[3].changed.firmware = "2099.01";
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  const auto before = attest(machine);
  for (const auto& [what, changed, pcrs] : rows) {
    CAPTURE(what);
    must(machine.boot(changed));
    const auto after = attest(machine);
    CHECK(differing(before, after) == pcrs);
    CHECK(tpm::check_structure(after.boot).empty());
  }
}

TEST_CASE("words that a reboot appends to the command line stay for later reboots") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  must(machine.reboot("debug"));
  must(machine.reboot("single"));
  CHECK(must(machine.installed()).kernel_command_line
        == lab::software{}.kernel_command_line + " debug single");
}

TEST_CASE("an implant is the last entry of the list, with the digest of its content") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  must(machine.run("/tmp/im plant", "evil\n"));
  const auto evidence = attest(machine);
  REQUIRE(evidence.ima.size() == 202);
  const auto last = evidence.ima[201];
  CHECK(last.path == "/tmp/im_plant");
  CHECK(same(last.digest, crypto::sha256(as_bytes("evil\n"))));
}

TEST_CASE(
    "files that are measured between quote and list make the list run ahead, and the quote still holds") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  const auto evidence = attest(machine, [&] { must(machine.run("/tmp/late", "late")); });
  CHECK(evidence.ima.size() == 201);
  CHECK(attest(machine).ima.size() == 202);
}

TEST_CASE("a machine that is off has no TPM, runs nothing and comes back") {
  workshop place;
  auto& machine = place.create("m");
  CHECK_FALSE(machine.on());
  CHECK(machine.run("/tmp/x", "x").fault().code == errc::conflict);
  must(machine.boot({}));
  CHECK(machine.on());
  must(machine.off());
  CHECK_FALSE(machine.on());
  CHECK_FALSE(std::filesystem::exists(machine.socket()));
  CHECK_FALSE(std::filesystem::exists(machine.folder() / "swtpm.pid"));
  must(machine.off());
  must(machine.boot({}));
  CHECK(attest(machine).ima.size() == 201);
  const auto folder = machine.folder();
  must(machine.destroy());
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("a stale process id does no harm: another process is not mistaken for the TPM") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  const auto pid_file = machine.folder() / "swtpm.pid";
  const auto ours = content_of(pid_file);
  for (const auto* other : {"1", "-1", "0", "junk", ""}) {
    std::ofstream{pid_file} << other;
    CHECK_FALSE(machine.on());
  }
  std::ofstream{pid_file} << ::getpid();
  CHECK_FALSE(machine.on());
  std::ofstream{pid_file} << ours;
  CHECK(machine.on());
}

TEST_CASE("a folder whose path does not fit a socket address is refused before anything is made") {
  workshop place;
  const auto folder = place.folder() / std::string(120, 'x');
  const auto made = lab::machine::create(folder, &place.vendor());
  REQUIRE_FALSE(made.ok());
  CHECK(made.fault().code == errc::limit);
  CHECK_FALSE(std::filesystem::exists(folder));
}

TEST_CASE("no machine is made in a folder that is not empty, or without an endorsement") {
  workshop place;
  auto& machine = place.create("m");
  CHECK(lab::machine::create(machine.folder(), &place.vendor()).fault().code == errc::conflict);
  CHECK(lab::vendor::create(machine.folder()).fault().code == errc::conflict);
  CHECK(lab::machine::create(place.folder() / "n", nullptr).fault().code == errc::malformed);
  CHECK(lab::machine::open(place.folder() / "nowhere").fault().code == errc::not_found);
}

TEST_CASE("the facts are those of an agent's facts file") {
  workshop place;
  auto& machine = place.create("node-7");
  must(machine.boot({}));
  const auto facts = content_of(machine.facts());
  for (const auto* line : {"hostname: \"node-7\"\n", "operating_system: \"", "kernel: \"6.1.0-44-amd64\"\n",
                           "architecture: \"x86_64\"\n", "product: \"", "firmware: \"2024.02-2\"\n"})
    CHECK(facts.find(line) != std::string::npos);
}

TEST_CASE("a machine with a unified kernel image has its sections in the log, then phases; root's extensions "
          "are unexplained") {
  workshop place;
  auto& machine = place.create("m");
  lab::software what;
  what.path = lab::boot_path::unified_kernel;
  what.phases = "enter-initrd leave-initrd sysinit";
  must(machine.boot(what));
  const auto first = attest(machine);
  CHECK(first.boot.contradicted() == 0);
  CHECK(first.boot.explained() == (tpm::pcr_mask(0, 7) | 1U << 9U | 1U << 11U));
  CHECK(tpm::check_structure(first.boot).empty());
  REQUIRE(first.boot.after_log().size() == 1);
  CHECK(to_string(*first.boot.after_log()[0].phases()) == "enter-initrd, leave-initrd, sysinit");
  std::vector<std::string> sections;
  for (const auto& event : first.boot.events())
    if (const auto words = first.boot.text(event); event.pcr == 11 && words.covered == tpm::coverage::digest)
      sections.push_back(words.text);
  CHECK(sections == std::vector<std::string>{".linux", ".osrel", ".cmdline", ".initrd"});

  must(machine.extend(11, "ready"));
  CHECK(to_string(*attest(machine).boot.after_log()[0].phases())
        == "enter-initrd, leave-initrd, sysinit, ready");
  must(machine.extend(11, "evil"));
  CHECK(attest(machine).boot.unexplained() == 1U << 11U);
  must(machine.reboot());
  CHECK(attest(machine).boot.unexplained() == 0);
  CHECK(machine.extend(24, "x").fault().code == errc::malformed);
  must(machine.off());
  CHECK(machine.extend(11, "ready").fault().code == errc::conflict);
}
