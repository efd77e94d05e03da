#include "cli/offline/report_text.hpp"

#include "cli/offline/json_text.hpp"

#include <ostream>

namespace muster::cli {

namespace {

std::string_view word_for(check_end end) { return end == check_end::held ? "holds" : "FAILS"; }

std::string_view word_for(severity level) {
  switch (level) {
  case severity::note: return "note";
  case severity::warning: return "warning";
  case severity::failure: break;
  }
  return "failure";
}

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
  case appraisal::aggregate_claim::zero: return "zero";
  case appraisal::aggregate_claim::differs: return "differs";
  case appraisal::aggregate_claim::unchecked: return "unchecked";
  case appraisal::aggregate_claim::absent: break;
  }
  return "absent";
}

void print_table(const offline_report& report, std::ostream& out) {
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
  }
  for (const auto& f : report.remarks)
    out << padded(std::string{word_for(f.level)}, 12) << f.check << ", " << f.subject << ": " << f.sentence
        << "\n";
  out << (report.genuine() ? "genuine: made by the holder of this attestation key\n" : "NOT GENUINE\n");
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
  json.member("boot_aggregate", word_for(boot.aggregate)).key("padded_sha1_banks").open_array();
  for (const auto& bank : boot.ima_banks)
    if (bank.padded_sha1) json.text(to_string(bank.algorithm));
  json.close_array().close_object();
}

void print_json(const offline_report& report, std::ostream& out) {
  json_text json;
  json.open_object().member("genuine", report.genuine()).key("checks").open_array();
  for (const auto& check : report.checks)
    json.open_object()
        .member("name", check.name)
        .member("holds", check.end == check_end::held)
        .member("detail", check.detail)
        .close_object();
  json.close_array();
  if (report.quote) add_quote(json, *report.quote);
  if (report.boot) add_boot(json, report.boot->get());
  json.member("ima_entries", report.ima_covered).key("remarks").open_array();
  for (const auto& f : report.remarks)
    json.open_object()
        .member("level", word_for(f.level))
        .member("check", f.check)
        .member("subject", f.subject)
        .member("sentence", f.sentence)
        .close_object();
  out << json.close_array().close_object().view() << "\n";
}

} // namespace

void print_report(const offline_report& report, output_format format, std::ostream& out) {
  format == output_format::json ? print_json(report, out) : print_table(report, out);
}

} // namespace muster::cli
