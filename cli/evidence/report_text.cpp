#include "cli/evidence/report_text.hpp"

#include "appraisal/boot/required_claims.hpp"
#include "cli/evidence/boot_facts_text.hpp"
#include "cli/evidence/finding_json.hpp"

#include <ostream>

namespace muster::cli {

namespace {

std::string_view word_for(check_end end) { return end == check_end::held ? "holds" : "FAILS"; }

std::string_view word_for(appraisal::secure_boot state) {
  switch (state) {
  case appraisal::secure_boot::on: return "on";
  case appraisal::secure_boot::off: return "off";
  case appraisal::secure_boot::unknown: break;
  }
  return "unknown";
}

std::string_view word_for(appraisal::aggregate_claim claim) {
  switch (claim) {
  case appraisal::aggregate_claim::bound: return "bound";
  case appraisal::aggregate_claim::bound_to_firmware: return "bound to PCR 0 to 7";
  case appraisal::aggregate_claim::zero: return "zero";
  case appraisal::aggregate_claim::differs: return "differs";
  case appraisal::aggregate_claim::unchecked: return "unchecked";
  case appraisal::aggregate_claim::absent: break;
  }
  return "absent";
}

void print_line(std::string_view label, std::string_view text, std::ostream& out) {
  if (!text.empty()) out << padded("", 12) << padded(std::string{label}, 12) << text << "\n";
}

void print_judgement(const offline_report& report, const judgement& judged, std::ostream& out) {
  out << padded("policy", 12) << to_hex(judged.policy) << "\n";
  out << padded("reference", 12) << (judged.reference ? to_hex(*judged.reference) : "none") << "\n";
  if (report.skipped > 0)
    out << padded("skipped", 12) << counted(report.skipped, "entry", "entries")
        << " of the IMA log, by the policy: a program that ran from there is not seen\n";
  if (report.remarks_total > report.remarks.size())
    out << padded("findings", 12) << report.remarks_total << ", of which " << report.remarks.size()
        << " are shown\n";
  out << padded("verdict", 12) << shown_word(judged.verdict)
      << (judged.verdict == verdict::none && !judged.reference ? ": there is no reference to compare with"
                                                               : "")
      << "\n";
}

void print_ima_policy(const appraisal::boot_content& boot, std::ostream& out) {
  const auto line = appraisal::command_line_of(boot);
  if (!line.known() || !appraisal::measures_files(line.parameters())) return;
  using appraisal::policy_file;
  const auto file =
      std::string{to_string(boot.ima_policy.algorithm)} + ":" + to_hex(boot.ima_policy.digest.view());
  out << padded("IMA policy", 12)
      << (boot.ima_policy.file == policy_file::replaced
              ? "unknown: the running kernel is not the one that was booted (kexec)"
          : boot.ima_policy.file == policy_file::initial ? "tcb, until the initial RAM disk read " + file
          : boot.ima_policy.file == policy_file::first
              ? "tcb, until init read " + file + " (root may have had it read but not loaded)"
              : std::string{"tcb: files are measured until root loads another policy"})
      << "\n";
}

void print_table(const offline_report& report, const judgement* judged, std::ostream& out) {
  for (const auto& check : report.checks)
    out << padded(check.name, 12) << padded(std::string{word_for(check.end)}, 10) << check.detail << "\n";
  if (report.quote) {
    const auto& clock = report.quote->clock();
    out << padded("boot count", 12) << "resets " << clock.reset_count << ", restarts " << clock.restart_count
        << ", clock " << clock.clock << " ms" << (clock.safe ? "" : " (not safe)") << "\n";
  }
  if (report.boot) {
    const auto& boot = report.boot->get();
    out << padded("secure boot", 12) << word_for(boot.secure) << "\n";
    if (boot.command_line) out << padded("kernel", 12) << printable(*boot.command_line) << "\n";
    print_ima_policy(boot, out);
    print_boot_facts(boot, out);
  }
  for (const auto& f : report.remarks) {
    out << padded(std::string{to_string(f.level)}, 12) << f.check << ", " << f.subject << ": " << f.sentence
        << "\n";
    if (judged == nullptr) continue;
    print_line("expected", f.expected, out);
    print_line("found", f.found, out);
    print_line("what to do", f.remedy, out);
  }
  out << (report.genuine() ? "genuine: made by the holder of this attestation key\n" : "NOT GENUINE\n");
  if (report.genuine() && report.without_nonce)
    out << padded("freshness", 12) << "not shown: without a nonce, this may be an old quote of this machine"
        << (judged != nullptr ? "; the verdict is at most a warning" : "") << "\n";
  if (judged != nullptr) print_judgement(report, *judged, out); // the verdict comes last
}

void add_quote(json_text& json, const tpm::verified_quote& quote) {
  json.key("quote").open_object().member("selection", to_string(quote.selection()));
  json.member("pcr_digest", to_hex(quote.pcr_digest().view())).member("clock", quote.clock().clock);
  json.member("reset_count", quote.clock().reset_count).member("restart_count", quote.clock().restart_count);
  json.member("safe", quote.clock().safe).member("firmware_version", quote.firmware_version()).close_object();
}

void add_boot(json_text& json, const appraisal::boot_content& boot) {
  json.key("boot").open_object().member("event_log", boot.has_log).member("events", boot.events.size());
  json.member("secure_boot", word_for(boot.secure)).key("command_line");
  boot.command_line ? json.text(*boot.command_line) : json.nothing();
  json.key("dbx_entries");
  const auto* dbx = boot.variable("dbx");
  dbx != nullptr ? json.number(dbx->entries) : json.nothing();
  const auto* firmware = appraisal::proven_firmware_version(boot);
  json.key("firmware_version");
  firmware != nullptr ? json.text(*firmware) : json.nothing();
  json.member("boot_aggregate", word_for(boot.aggregate)).key("padded_sha1_banks").open_array();
  for (const auto& bank : boot.ima_banks)
    if (bank.padded_sha1) json.text(to_string(bank.algorithm));
  json.close_array();
  add_boot_facts(json, boot);
  json.close_object();
}

void add_judgement(json_text& json, const offline_report& report, const judgement& judged) {
  json.member("verdict", to_string(judged.verdict)).member("policy", to_hex(judged.policy)).key("reference");
  judged.reference ? json.text(to_hex(*judged.reference)) : json.nothing();
  json.member("passed_over", report.skipped).member("findings_total", report.remarks_total);
}

void print_json(const offline_report& report, const judgement* judged, std::ostream& out) {
  json_text json;
  json.open_object().member("genuine", report.genuine()).key("checks").open_array();
  for (const auto& check : report.checks)
    json.open_object()
        .member("name", check.name)
        .member("holds", check.end == check_end::held)
        .member("detail", check.detail)
        .close_object();
  json.close_array();
  if (report.without_nonce) json.member("without_nonce", true);
  if (report.quote) add_quote(json, *report.quote);
  if (report.boot) add_boot(json, report.boot->get());
  if (judged != nullptr) add_judgement(json, report, *judged);
  json.member("ima_entries", report.ima_covered);
  add_findings(json, "remarks", report.remarks);
  out << json.close_object().view() << "\n";
}

} // namespace

void print_report(const offline_report& report, const judgement* judged, output_format format,
                  std::ostream& out) {
  format == output_format::json ? print_json(report, judged, out) : print_table(report, judged, out);
}

} // namespace muster::cli
