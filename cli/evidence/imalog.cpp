#include "cli/evidence/imalog.hpp"

#include "cli/files/file_role.hpp"
#include "cli/files/json_text.hpp"
#include "messages/vocabulary/log_caps.hpp"
#include "tpm/evidence/ima_replay.hpp"
#include "tpm/format/ima_ascii.hpp"

#include <functional>
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
};

/// A list from the kernel is never empty: it begins with the boot aggregate.
result<ima_text> load_log(const std::string& file) {
  auto content = read_file(file, max_ima_log);
  if (!content) return content.fault();
  if (content->empty()) return fault{errc::malformed, "ima-log: the log is empty"};
  if (auto kind = check_kind(*content, file_role::ima_list); !kind) return kind.fault();
  if (!tpm::looks_like_ascii_ima(*content)) return ima_text{*std::move(content), {}};
  auto read = tpm::read_ascii_ima(as_text(*content));
  return ima_text{std::move(read.log), std::move(read.ended)};
}

status read_to_end(const ima_text& in, const visitor& visit) {
  if (auto read = for_each_entry(in.log, visit); !read) return read;
  return in.ended;
}

std::string_view kind_of(const tpm::ima_entry& entry) {
  switch (entry.subject) {
  case tpm::ima_subject::violation: return "violation";
  case tpm::ima_subject::verity_root: return "verity";
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

  status extend(const tpm::ima_entry& entry) {
    if (auto done = own.extend(entry); !done) return done;
    return padded.extend(entry);
  }
};

void print_replay(const tpm::ima_replay& replay, std::string_view title, std::ostream& out) {
  for (const auto& lane : replay.lanes())
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((replay.ima_pcrs() >> i & 1U) != 0 && (lane.padded || title.empty()))
        out << "PCR " << padded(std::to_string(i), 3) << padded(std::string{to_string(lane.bank)}, 8)
            << to_hex(lane.values[i].view()) << title << "\n";
}

/// A log that was not read to its end gets no PCR values: they would be mistaken for the machine's.
status print_table(const ima_text& in, replays& replay, std::ostream& out) {
  std::uint64_t number = 0;
  std::uint64_t violations = 0;
  out << padded("entry", 8) << padded("PCR", 5) << padded("template", 12) << padded("kind", 11)
      << padded("digest", 26) << "path (a hint)\n";
  auto read = read_to_end(in, [&](const tpm::ima_entry& entry) {
    violations += entry.violation() ? 1U : 0U;
    const auto head = entry.digest.first(std::min<std::size_t>(8, entry.digest.size()));
    out << padded(std::to_string(number++), 8) << padded(std::to_string(entry.pcr), 5)
        << padded(printable(entry.template_name), 12) << padded(std::string{kind_of(entry)}, 11)
        << padded(std::string{to_string(entry.algorithm)} + ":" + to_hex(head), 26) << printable(entry.path)
        << "\n";
    return replay.extend(entry);
  });
  if (!read) return read;
  out << "\n"
      << counted(number, "entry", "entries") << ", " << counted(violations, "violation", "violations")
      << "; as replayed:\n";
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
    json.member("kind", kind_of(entry)).member("algorithm", to_string(entry.algorithm));
    json.member("digest", to_hex(entry.digest)).member("path", entry.path).close_object();
    return replay.extend(entry);
  });
  json.close_array().member("violations", violations);
  if (read) {
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
  auto own = begin_replay(feeding::own_hash);
  auto padded_sha1 = begin_replay(feeding::padded_sha1);
  if (!own || !padded_sha1) return report_error(err, options.file, (own ? padded_sha1 : own).fault());
  replays replay{*std::move(own), *std::move(padded_sha1)};
  const auto read =
      options.format == output_format::json ? print_json(*log, replay, out) : print_table(*log, replay, out);
  return read ? exit_genuine : report_error(err, options.file, read.fault());
}

} // namespace muster::cli
