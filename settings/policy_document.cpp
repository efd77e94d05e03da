#include "settings/policy_document.hpp"

#include "messages/vocabulary/bytes.hpp"
#include "settings/section.hpp"

namespace muster::settings {
namespace {

constexpr std::size_t max_name = 64; // of a group, and therefore of a policy

/// Reads a list of at most `most` elements. `out` stays empty if the key is missing.
void list(section& in, std::string_view key, std::optional<std::vector<std::string>>& out, std::size_t most,
          const std::function<result<std::string>(std::string_view)>& parse) {
  std::vector<std::string> read;
  in.texts(key, read, parse);
  if (read.size() > most) in.refuse(key, "expected at most " + std::to_string(most) + " entries");
  if (in.has(key)) out = std::move(read);
}

result<stated_digest> parse_digest(std::string_view text) {
  const fault wrong{errc::malformed,
                    "expected a digest such as sha256:9843d5... with all its digits, in lower case"};
  const auto colon = text.find(':');
  const auto algorithm = hash_algorithm_from(text.substr(0, colon));
  if (colon == std::string_view::npos || !algorithm) return wrong;
  auto value = from_hex(text.substr(colon + 1));
  if (!value || value->size() != digest_size(*algorithm) || to_hex(*value) != text.substr(colon + 1))
    return wrong;
  return stated_digest{*algorithm, *std::move(value)};
}

void read_digests(section& in, std::string_view key, std::optional<std::vector<stated_digest>>& out,
                  std::size_t most) {
  std::optional<std::vector<std::string>> texts;
  list(in, key, texts, most, [](std::string_view text) -> result<std::string> {
    if (auto digest = parse_digest(text); !digest) return digest.fault();
    return std::string{text};
  });
  if (!texts) return;
  out.emplace();
  for (const auto& text : *texts)
    out->push_back(parse_digest(text).value());
}

result<stated_denial> parse_denial(std::string_view text, std::size_t longest_reason) {
  const auto blank = text.find(' ');
  auto digest = parse_digest(text.substr(0, blank));
  if (!digest) return digest.fault();
  const auto reason = blank == std::string_view::npos ? std::string_view{} : text.substr(blank + 1);
  if (reason.size() > longest_reason)
    return fault{errc::limit,
                 "expected a reason of at most " + std::to_string(longest_reason) + " characters"};
  return stated_denial{*std::move(digest), std::string{reason}};
}

void read_denials(section& in, std::vector<stated_denial>& out, const policy_grammar& grammar) {
  std::optional<std::vector<std::string>> texts;
  list(in, "deny", texts, grammar.most_denials, [&grammar](std::string_view text) -> result<std::string> {
    if (auto denial = parse_denial(text, grammar.longest_reason); !denial) return denial.fault();
    return std::string{text};
  });
  for (const auto& text : texts.value_or(std::vector<std::string>{}))
    out.push_back(parse_denial(text, grammar.longest_reason).value());
}

fault wrong_bound(std::string expected) { return {errc::malformed, "expected " + std::move(expected)}; }

std::string defect_of_bound(std::string_view bank, std::size_t size) {
  constexpr std::size_t whole = std::string_view{"sha256:"}.size() + 64;
  if (!bank.empty()) return "is a value of the bank " + std::string{bank};
  if (size != whole) return "has " + std::to_string(size) + " characters, not " + std::to_string(whole);
  return "has other characters";
}

result<stated_bound_value> parse_bound_value(std::string_view text) {
  constexpr std::size_t longest_name = 200;
  const auto blank = text.find(' ');
  const auto second = blank == std::string_view::npos ? blank : text.find(' ', blank + 1);
  if (second == std::string_view::npos)
    return wrong_bound("three parts with one blank between them, such as \"0 sha256:9843d5... Model 5\"");
  if (blank != 1 || text[0] < '0' || text[0] > '7' || (bindable_pcrs >> (text[0] - '0') & 1U) == 0)
    return wrong_bound("one of PCR 0 to 3, 6 and 7 as the first part");
  stated_bound_value out;
  out.pcr = static_cast<std::uint8_t>(text[0] - '0');
  const auto value = text.substr(blank + 1, second - blank - 1);
  auto digest = parse_digest(value);
  if (!digest || digest->algorithm != hash_algorithm::sha256)
    return wrong_bound("sha256: and 64 digits of hex in lower case as the second part: it "
                       + defect_of_bound(digest ? to_string(digest->algorithm) : "", value.size()));
  out.digest = *std::move(digest);
  out.model = text.substr(second + 1);
  if (out.model.find_first_not_of(' ') == std::string::npos || out.model.size() > longest_name)
    return wrong_bound("the model's name of 1 to 200 characters as the third part, it "
                       + (out.model.size() > longest_name ? "has " + std::to_string(out.model.size())
                                                          : std::string{"is empty"}));
  return out;
}

void read_bound_values(section& in, std::optional<std::vector<stated_bound_value>>& out) {
  std::optional<std::vector<std::string>> texts;
  list(in, "bound_values", texts, policy_document::max_list,
       [](std::string_view text) -> result<std::string> {
         if (auto bound = parse_bound_value(text); !bound) return bound.fault();
         return std::string{text};
       });
  if (!texts) return;
  out.emplace();
  for (const auto& text : *texts)
    out->push_back(parse_bound_value(text).value());
}

result<stated_buffer> parse_buffer(std::string_view text) {
  const fault wrong{
      errc::malformed,
      "expected a name, a blank, and any or a digest such as sha256:9843d5... with all its digits"};
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos || blank == 0) return wrong;
  stated_buffer out{std::string{text.substr(0, blank)}, {}};
  const auto value = text.substr(blank + 1);
  if (value == "any") return out;
  auto digest = parse_digest(value);
  if (!digest || digest->algorithm != hash_algorithm::sha256) return wrong;
  out.digest = std::move(digest->value);
  return out;
}

void read_buffers(section& in, std::string_view key, std::optional<std::vector<stated_buffer>>& out) {
  std::optional<std::vector<std::string>> texts;
  list(in, key, texts, policy_document::max_list, [](std::string_view text) -> result<std::string> {
    if (auto buffer = parse_buffer(text); !buffer) return buffer.fault();
    return std::string{text};
  });
  if (!texts) return;
  out.emplace();
  for (const auto& text : *texts)
    out->push_back(parse_buffer(text).value());
}

void read_signatures(section& in, signature_demands& out, const policy_grammar& grammar) {
  in.choice("mode", out.mode, {{"off", file_signatures::off}, {"accept", file_signatures::accept}});
  list(in, "keys", out.keys, grammar.most_keys, grammar.key_file);
  list(in, "require", out.require, grammar.most_path_patterns, grammar.text_pattern);
}

/// PCRs of the operating system that IMA may extend too. A policy cannot give a PCR of the firmware to IMA.
void read_pcrs(section& in, std::optional<std::uint32_t>& out) {
  std::uint32_t mask = 0;
  std::vector<std::string> listed;
  in.texts("pcrs", listed, [&mask](std::string_view text) -> result<std::string> {
    for (auto pcr = first_ima_pcr; pcr <= last_ima_pcr; ++pcr)
      if (text == std::to_string(pcr)) {
        mask |= 1U << pcr;
        return std::string{text};
      }
    return fault{errc::malformed,
                 "expected one of 11 to 14: PCR 10 is always IMA's, the others are the firmware's"};
  });
  if (in.has("pcrs")) out = mask;
}

/// The name of a kernel parameter or of a GRUB command.
result<std::string> parse_word(std::string_view text) {
  constexpr std::size_t longest = 64;
  const bool plain =
      std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '=' && c != '"'; });
  if (text.empty() || text == "." || text.size() > longest || !plain)
    return fault{errc::malformed, "expected a name of 1 to 64 characters, without its value"};
  return std::string{text};
}

