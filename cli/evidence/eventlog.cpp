#include "cli/evidence/eventlog.hpp"

#include "cli/evidence/eventlog_reading.hpp"
#include "cli/files/file_role.hpp"
#include "cli/files/json_text.hpp"
#include "tpm/evidence/os_phases.hpp"
#include "tpm/format/event_log.hpp"

#include <algorithm>
#include <ostream>

namespace muster::cli {

namespace {

/// The text after its label. Without the label if the text already begins with it: variables name themselves.
/// Zeros in a PCR of texts read as an empty one; then the bytes are shown.
std::string labelled(const read_event& in) {
  constexpr std::size_t max_bytes_shown = 32;
  const auto& words = in.text;
  if (words.label.empty() && words.text.empty() && in.event->data.size() <= max_bytes_shown)
    return to_hex(in.event->data);
  const bool named = words.label.empty() || words.text.starts_with(words.label);
  return (named ? std::string{} : words.label + ": ") + printable(words.text, 160);
}

std::string names_of(const std::vector<hash_algorithm>& banks) {
  std::string out;
  for (const auto bank : banks)
    out += (out.empty() ? "" : ", ") + std::string{to_string(bank)};
  return out;
}

void print_events(const eventlog_reading& in, std::ostream& out) {
  const std::size_t width = in.registers == log_registers::of_tpm ? 5 : 7;
  out << padded("event", 7) << padded(in.registers == log_registers::of_tpm ? "PCR" : "MR", width)
      << padded("type", 34) << padded(std::string{to_string(in.bank)}, 18) << padded("text is", 12)
      << "text\n";
  for (const auto& one : in.events) {
    out << padded(std::to_string(one.event->number), 7)
        << padded(register_name(in.registers, one.event->pcr), width)
        << padded(to_string(one.event->type), 34)
        << padded(to_hex(one.digest.first(std::min<std::size_t>(8, one.digest.size()))), 18)
        << padded(std::string{to_string(one.mark)}, 12) << labelled(one);
    if (!one.differing.empty()) out << "  [not what was measured: " << names_of(one.differing) << "]";
    out << "\n";
  }
}

void print_values(const eventlog_reading& in, std::ostream& out) {
  const std::size_t width = in.registers == log_registers::of_tpm ? 3 : 6;
  for (const auto& bank : in.replayed) {
    out << "\n" << to_string(bank.bank) << " as replayed:\n";
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((bank.extended >> i & 1U) != 0)
        out << "  " << padded(register_name(in.registers, i), width) << to_hex(bank.values[i].view()) << "\n";
  }
}

void print_starts(const eventlog_reading& in, std::ostream& out) {
  if (in.starts.empty()) return;
  out << "\nPCR 0 is replayed from " << to_string(in.starts.front().start) << ".\n";
  for (std::size_t i = 1; i < in.starts.size(); ++i)
    for (std::size_t bank = 0; bank < in.banks.size(); ++bank)
      out << "  from locality " << unsigned{in.starts[i].start.locality} << " in "
          << to_string(in.banks[bank]) << ": " << to_hex(in.starts[i].values[bank].view()) << "\n";
}

void print_notes(const eventlog_reading& in, const tpm::event_log& log, std::ostream& out) {
  for (const auto& bank : log.incomplete_banks())
    out << "\n" << to_string(bank) << ".\n";
  // A user who compares with tpm2_pcrread should not take the difference for an attack.
  if (std::ranges::any_of(in.replayed, [](const tpm::replayed_bank& bank) {
        return (bank.extended >> tpm::phase_pcr & 1U) != 0;
      }))
    out << "\nAfter this log, systemd extends PCR 11 with each phase that it reaches; muster appraise names "
           "them.\n";
}

void add_event(const read_event& one, const eventlog_reading& in, json_text& json) {
  json.open_object().member("number", one.event->number).member("pcr", one.event->pcr);
  if (in.registers != log_registers::of_tpm)
    json.member("register", register_name(in.registers, one.event->pcr));
  json.member("type", to_string(one.event->type)).member("digest", to_hex(one.digest));
  json.member("text_is", to_string(one.mark)).member("label", one.text.label).member("text", one.text.text);
  if (!one.differing.empty()) {
    json.key("differs").open_array();
    for (const auto bank : one.differing)
      json.text(to_string(bank));
    json.close_array();
  }
  json.close_object();
}

void add_values(const eventlog_reading& in, json_text& json) {
  json.key("replayed").open_object();
  for (const auto& bank : in.replayed) {
    json.key(to_string(bank.bank)).open_object();
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((bank.extended >> i & 1U) != 0)
        json.member(register_name(in.registers, i), to_hex(bank.values[i].view()));
    json.close_object();
  }
  json.close_object();
}

void add_starts(const eventlog_reading& in, json_text& json) {
  json.key("pcr0_starts").open_array();
  for (const auto& one : in.starts) {
    json.open_object().member("locality", unsigned{one.start.locality});
    json.member("because", to_string(one.start));
    for (std::size_t bank = 0; bank < in.banks.size(); ++bank)
      json.member(to_string(in.banks[bank]), to_hex(one.values[bank].view()));
    json.close_object();
  }
  json.close_array();
}

void print_json(const eventlog_reading& in, const tpm::event_log& log, const status& ended,
                std::ostream& out) {
  json_text json;
  json.open_object().member("bank", to_string(in.bank)).key("events").open_array();
  for (const auto& event : in.events)
    add_event(event, in, json);
  json.close_array();
  add_values(in, json);
  add_starts(in, json);
  json.key("notes").open_array();
  for (const auto& bank : log.incomplete_banks())
    json.text(to_string(bank));
  json.close_array();
  if (!ended) json.member("error", ended.fault().check);
  out << json.close_object().view() << "\n";
}

/// Not even its first event can be read, so it is probably another file. An empty one is said to be that.
fault not_a_boot_log(byte_view content, const fault& why) {
  if (content.empty()) return why;
  return {why.code, "this is not a boot log: " + why.check
                        + "; give binary_bios_measurements, from /sys/kernel/security/tpm0"};
}

} // namespace

int eventlog_command(const eventlog_options& options, std::ostream& out, std::ostream& err) {
  const auto content = read_file(options.file, tpm::event_log::max_bytes);
  if (!content) return report_error(err, options.file, content.fault());
  if (is_ccel_table(*content))
    return report_error(err, options.file,
                        {errc::malformed, "this is the ACPI table that says where the log is; the log is "
                                          "/sys/firmware/acpi/tables/data/CCEL"});
  if (!content->empty())
    if (const auto kind = check_kind(*content, file_role::boot_log); !kind)
      return report_error(err, options.file, kind.fault());
  const auto [log, ended] = tpm::read_event_log(*content);
  if (log.events().empty()) return report_error(err, options.file, not_a_boot_log(*content, ended.fault()));
  if (computable_banks(log).empty())
    return report_error(err, options.file, {errc::unsupported, "none of its banks can be computed here"});
  const auto registers = options.registers.value_or(registers_of_file(options.file));
  const auto reading = read_events(log, ended ? log_end::whole : log_end::damaged, registers);
  if (options.format == output_format::json) {
    print_json(reading, log, ended, out);
  } else {
    print_events(reading, out);
    print_values(reading, out);
    print_starts(reading, out);
    print_notes(reading, log, out);
  }
  return ended ? exit_genuine : report_error(err, options.file, ended.fault());
}

} // namespace muster::cli
