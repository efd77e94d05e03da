#include "cli/log/log_verify.hpp"

#include "cli/files/json_text.hpp"
#include "cli/log/log_check.hpp"
#include "messages/time_text.hpp"

#include <ostream>

namespace muster::cli {

namespace {

/// What was given in addition to the export.
struct with {
  bool key = false;
  bool head_files = false;
};

constexpr std::size_t max_export = std::size_t{2} << 30U;
constexpr std::size_t max_head_file = std::size_t{256} << 20U;
constexpr std::size_t max_key_file = std::size_t{64} << 10U;

result<std::optional<crypto::public_key>> load_log_key(const std::string& file) {
  std::optional<crypto::public_key> out;
  if (file.empty()) return out;
  const auto pem = read_file(file, max_key_file);
  if (!pem) return pem.fault();
  auto key = crypto::public_key::from_pem(as_text(*pem));
  if (!key) return key.fault();
  out = std::move(*key);
  return out;
}

status add_export(log_check& check, std::string_view text) {
  for (std::uint64_t number = 1; !text.empty(); ++number) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (const auto added = check.add_line(line); !added)
      return fault{added.fault().code, "line " + std::to_string(number) + ": " + added.fault().check};
  }
  return {};
}

/// The sentence about the proven records and about the others.
std::string proven_text(const log_judgement& judged) {
  auto out = "The first " + std::to_string(judged.proven) + " of "
             + counted(judged.leaves, "record", "records") + (judged.proven == 1 ? " is" : " are")
             + " what was signed at " + rfc3339(judged.proven_at);
  if (judged.unread != 0) out += ", except for those that cannot be read";
  out += '.';
  const auto rest = judged.leaves - judged.proven;
  if (rest != 0 && judged.contradicted)
    out += " Nothing proves the other " + std::to_string(rest) + '.';
  else if (rest != 0)
    out += " The other " + std::to_string(rest) + " came later: none of the given heads covers them.";
  return out;
}

/// Claims no more than the heads do: records that were cut off after the newest head leave no trace in an
/// export.
std::string complete_text(const log_judgement& judged) {
  auto out = "Complete up to head " + std::to_string(judged.proven) + ", signed " + rfc3339(judged.proven_at);
  if (judged.losses != 0)
    out += ", except for " + counted(judged.losses, "acknowledged loss", "acknowledged losses");
  return out;
}

void print_table(const log_judgement& judged, with given, std::ostream& out) {
  const bool good = judged.problems.empty();
  out << (good ? complete_text(judged) : "NOT PROVEN") << ": " << counted(judged.leaves, "record", "records")
      << " against " << counted(judged.heads, "head", "heads") << ".\n";
  for (const auto& one : judged.problems)
    out << "  " << printable(one) << '\n';
  if (judged.more_problems != 0) out << "  and " << judged.more_problems << " more\n";
  for (const auto& one : judged.acknowledged)
    out << "  " << one << ".\n";
  if (judged.proven != 0) out << proven_text(judged) << '\n';
  if (good)
    out << "This cannot show what came later"
        << (given.head_files ? ".\n" : ": give --head-file, with heads that were kept elsewhere.\n");
  if (!given.key)
    out << "No --key: signatures were not verified, so a head is only as good as the place where it was "
           "kept.\n";
}

void print_json(const log_judgement& judged, with given, std::ostream& out) {
  json_text json;
  json.open_object().member("proven", judged.problems.empty()).member("signatures_verified", given.key);
  json.member("records", judged.leaves).member("heads", judged.heads).member("proven_records", judged.proven);
  json.member("proven_at", judged.proven == 0 ? std::string{} : rfc3339(judged.proven_at));
  json.key("problems").open_array();
  for (const auto& one : judged.problems)
    json.text(one);
  json.close_array().member("more_problems", judged.more_problems).key("acknowledged").open_array();
  for (const auto& one : judged.acknowledged)
    json.text(one);
  out << json.close_array().close_object().view() << '\n';
}

} // namespace

int log_verify_command(const log_verify_options& options, std::ostream& out, std::ostream& err) {
  const auto key = load_log_key(options.key);
  if (!key) return report_error(err, options.key, key.fault());
  log_check check{*key};
  {
    const auto text = read_file(options.file, max_export);
    if (!text) return report_error(err, options.file, text.fault());
    if (const auto added = add_export(check, as_text(*text)); !added)
      return report_error(err, options.file, added.fault());
  }
  for (const auto& file : options.head_files) {
    const auto content = read_file(file, max_head_file);
    if (!content) return report_error(err, file, content.fault());
    if (const auto added = check.add_heads(*content, file); !added)
      return report_error(err, file, added.fault());
  }
  const auto judged = check.conclude();
  const with given{key->has_value(), !options.head_files.empty()};
  if (options.format == output_format::json)
    print_json(judged, given, out);
  else
    print_table(judged, given, out);
  return judged.problems.empty() ? exit_genuine : exit_not_genuine;
}

} // namespace muster::cli
