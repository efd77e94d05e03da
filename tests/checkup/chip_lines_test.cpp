// What breaks if this fails: an operator whose TPM is off, closed or weak is not told what to do about it.
#include "checkup/chip_lines.hpp"
#include "tests/checkup/well_formed.hpp"

using namespace muster;
using namespace muster::checkup;
using namespace muster::checkup::testing;

namespace {

chip_facts device() {
  chip_facts out;
  out.address = "device:/dev/tpmrm0";
  out.path = "/dev/tpmrm0";
  out.there = true;
  out.usable = true;
  out.permissions = "0660 tss:tss";
  out.user = "me";
  out.chip = chip_identity{"IFX", "SLB9670", {hash_algorithm::sha1, hash_algorithm::sha256}};
  return out;
}

outcome worst(const lines& all) {
  for (const auto how : {outcome::bad, outcome::unseen, outcome::note})
    for (const auto& one : all)
      if (one.how == how) return how;
  return outcome::good;
}

} // namespace

TEST_CASE("a TPM that can be used is three good lines") {
  const auto lines = judge_chip(device());
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == good("tpm device", "/dev/tpmrm0 (0660 tss:tss)"));
  CHECK(lines[1] == good("tpm", "IFX SLB9670 answers"));
  CHECK(lines[2] == good("tpm banks", "sha1, sha256"));
}

TEST_CASE("each defect of a TPM has its remedy") {
  auto gone = device();
  gone.there = gone.usable = false;
  gone.chip = fault{errc::io, "no such device"};
  auto closed = device();
  closed.usable = false;
  closed.chip = fault{errc::io, "no permission"};
  auto direct = device();
  direct.path = "/dev/tpm0";
  auto sha1 = device();
  sha1.chip = chip_identity{"IFX", "IFX", {hash_algorithm::sha1}};
  auto no_bank = device();
  no_bank.chip = chip_identity{"IFX", "", {}};
  auto hangs = device();
  hangs.chip = fault{errc::timeout, "no answer"};
  auto locked = device();
  locked.chip = fault{errc::denied, "auth"};
  auto broken = device();
  broken.chip = fault{errc::io, "not a TPM 2.0"};
  auto software = device();
  software.kind = chip_transport::software;
  software.path = "/run/tpm.sock";
  auto stopped = software;
  stopped.there = stopped.usable = false;
  stopped.chip = fault{errc::io, "no"};
  auto in_use = software;
  in_use.chip = fault{errc::busy, "another process"};
  struct {
    const char* what;
    chip_facts seen;
    std::size_t lines;
    outcome how;
    const char* advice;
  } const cases[] = {
      {"the device is not there", gone, 1, outcome::bad, "firmware's setup"},
      {"no permission", closed, 1, outcome::bad, "usermod -aG tss"},
      {"past the resource manager", direct, 3, outcome::bad, "/dev/tpmrm0"},
      {"SHA-1 only", sha1, 3, outcome::bad, "tpm2_pcrallocate"},
      {"no bank", no_bank, 3, outcome::bad, "SHA-256 bank"},
      {"it hangs", hangs, 2, outcome::bad, "restart"},
      {"a password", locked, 2, outcome::bad, "tpm2_changeauth"},
      {"no TPM 2.0", broken, 2, outcome::bad, "dmesg"},
      {"a software TPM", software, 3, outcome::good, ""},
      {"a software TPM that is not started", stopped, 1, outcome::bad, "start the software TPM"},
      {"a software TPM in use", in_use, 2, outcome::bad, "another program"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    const auto lines = judge_chip(one.seen);
    CHECK(lines.size() == one.lines);
    CHECK(worst(lines) == one.how);
    bool advised = *one.advice == '\0';
    for (const auto& line : lines) {
      check_well_formed(line);
      advised = advised || advises(line, one.advice);
    }
    CHECK(advised);
  }
}

TEST_CASE("a TPM reached by host and port has no device to look at") {
  auto remote = device();
  remote.kind = chip_transport::software;
  remote.path.clear();
  CHECK(judge_chip(remote).size() == 2);
  remote.chip = fault{errc::io, "refused"};
  REQUIRE(judge_chip(remote).size() == 1);
  CHECK(judge_chip(remote)[0].how == outcome::bad);
}
