// Evidence in files, of a machine with a unified kernel image. What breaks if this fails: `muster appraise`
// calls such a machine NOT GENUINE, or stays silent about an unknown extension of its PCR 11.
#include "cli/evidence/eventlog.hpp"
#include "cli/evidence/offline_evidence.hpp"
#include "cli/evidence/report_text.hpp"
#include "tests/appraisal/unified_kernel.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

using namespace muster;
using namespace muster::testing;

namespace {

struct phase_report {
  bool genuine = false;
  verdict judged = verdict::none;
  std::string text;
  std::string json;
};

std::string printed(const cli::offline_report& report, cli::output_format format) {
  std::ostringstream out;
  cli::print_report(report, nullptr, format, out);
  return out.str();
}

phase_report appraise_after(const words& said, unsigned pcr = 11, bool with_values = true) {
  auto m = uki_machine();
  say(m, said, pcr);
  const auto in = m.challenge(appraisal::logs_wanted::whole);
  const auto e = m.answer(in);
  const auto bound = tpm::quote_binding({in.challenge.nonce, in.channel.node, in.channel.exporter,
                                         in.channel.node_spki, crypto::sha256(e.manifest.view())});
  cli::offline_inputs given{in.ak, e.quote.attest, e.quote.signature, muster::to_bytes(bound.view()),
                            {},    e.boot_log,     e.ima_log,         nullptr,
                            {}};
  if (with_values) given.pcrs = e.hints;
  const auto report = cli::verify_offline(given);
  return {report.genuine(), cli::verdict_of(report, given), printed(report, cli::output_format::table),
          printed(report, cli::output_format::json)};
}

bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

} // namespace

TEST_CASE("phases are shown, and do not make evidence fail") {
  const auto out = appraise_after({"sysinit", "ready"});
  CHECK(out.genuine);
  CHECK_FALSE(has(out.text, "boot.unexplained"));
  CHECK(has(out.text, "PCR 11 with the phases of systemd (sysinit, ready)"));
  CHECK(has(out.text, "PCR 11: sysinit, ready"));
  CHECK(has(out.json, R"("after_log":[{"pcr":11,"explained":true,"phases":["sysinit","ready"]}])"));
}

TEST_CASE("an unexplained extension is genuine and untrusted, and its PCR is named") {
  const auto out = appraise_after({"sysinit", "evil"});
  CHECK(out.genuine);
  CHECK(out.judged == verdict::contraindicated);
  CHECK(has(out.text, "nothing explains PCR 11"));
  CHECK(has(out.text, "boot.unexplained, PCR 11"));
  CHECK(has(out.json, R"("after_log":[{"pcr":11,"explained":false,"phases":[]}])"));
}

TEST_CASE("the table of a boot log says that PCR 11 is extended further if there is a unified kernel image") {
  const auto file = std::filesystem::temp_directory_path() / ("muster-phases-" + std::to_string(::getpid()));
  for (const auto& [m, goes_on] : {std::pair{uki_machine(), true}, {attesting_machine{"grub-sb"}, false}}) {
    auto machine = m;
    std::ofstream{file, std::ios::binary} << as_text(machine.files().boot_log);
    std::ostringstream out;
    std::ostringstream err;
    CHECK(cli::eventlog_command({file.string(), cli::output_format::table}, out, err) == cli::exit_genuine);
    CHECK(has(out.str(), "systemd extends PCR 11 with each phase") == goes_on);
  }
  std::filesystem::remove(file);
}

TEST_CASE("without PCR values the logs cannot lead to the quote, and the error names the remedy") {
  CHECK(appraise_after({}, 11, false).genuine);
  const auto out = appraise_after({"sysinit", "ready"}, 11, false);
  CHECK_FALSE(out.genuine);
  CHECK(has(out.text, "give the PCR values with --pcrs"));
}