void read_ima(section& in, policy_document& out, const policy_grammar& grammar) {
  in.choice("mode", out.files,
            {{"strict", unknown_files::strict}, {"known-only", unknown_files::known_only}});
  list(in, "exclude", out.exclude, policy_document::max_list,
       [&grammar](std::string_view text) -> result<std::string> {
         const auto path = parse_path(text);
         return path ? grammar.directory(*path) : path;
       });
  list(in, "exclude_matching", out.exclude_matching, grammar.most_path_patterns, grammar.path_pattern);
  in.choice("violations", out.violations,
            {{"count", unmeasured_files::count},
             {"note", unmeasured_files::note},
             {"warning", unmeasured_files::warning},
             {"failure", unmeasured_files::failure}});
  in.choice("policy_closes", out.policy_closes, {{"true", true}, {"false", false}});
  list(in, "harmless_parameters", out.harmless_parameters, policy_document::max_list, parse_word);
  list(in, "harmless_commands", out.harmless_commands, policy_document::max_list, parse_word);
  read_pcrs(in, out.ima_pcrs);
  in.inside("signatures", [&](section& signatures) { read_signatures(signatures, out.signatures, grammar); });
  in.inside("buffers", [&](section& buffers) {
    read_buffers(buffers, "keyrings", out.buffers.keyrings);
    read_buffers(buffers, "critical_data", out.buffers.critical_data);
    list(buffers, "kexec_cmdline", out.buffers.kexec_cmdline, grammar.most_text_patterns,
         grammar.text_pattern);
  });
}

