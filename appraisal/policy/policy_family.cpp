#include "appraisal/policy/policy_family.hpp"

#include "appraisal/policy/program_places.hpp"
#include "appraisal/policy/version_text.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

using settings::claim_demand;
using settings::policy_document;
using settings::unmeasured_files;

std::vector<settings::weighable_check> make_weighable_checks() {
  std::vector<settings::weighable_check> out;
  for (std::size_t i = 0; i < judged_check_count; ++i) {
    const auto check = static_cast<judged_check>(i);
    if (check != judged_check::violation) // set by ima.violations, which also has `count`
      out.push_back({name_of(check), least_level(check)});
  }
  return out;
}

result<std::string> checked(result<pattern> made) {
  if (!made) return made.fault();
  return made->text();
}

template <class T> void take(T& out, const std::optional<T>& said) {
  if (said) out = *said;
}

void take(demand& out, const std::optional<claim_demand>& said) {
  if (said) out = *said == claim_demand::required ? demand::required : demand::none;
}

/// The reader of policy files compiled each pattern before, so none fails here.
status take(std::vector<pattern>& out, const std::optional<std::vector<std::string>>& said,
            result<pattern> (*make)(std::string)) {
  if (!said) return {};
  out.clear();
  for (const auto& text : *said) {
    auto made = make(text);
    if (!made) return made.fault();
    out.push_back(*std::move(made));
  }
  return {};
}

void take_violations(policy& out, const std::optional<unmeasured_files>& said) {
  if (!said) return;
  out.violations = *said == unmeasured_files::count ? violation_rule::count : violation_rule::judge;
  switch (*said) {
  case unmeasured_files::count: break;
  case unmeasured_files::note: out.of(judged_check::violation) = severity::note; break;
  case unmeasured_files::warning: out.of(judged_check::violation) = severity::warning; break;
  case unmeasured_files::failure: out.of(judged_check::violation) = severity::failure; break;
  }
}

void take(std::vector<variable_digest>& out,
          const std::optional<std::vector<settings::stated_digest>>& said) {
  if (!said) return;
  out.clear();
  for (const auto& one : *said)
    out.push_back({one.algorithm, crypto::digest{one.value}});
}

void take(std::vector<bound_value>& out,
          const std::optional<std::vector<settings::stated_bound_value>>& said) {
  if (!said) return;
  out.clear();
  for (const auto& one : *said)
    out.push_back({one.pcr, one.digest.algorithm, crypto::digest{one.digest.value}, one.model});
}

void take(required_claims& out, const std::optional<settings::ima_policy_demand>& said) {
  if (!said) return;
  switch (*said) {
  case settings::ima_policy_demand::any: out.ima_policy = ima_policy_demand::any; break;
  case settings::ima_policy_demand::command_line: out.ima_policy = ima_policy_demand::command_line; break;
  case settings::ima_policy_demand::file: out.ima_policy = ima_policy_demand::file; break;
  case settings::ima_policy_demand::required: out.ima_policy = ima_policy_demand::initial_disk; break;
  }
}

status take_demands(required_claims& out, const settings::policy_demands& said) {
  take(out.secure_boot, said.secure_boot);
  take(out.boot_aggregate, said.boot_aggregate);
  take(out, said.ima_policy);
  take(out.dbx_entries, said.dbx_entries);
  take(out.firmware_at_least, said.firmware);
  take(out.dbx_digests, said.dbx_digests);
  take(out.pk_digests, said.pk_digests);
  take(out.kek_digests, said.kek_digests);
  take(out.db_digests, said.db_digests);
  take(out.mok_digests, said.mok_digests);
  take(out.no_option_roms, said.no_option_roms);
  take(out.unified_kernel, said.unified_kernel);
  if (auto done = take(out.command_line_matches, said.matches, pattern::make); !done) return done;
  return take(out.command_line_excludes, said.must_not_match, pattern::make);
}

status take_signatures(signature_rules& out, const settings::signature_demands& said) {
  if (said.mode)
    out.mode = *said.mode == settings::file_signatures::accept ? signature_mode::accept : signature_mode::off;
  if (said.keys) {
    out.keys.clear();
    for (const auto& content : *said.keys) {
      auto key = pinned_key::from_file(as_bytes(content));
      if (!key) return key.fault();
      out.keys.push_back(*std::move(key));
    }
  }
  return take(out.required, said.require, pattern::make);
}

void take(std::vector<buffer_rule>& out, const std::optional<std::vector<settings::stated_buffer>>& said) {
  if (!said) return;
  out.clear();
  for (const auto& one : *said) {
    buffer_rule rule{one.name, {}};
    if (one.digest) std::ranges::copy(*one.digest, rule.digest.emplace().begin());
    out.push_back(std::move(rule));
  }
}

status take_buffers(buffer_rules& out, const settings::buffer_demands& said) {
  take(out.keyrings, said.keyrings);
  take(out.critical_data, said.critical_data);
  return take(out.kexec_command_line, said.kexec_cmdline, pattern::make);
}

