#include "cli/evidence/imalog.hpp"

#include "cli/evidence/listed_replay.hpp"
#include "cli/files/file_role.hpp"
#include "cli/files/json_text.hpp"
#include "messages/vocabulary/log_caps.hpp"
#include "tpm/evidence/ima_replay.hpp"
#include "tpm/format/ima_ascii.hpp"
#include "tpm/format/ima_bank_list.hpp"

#include <functional>
#include <optional>
#include <ostream>

namespace muster::cli {

namespace {

using visitor = std::function<status(const tpm::ima_entry&)>;

/// Reads the whole log; entries are views of `log`.
status for_each_entry(byte_view log, const visitor& visit) {
  tpm::ima_log_reader reader;
  std::uint64_t number = 0;
  const auto all = log.size();
  for (; !log.empty(); ++number) {
    tpm::ima_entry entry;
    const auto taken = reader.read(log, entry);
    const auto where =
        "entry " + std::to_string(number) + " at offset " + std::to_string(all - log.size()) + ": ";
    if (!taken) return fault{taken.fault().code, where + taken.fault().check};
    if (*taken == 0) return fault{errc::malformed, where + "it is not complete"};
    if (auto seen = visit(entry); !seen) return fault{seen.fault().code, where + seen.fault().check};
    log = log.subspan(*taken);
  }
  return {};
}

/// A log in binary form, and why it ends where it does.
struct ima_text {
  bytes log;
  status ended;
  std::optional<tpm::ascii_ima_beginning> text; ///< if it was one; its `log` was moved
};

/// A list from the kernel is never empty: it begins with the boot aggregate.
result<ima_text> load_log(const std::string& file) {
  auto content = read_file(file, max_ima_log);
  if (!content) return content.fault();
  if (content->empty()) return fault{errc::malformed, "ima-log: the log is empty"};
  if (auto kind = check_kind(*content, file_role::ima_list); !kind) return kind.fault();
  if (!tpm::looks_like_ascii_ima(*content)) {
    auto usual = tpm::with_usual_columns(*std::move(content));
    return ima_text{std::move(usual.log), std::move(usual.ended), {}};
  }
  auto read = tpm::read_ascii_ima(as_text(*content));
  auto log = std::move(read.log);
  auto ended = read.ended;
  return ima_text{std::move(log), std::move(ended), std::move(read)};
}

status read_to_end(const ima_text& in, const visitor& visit) {
  if (auto read = for_each_entry(in.log, visit); !read) return read;
  return in.ended;
}

/// Of an algorithm that we do not know: the log's own name and digest.
std::string algorithm_of(const tpm::ima_entry& entry) {
  return entry.subject == tpm::ima_subject::unknown_hash ? printable(entry.unknown_algorithm)
                                                         : std::string{to_string(entry.algorithm)};
}
byte_view digest_of(const tpm::ima_entry& entry) {
  return entry.subject == tpm::ima_subject::unknown_hash ? entry.unknown_digest : entry.digest;
}

std::string_view kind_of(const tpm::ima_entry& entry) {
  switch (entry.subject) {
  case tpm::ima_subject::violation: return "violation";
  case tpm::ima_subject::verity_root: return "verity";
  case tpm::ima_subject::unknown_hash:
  case tpm::ima_subject::file: break;
  }
  return entry.buffer.empty() ? "file" : "buffer";
}

enum class feeding : std::uint8_t { own_hash, padded_sha1 };

/// The PCR of each bank, from its start value.
result<tpm::ima_replay> begin_replay(feeding how) {
  tpm::pcr_selection banks;
  for (const auto bank :
       {hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384, hash_algorithm::sha512})
    if (auto added = banks.add(bank, tpm::all_pcrs); !added) return added.fault();
  auto start = tpm::first_log_state(banks);
  if (!start) return start.fault();
  for (const auto& bank : banks)
    if (how == feeding::padded_sha1 && bank.algorithm != hash_algorithm::sha1)
      start->padded_banks.push_back(bank.algorithm);
  return tpm::ima_replay::begin(*start, banks);
}

struct replays {
  tpm::ima_replay own;
  tpm::ima_replay padded;
  std::optional<listed_replay> listed; ///< in place of the others, for a text that does not give all data