void read_severities(section& in, policy_document& out, const policy_grammar& grammar) {
  for (const auto& check : grammar.checks) {
    std::optional<severity> level;
    in.choice(check.name, level,
              {{"note", severity::note}, {"warning", severity::warning}, {"failure", severity::failure}});
    if (!level) continue;
    if (*level < check.least)
      in.refuse(check.name, "expected warning or failure: this check cannot be made a note");
    out.severities.emplace(check.name, *level);
  }
}

void read_demands(section& in, policy_demands& out, const policy_grammar& grammar) {
  const auto demand = [&in](std::string_view key, std::optional<claim_demand>& to) {
    in.choice(key, to, {{"required", claim_demand::required}, {"any", claim_demand::any}});
  };
  demand("secure_boot", out.secure_boot);
  demand("boot_aggregate", out.boot_aggregate);
  in.choice("ima_policy", out.ima_policy,
            {{"required", ima_policy_demand::required},
             {"file", ima_policy_demand::file},
             {"command-line", ima_policy_demand::command_line},
             {"any", ima_policy_demand::any}});
  in.inside("dbx", [&](section& dbx) {
    std::uint64_t entries = 0;
    dbx.integer("entries", entries, {0, 1'000'000});
    if (dbx.has("entries")) out.dbx_entries = entries;
    read_digests(dbx, "digests", out.dbx_digests, grammar.most_digests);
  });
  read_digests(in, "pk", out.pk_digests, grammar.most_digests);
  read_digests(in, "kek", out.kek_digests, grammar.most_digests);
  read_digests(in, "db", out.db_digests, grammar.most_digests);
  read_digests(in, "mok", out.mok_digests, grammar.most_digests);
  demand("no_option_roms", out.no_option_roms);
  demand("unified_kernel", out.unified_kernel);
  in.inside("command_line", [&](section& line) {
    list(line, "matches", out.matches, grammar.most_text_patterns, grammar.text_pattern);
    list(line, "must_not_match", out.must_not_match, grammar.most_text_patterns, grammar.text_pattern);
  });
  in.inside("firmware", [&](section& firmware) {
    firmware.parsed("at_least", out.firmware, "a version such as 1.14.0, or any",
                    [&grammar](std::string_view text) -> result<std::string> {
                      return text == "any" ? result<std::string>{std::string{}} : grammar.version(text);
                    });
  });
}

void read_best(section& in, best_verdicts& out) {
  const auto best = [&in](std::string_view key, std::optional<verdict>& to) {
    in.choice(key, to,
              {{"affirming", verdict::affirming}, {"warning", verdict::warning}, {"none", verdict::none}});
  };
  best("inventory", out.inventory);
  best("vendor", out.vendor);
  best("token", out.token);
  best("operator", out.operator_approved);
}

} // namespace

void read_policy(section& in, policy_document& out, const policy_grammar& grammar) {
  in.inside("ima", [&](section& ima) { read_ima(ima, out, grammar); });
  in.inside("severity", [&](section& severities) { read_severities(severities, out, grammar); });
  read_denials(in, out.deny, grammar);
  read_bound_values(in, out.bound_values);
  in.inside("require", [&](section& require) { read_demands(require, out.require, grammar); });
  in.inside("endorsement", [&](section& endorsement) { read_best(endorsement, out.best); });
}

namespace {

void read_policy_document(section& in, policy_document& out, const policy_grammar& grammar) {
  in.format("version", policy_format);
  in.parsed("parent", out.parent, "the name of a policy",
            [](std::string_view text) { return parse_name(text, max_name); });
  out.parent_line = in.line_of("parent");
  read_policy(in, out, grammar);
}

} // namespace

result<policy_document> parse_policy_document(std::string_view file, std::string_view text,
                                              const policy_grammar& grammar) {
  policy_document out;
  out.file = file;
  const auto read =
      read_settings(file, text, [&](section& root) { read_policy_document(root, out, grammar); });
  if (!read) return read.fault();
  return out;
}

} // namespace muster::settings
