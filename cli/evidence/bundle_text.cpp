#include "cli/evidence/bundle_text.hpp"

#include "cli/evidence/finding_json.hpp"
#include "messages/time_text.hpp"

#include <ostream>
#include <utility>

namespace muster::cli {

namespace {

/// Whether the key belongs to the machine, and since when the evidence has existed.
std::vector<std::string> words_of_vouching(const bundle_report& report) {
  if (!report.vouched)
    return {"by NOBODY: any key can sign this, and name the EK of any machine. Give --anchor FILE, your",
            "own copy of the service's anchor.pem"};
  const auto& by = *report.vouched;
  std::vector<std::string> out{
      "by " + printable(by.anchor, 256) + ": the key is in the TPM of this node, generation "
      + std::to_string(by.owner.generation.value) + " (certified " + rfc3339(by.certified) + ")"};
  if (report.time)
    out.push_back("not later than " + rfc3339(report.time->signed_at) + ": records "
                  + std::to_string(report.time->certificate) + " (certificate) and "
                  + std::to_string(report.time->quote)
                  + " (this quote) of the log are covered by its head of size "
                  + std::to_string(report.time->size));
  else
    out.push_back("at an unknown time: " + printable(report.no_time, 512));
  return out;
}

/// Statements of the service that the bundle does not prove.
std::vector<std::pair<std::string, std::string>> words_of_service(const appraisal::bundle_header& in) {
  std::vector<std::pair<std::string, std::string>> out{
      {"endorsement", std::string{to_string(in.vouched_by)} + ", admitted by " + in.admitted_by},
      {"generation", std::to_string(in.generation.value) + ", session " + std::to_string(in.epoch.value)},
      {"name, group", (in.name.empty() ? "(none)" : in.name) + ", " + in.group},
      {"verified at", rfc3339(in.decided) + ", exported " + rfc3339(in.exported)},
      {"on record", std::string{shown_word(in.recorded)}}};
  for (const auto& f : in.kept)
    out.emplace_back("kept finding", f.check + ": " + f.sentence);
  return out;
}

void print_findings(const std::vector<finding>& findings, std::ostream& out) {
  for (const auto& f : findings) {
    out << padded(std::string{to_string(f.level)}, 18) << printable(f.check) << ", " << printable(f.subject)
        << ": " << printable(f.sentence) << "\n";
    if (!f.expected.empty()) out << padded("", 18) << padded("expected", 12) << printable(f.expected) << "\n";
    if (!f.found.empty()) out << padded("", 18) << padded("found", 12) << printable(f.found) << "\n";
  }
}

std::string digest_or_none(const std::optional<bytes32>& digest) { return digest ? to_hex(*digest) : "none"; }

void print_table(const bundle_report& report, std::ostream& out) {
  const auto& bundle = report.bundle;
  const auto& header = bundle.header;
  const auto line = [&](const char* label, const std::string& text) {
    out << padded(label, 18) << text << "\n";
  };
  line("node", to_string(header.node));
  line("attestation", std::to_string(header.number.value));
  line("attestation key", to_hex(report.ak_name));
  const char* vouched_for = "vouched for";
  for (const auto& one : words_of_vouching(report))
    line(std::exchange(vouched_for, ""), one);
  const auto& boot = *bundle.evidence.boot;
  line("boot", to_string(boot.boot) + ", resets " + std::to_string(boot.clock.reset_count) + ", restarts "
                   + std::to_string(boot.clock.restart_count) + ", clock " + std::to_string(boot.clock.clock)
                   + " ms");
  line("proven", "quote by the attestation key over nonce, node, channel and manifest");
  line("", "PCR values, boot log " + std::string{boot.boot_log ? "(replayed)" : "(there is none)"}
               + ", IMA log (" + counted(boot.ima.entries, "entry", "entries") + " from 0, replayed)");
  line("policy", to_hex(header.policy));
  line("reference", digest_or_none(bundle.result.reference));
  print_findings(bundle.concluded.kept.findings, out);
  if (bundle.concluded.kept.total > bundle.concluded.kept.findings.size())
    line("findings", std::to_string(bundle.concluded.kept.total) + ", of which "
                         + std::to_string(bundle.concluded.kept.findings.size()) + " are kept");
  if (bundle.differs.empty()) line("result", "same verdict, byte for byte");
  for (const auto& one : bundle.differs)
    line("result", "DIFFERS from the result that the evidence gives: " + printable(one, 512));
  if (header.recorded != bundle.concluded.verdict)
    line("note", "the service had " + std::string{shown_word(header.recorded)} + " on record at that moment");
  out << "stated by the service, and not proven by this file:\n";
  for (const auto& [label, text] : words_of_service(header))
    line(("  " + label).c_str(), printable(text, 1024));
  line("verdict", std::string{shown_word(bundle.concluded.verdict)}
                      + (report.vouched ? "" : ", of a key without a known origin"));
  if (!report.what_if) return;
  out << "under the rules given with this command:\n";
  line("policy", to_hex(report.policy.value_or(header.policy)));
  line("reference", report.reference ? to_hex(*report.reference) : digest_or_none(bundle.result.reference));
  print_findings(report.what_if->kept.findings, out);
  line("verdict", std::string{shown_word(report.what_if->verdict)} + " under these rules");
}

void add_digest(json_text& json, const char* name, const std::optional<bytes32>& digest) {
  json.key(name);
  digest ? json.text(to_hex(*digest)) : json.nothing();
}

void print_json(const bundle_report& report, std::ostream& out) {
  const auto& bundle = report.bundle;
  const auto& header = bundle.header;
  json_text json;
  json.open_object().member("node", to_string(header.node)).member("attestation", header.number.value);
  json.key("attestation_key").open_object().member("name", to_hex(report.ak_name));
  json.member("vouched", report.vouched.has_value());
  if (report.vouched)
    json.member("anchor", report.vouched->anchor)
        .member("generation", report.vouched->owner.generation.value)
        .member("certified_at", rfc3339(report.vouched->certified));
  json.close_object();
  json.key("not_later_than");
  report.time ? json.text(rfc3339(report.time->signed_at)) : json.nothing();
  json.member("time_unknown", report.time ? std::string{} : report.no_time);
  json.member("boot_id", to_string(bundle.evidence.boot->boot));
  json.member("reset_count", bundle.evidence.boot->clock.reset_count);
  json.member("restart_count", bundle.evidence.boot->clock.restart_count);
  json.member("ima_entries", bundle.evidence.boot->ima.entries);
  json.member("verdict", to_string(bundle.concluded.verdict)).member("same", bundle.differs.empty());
  json.key("differs").open_array();
  for (const auto& one : bundle.differs)
    json.text(one);
  json.close_array();
  add_digest(json, "policy", header.policy);
  add_digest(json, "reference", bundle.result.reference);
  json.member("result", to_hex(crypto::sha256(appraisal::to_record(bundle.result).content())));
  add_findings(json, "findings", bundle.concluded.kept.findings);
  json.key("service_says").open_object();
  json.member("endorsement", to_string(header.vouched_by)).member("admitted_by", header.admitted_by);
  json.member("generation", header.generation.value)
      .member("name", header.name)
      .member("group", header.group);
  json.member("verified_at", rfc3339(header.decided)).member("exported_at", rfc3339(header.exported));
  json.member("recorded_verdict", to_string(header.recorded)).member("kept_findings", header.kept.size());
  json.close_object();
  if (report.what_if) {
    json.key("what_if").open_object().member("verdict", to_string(report.what_if->verdict));
    add_digest(json, "policy", report.policy.value_or(header.policy));
    add_digest(json, "reference", report.reference ? report.reference : bundle.result.reference);
    add_findings(json, "findings", report.what_if->kept.findings);
    json.close_object();
  }
  out << json.close_object().view() << "\n";
}

} // namespace

void print_bundle(const bundle_report& report, output_format format, std::ostream& out) {
  format == output_format::json ? print_json(report, out) : print_table(report, out);
}

} // namespace muster::cli