  status extend(const tpm::ima_entry& entry) {
    if (listed) {
      listed->extend(entry);
      return {};
    }
    if (auto done = own.extend(entry); !done) return done;
    return padded.extend(entry);
  }
};

result<replays> begin_replays(const ima_text& in) {
  auto own = begin_replay(feeding::own_hash);
  if (!own) return own.fault();
  auto padded = begin_replay(feeding::padded_sha1);
  if (!padded) return padded.fault();
  replays out{*std::move(own), *std::move(padded), {}};
  if (in.text && in.text->lost) out.listed.emplace(*in.text);
  return out;
}

void print_replay(const tpm::ima_replay& replay, std::string_view title, std::ostream& out) {
  for (const auto& lane : replay.lanes())
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((replay.ima_pcrs() >> i & 1U) != 0 && (lane.padded || title.empty()))
        out << "PCR " << padded(std::to_string(i), 3) << padded(std::string{to_string(lane.bank)}, 8)
            << to_hex(lane.values[i].view()) << title << "\n";
}

/// Text that the log chose may be as wide as the column: a blank follows it all the same.
std::string column(std::string text, std::size_t width) { return padded(std::move(text), width - 1) + ' '; }

/// A log that was not read to its end gets no PCR values: they would be mistaken for the machine's.
status print_table(const ima_text& in, replays& replay, std::ostream& out) {
  std::uint64_t number = 0;
  std::uint64_t violations = 0;
  out << padded("entry", 8) << padded("PCR", 5) << padded("template", 12) << padded("kind", 11)
      << padded("digest", 26) << "path (a hint)\n";
  auto read = read_to_end(in, [&](const tpm::ima_entry& entry) {
    violations += entry.violation() ? 1U : 0U;
    const auto digest = digest_of(entry);
    const auto head = digest.first(std::min<std::size_t>(8, digest.size()));
    out << padded(std::to_string(number++), 8) << padded(std::to_string(entry.pcr), 5)
        << column(printable(entry.template_name), 12) << column(std::string{kind_of(entry)}, 11)
        << column(algorithm_of(entry) + ":" + to_hex(head), 26) << printable(entry.path) << "\n";
    return replay.extend(entry);
  });
  if (!read) return read;
  out << "\n"
      << counted(number, "entry", "entries") << ", " << counted(violations, "violation", "violations")
      << "; as replayed:\n";
  if (replay.listed) {
    for (const auto& [pcr, value] : replay.listed->values())
      out << "PCR " << padded(std::to_string(pcr), 3)
          << padded(std::string{to_string(replay.listed->bank())}, 8) << to_hex(value.view()) << "\n";
    out << replay.listed->why_no_other_bank() << "\n";
    return {};
  }
  print_replay(replay.own, "", out);
  print_replay(replay.padded, "  (padded SHA-1)", out);
  return {};
}

void add_replay(json_text& json, std::string_view name, const tpm::ima_replay& replay) {
  json.key(name).open_object();
  for (const auto& lane : replay.lanes()) {
    json.key(to_string(lane.bank)).open_object();
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((replay.ima_pcrs() >> i & 1U) != 0) json.member(std::to_string(i), to_hex(lane.values[i].view()));
    json.close_object();
  }
  json.close_object();
}

status print_json(const ima_text& in, replays& replay, std::ostream& out) {
  json_text json;
  std::uint64_t violations = 0;
  json.open_object().key("entries").open_array();
  auto read = read_to_end(in, [&](const tpm::ima_entry& entry) {
    violations += entry.violation() ? 1U : 0U;
    json.open_object().member("pcr", entry.pcr).member("template", entry.template_name);
    json.member("kind", kind_of(entry)).member("algorithm", algorithm_of(entry));
    json.member("digest", to_hex(digest_of(entry))).member("path", entry.path).close_object();
    return replay.extend(entry);
  });
  json.close_array().member("violations", violations);
  if (read && replay.listed) {
    json.key("replayed").open_object().key(to_string(replay.listed->bank())).open_object();
    for (const auto& [pcr, value] : replay.listed->values())
      json.member(std::to_string(pcr), to_hex(value.view()));
    json.close_object().close_object();
    json.member("not_replayed", replay.listed->why_no_other_bank());
  } else if (read) {
    add_replay(json, "replayed", replay.own);
    add_replay(json, "replayed_padded_sha1", replay.padded);
  } else {
    json.member("error", read.fault().check);
  }
  out << json.close_object().view() << "\n";
  return read;
}

} // namespace

int imalog_command(const imalog_options& options, std::ostream& out, std::ostream& err) {
  const auto log = load_log(options.file);
  if (!log) return report_error(err, options.file, log.fault());
  auto replay = begin_replays(*log);
  if (!replay) return report_error(err, options.file, replay.fault());
  const auto read = options.format == output_format::json ? print_json(*log, *replay, out)
                                                          : print_table(*log, *replay, out);
  return read ? exit_genuine : report_error(err, options.file, read.fault());
}

} // namespace muster::cli