status take_document(policy& out, const policy_document& said) {
  if (said.files)
    out.files =
        *said.files == settings::unknown_files::known_only ? file_mode::known_only : file_mode::strict;
  take(out.exclude, said.exclude);
  if (auto done = take(out.exclude_matching, said.exclude_matching, make_path_pattern); !done) return done;
  take_violations(out, said.violations);
  take(out.ima_policy_closes, said.policy_closes);
  take(out.harmless_parameters, said.harmless_parameters);
  take(out.harmless_commands, said.harmless_commands);
  take(out.ima_pcrs, said.ima_pcrs);
  if (auto done = take_signatures(out.signatures, said.signatures); !done) return done;
  if (auto done = take_buffers(out.buffers, said.buffers); !done) return done;
  for (const auto& [digest, reason] : said.deny)
    out.denied.add({digest.algorithm, crypto::digest{digest.value}, reason});
  take(out.bound, said.bound_values);
  for (const auto& [name, level] : said.severities)
    if (const auto check = judged_check_from(name)) out.of(*check) = level;
  take(out.cap[static_cast<std::size_t>(endorsement::inventory)], said.best.inventory);
  take(out.cap[static_cast<std::size_t>(endorsement::vendor)], said.best.vendor);
  take(out.cap[static_cast<std::size_t>(endorsement::token)], said.best.token);
  take(out.cap[static_cast<std::size_t>(endorsement::operator_approved)], said.best.operator_approved);
  return take_demands(out.require, said.require);
}

const named_document* find_document(std::span<const named_document> all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &named_document::name);
  return found == all.end() ? nullptr : &*found;
}

fault at_parent(const named_document& one, std::string_view sentence) {
  return {errc::malformed, one.document.file + ':' + std::to_string(one.document.parent_line)
                               + ": parent: " + std::string{sentence}};
}

/// The document and its ancestors, youngest first.
result<std::vector<const named_document*>> line_of_descent(std::span<const named_document> all,
                                                           const named_document& youngest) {
  std::vector<const named_document*> out{&youngest};
  while (out.back()->document.parent) {
    const auto& name = *out.back()->document.parent;
    const auto* parent = find_document(all, name);
    if (parent == nullptr) return at_parent(*out.back(), "there is no policy " + name + " next to this one");
    if (std::ranges::find(out, parent) != out.end())
      return at_parent(youngest, "the policy descends from itself, by way of " + name);
    if (out.size() == max_generations)
      return at_parent(youngest, "expected at most " + std::to_string(max_generations) + " generations");
    out.push_back(parent);
  }
  return out;
}

result<policy> resolve(std::span<const named_document> all, const named_document& one) {
  auto line = line_of_descent(all, one);
  if (!line) return line.fault();
  policy out;
  for (auto at = line->rbegin(); at != line->rend(); ++at)
    if (auto done = take_document(out, (*at)->document); !done) return done.fault();
  if (const auto defect = defect_of(out); !defect.empty())
    return fault{errc::malformed, one.document.file + ": " + defect};
  return out;
}

} // namespace

settings::policy_grammar policy_grammar(key_reader read_key) {
  static const auto checks = make_weighable_checks();
  settings::policy_grammar out;
  out.checks = checks;
  out.directory = [](std::string_view path) -> result<std::string> {
    if (auto why = objection_to(path); !why.empty()) return fault{errc::denied, std::move(why)};
    return std::string{path};
  };
  out.path_pattern = [](std::string_view text) { return checked(make_path_pattern(std::string{text})); };
  out.text_pattern = [](std::string_view text) { return checked(pattern::make(std::string{text})); };
  out.version = [](std::string_view text) -> result<std::string> {
    if (is_version(text)) return std::string{text};
    return fault{errc::malformed, "expected numbers with points between them, such as 1.14.0"};
  };
  out.key_file = [read_key = std::move(read_key)](std::string_view name) -> result<std::string> {
    if (!read_key) return fault{errc::unsupported, "expected no key: there is no folder to read it from"};
    auto content = read_key(name);
    if (!content) return content.fault();
    if (auto key = pinned_key::from_file(*content); !key)
      return fault{key.fault().code, "expected a certificate or public key, RSA or EC: " + key.fault().check};
    return std::string{as_text(*content)};
  };
  out.most_path_patterns = policy::max_patterns;
  out.most_text_patterns = required_claims::max_patterns;
  out.most_digests = required_claims::max_digests;
  out.most_keys = signature_rules::max_keys;
  out.most_denials = deny_list::max_entries;
  out.longest_reason = deny_list::max_reason;
  return out;
}

result<std::map<std::string, policy>> resolve_policies(std::span<const named_document> documents) {
  std::map<std::string, policy> out;
  std::string problems;
  for (const auto& one : documents) {
    auto resolved = resolve(documents, one);
    if (resolved)
      out.insert_or_assign(one.name, *std::move(resolved));
    else
      problems += (problems.empty() ? "" : "\n") + resolved.fault().check;
  }
  if (!problems.empty()) return fault{errc::malformed, std::move(problems)};
  return out;
}

} // namespace muster::appraisal
