#include "lab/files.hpp"
#include "node/tb_provisioner/advice.hpp"
#include "tests/lab/workshop.hpp"

using namespace muster;
using namespace muster::node;
using namespace muster::test;

namespace {

const std::filesystem::path machines{MUSTER_SOURCE_DIR "/tests/data/vm"};

frame boot_log_of(const char* machine) {
  return frame::adopt(must(lab::read_file(machines / machine / "binary_bios_measurements")));
}

/// A machine that lacks nothing.
boot_survey good() {
  boot_survey out;
  out.manufacturer = "IFX";
  out.vendor = "SLB9670";
  out.firmware = 0x0007005500114200ULL;
  out.banks = {hash_algorithm::sha1, hash_algorithm::sha256};
  out.boot_log = file_state::present;
  out.boot_log_content = boot_log_of("grub-sb");
  out.ima_log = file_state::present;
  out.ima_measures = true;
  out.command_line = "root=/dev/vda2 ro ima_policy=tcb";
  out.secure_boot = switch_state::on;
  return out;
}

bool advises(const measured_boot& found, std::string_view word) {
  return std::ranges::any_of(found.advice,
                             [&](const auto& one) { return one.find(word) != std::string::npos; });
}

} // namespace

TEST_CASE("a machine that lacks nothing gets no advice") {
  const auto found = judge(good());
  CHECK(found.advice.empty());
  CHECK(found.tpm == "IFX SLB9670, firmware 0x00070055.00114200");
  CHECK(found.event_log);
  CHECK(found.ima_policy == "tcb");
  CHECK(found.secure_boot == switch_state::on);
  CHECK(found.banks.size() == 2);
}

TEST_CASE("each missing thing has its sentence, and only that one") {
  struct row {
    const char* what;
    void (*spoil)(boot_survey&);
    const char* word;
  };
  const row rows[] = {
      {"no TPM", [](boot_survey& s) { s.chip_problem = "no such device"; }, "no such device"},
      {"no SHA-256 bank", [](boot_survey& s) { s.banks = {hash_algorithm::sha1}; }, "SHA-256 bank"},
      {"no boot log", [](boot_survey& s) { s.boot_log = file_state::absent; }, "no boot log"},
      {"a closed boot log", [](boot_survey& s) { s.boot_log = file_state::unreadable; },
       "binary_bios_measurements"},
      {"a boot log that is none",
       [](boot_survey& s) { s.boot_log_content = frame::copy_of(bytes(100, 0xff)); }, "not a TCG log"},
      {"no IMA", [](boot_survey& s) { s.ima_log = file_state::absent; }, "CONFIG_IMA"},
      {"a closed IMA list", [](boot_survey& s) { s.ima_log = file_state::unreadable; },
       "binary_runtime_measurements"},
      {"IMA without policy", [](boot_survey& s) { s.ima_measures = false; }, "ima_policy=tcb"},
      {"a policy that was loaded later", [](boot_survey& s) { s.command_line = "root=/dev/vda2 ro"; },
       "loaded later"},
  };
  for (const auto& one : rows) {
    CAPTURE(one.what);
    auto survey = good();
    one.spoil(survey);
    const auto found = judge(survey);
    CHECK(found.advice.size() == 1);
    CHECK(advises(found, one.word));
  }
}

TEST_CASE("real boot logs show Secure Boot and the kernel's command line") {
  const auto with_grub = read_boot_words(boot_log_of("grub-sb").view());
  CHECK(with_grub.readable);
  CHECK(with_grub.secure_boot == switch_state::on);
  CHECK(with_grub.command_line.find("ima_policy=") != std::string::npos);
  const auto nothing = read_boot_words({});
  CHECK_FALSE(nothing.readable);
}

TEST_CASE("a machine with Secure Boot off gets advice about it") {
  auto survey = good();
  survey.boot_log = file_state::absent;
  survey.boot_log_content = {};
  survey.secure_boot = switch_state::off;
  const auto found = judge(survey);
  CHECK(found.secure_boot == switch_state::off);
  CHECK(advises(found, "Secure Boot is off"));
}

TEST_CASE("the IMA policy is the one that the command line names") {
  struct row {
    const char* line;
    const char* policy;
  };
  for (const auto& r :
       {row{"", ""}, row{"quiet", ""}, row{"ima_policy=tcb", "tcb"}, row{"a ima_policy=tcb b", "tcb"},
        row{"ima_policy=tcb ima_policy=critical_data", "tcb|critical_data"}, row{"ima_tcb", "tcb"},
        row{"xima_policy=tcb", ""}, row{"ima_policy=", ""}})
    CHECK(ima_policy_of(r.line) == r.policy);
}
