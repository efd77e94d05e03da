#include "cli/evidence/eventlog.hpp"

#include "cli/files/file_role.hpp"
#include "cli/files/json_text.hpp"
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/evidence/os_phases.hpp"
#include "tpm/format/event_log.hpp"
#include "tpm/format/event_text.hpp"

#include <algorithm>
#include <ostream>

namespace muster::cli {

namespace {

/// The banks of the log that this build can compute.
std::vector<hash_algorithm> banks_of(const tpm::event_log& log) {
  std::vector<hash_algorithm> out;
  for (const auto& bank : log.banks())
    if (const auto known = hash_algorithm_from(bank.algorithm); known && crypto::supported(*known))
      out.push_back(*known);
  return out;
}

/// SHA-256 if the log has it, otherwise its last bank, which usually is the strongest.
hash_algorithm shown_bank(const std::vector<hash_algorithm>& banks) {
  for (const auto bank : banks)
    if (bank == hash_algorithm::sha256) return bank;
  return banks.back();
}

std::string_view mark_of(const tpm::logged_event& event, const tpm::event_text& text) {
  if (!event.measured()) return "unmeasured";
  return text.covered == tpm::coverage::digest ? "proven" : "hint";
}

/// The text after its label. Without the label if the text already begins with it: variables name themselves.
std::string labelled(const tpm::event_text& words) {
  const bool named = words.label.empty() || words.text.starts_with(words.label);
  return (named ? std::string{} : words.label + ": ") + printable(words.text, 160);
}

struct reading {
  const tpm::event_log& log;
  const status& ended; ///< why the log ends here
  std::vector<hash_algorithm> banks;
  hash_algorithm bank;
  std::vector<tpm::replayed_bank> replayed;
};

/// A log that was not read to its end gets no PCR values: they would be mistaken for the machine's.
reading read(const tpm::event_log& log, const status& ended) {
  auto banks = banks_of(log);
  reading out{log, ended, banks, shown_bank(banks), {}};
  if (!ended) return out;
  for (const auto bank : banks) {
    crypto::hasher hash{bank};
    out.replayed.push_back(tpm::replay_bank(log, hash, tpm::all_pcrs, tpm::stated_locality(log).value_or(0)));
  }
  return out;
}

void print_table(const reading& in, std::ostream& out) {
  out << padded("event", 7) << padded("PCR", 5) << padded("type", 34)
      << padded(std::string{to_string(in.bank)}, 18) << padded("text is", 12) << "text\n";
  for (const auto& event : in.log.events()) {
    const auto digest = in.log.digest(event, in.bank);
    const auto words = tpm::describe_event(event, digest, in.bank);
    out << padded(std::to_string(event.number), 7) << padded(std::to_string(event.pcr), 5)
        << padded(to_string(event.type), 34)
        << padded(to_hex(digest.first(std::min<std::size_t>(8, digest.size()))), 18)
        << padded(std::string{mark_of(event, words)}, 12) << labelled(words) << "\n";
  }
  for (const auto& bank : in.replayed) {
    out << "\n" << to_string(bank.bank) << " as replayed:\n";
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((bank.extended >> i & 1U) != 0)
        out << "  " << padded(std::to_string(i), 3) << to_hex(bank.values[i].view()) << "\n";
  }
  // A user who compares with tpm2_pcrread should not take the difference for an attack.
  if (std::ranges::any_of(in.replayed, [](const tpm::replayed_bank& bank) {
        return (bank.extended >> tpm::phase_pcr & 1U) != 0;
      }))
    out << "\nAfter this log, systemd extends PCR 11 with each phase that it reaches; muster appraise names "
           "them.\n";
}

void print_json(const reading& in, std::ostream& out) {
  json_text json;
  json.open_object().member("bank", to_string(in.bank)).key("events").open_array();
  for (const auto& event : in.log.events()) {
    const auto digest = in.log.digest(event, in.bank);
    const auto words = tpm::describe_event(event, digest, in.bank);
    json.open_object().member("number", event.number).member("pcr", event.pcr);
    json.member("type", to_string(event.type)).member("digest", to_hex(digest));
    json.member("text_is", mark_of(event, words)).member("label", words.label).member("text", words.text);
    json.close_object();
  }
  json.close_array().key("replayed").open_object();
  for (const auto& bank : in.replayed) {
    json.key(to_string(bank.bank)).open_object();
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((bank.extended >> i & 1U) != 0) json.member(std::to_string(i), to_hex(bank.values[i].view()));
    json.close_object();
  }
  json.close_object();
  if (!in.ended) json.member("error", in.ended.fault().check);
  out << json.close_object().view() << "\n";
}

} // namespace

int eventlog_command(const eventlog_options& options, std::ostream& out, std::ostream& err) {
  const auto content = read_file(options.file, tpm::event_log::max_bytes);
  if (!content) return report_error(err, options.file, content.fault());
  if (!content->empty())
    if (const auto kind = check_kind(*content, file_role::boot_log); !kind)
      return report_error(err, options.file, kind.fault());
  const auto [log, ended] = tpm::read_event_log(*content);
  if (log.events().empty()) return report_error(err, options.file, ended.fault());
  if (banks_of(log).empty())
    return report_error(err, options.file, {errc::unsupported, "none of its banks can be computed here"});
  const auto reading = read(log, ended);
  options.format == output_format::json ? print_json(reading, out) : print_table(reading, out);
  return ended ? exit_genuine : report_error(err, options.file, ended.fault());
}

} // namespace muster::cli
