#include "appraisal/policy/policy.hpp"

#include "appraisal/policy/kernel_name.hpp"
#include "appraisal/policy/program_places.hpp"
#include "appraisal/policy/version_text.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "settings/policy_document.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

/// Whether a component of the path is "..": then the path does not lead where its beginning says.
bool climbs(std::string_view path) noexcept {
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
  return false;
}

} // namespace

bool under(std::string_view path, std::string_view prefix) noexcept {
  if (prefix.empty() || !path.starts_with(prefix)) return false;
  if (path.size() != prefix.size() && path[prefix.size()] != '/') return false;
  return !climbs(path);
}

policy::policy() {
  for (std::size_t i = 0; i < levels.size(); ++i)
    levels[i] = usual_level(static_cast<judged_check>(i));
}

bool excludes(const policy& p, std::string_view path) {
  if (!path.starts_with('/')) return false; // a name without a place is in no directory
  if (std::ranges::any_of(p.exclude, [&](const auto& prefix) { return under(path, prefix); })) return true;
  return !p.exclude_matching.empty() && !climbs(path)
         && std::ranges::any_of(p.exclude_matching, [&](const auto& each) { return each.matches(path); });
}

namespace {

/// `under`, of a path as the kernel writes it.
bool may_be_under(std::string_view logged, std::string_view prefix) noexcept {
  return begins_as_kernel_name(logged, prefix)
         && (logged.size() == prefix.size() || logged[prefix.size()] == '/');
}

bool may_exclude(const policy& p, std::string_view logged) {
  return std::ranges::any_of(p.exclude, [&](const auto& prefix) { return may_be_under(logged, prefix); })
         || std::ranges::any_of(p.exclude_matching,
                                [&](const auto& each) { return each.matches_spelled(logged); });
}

} // namespace

exclusion exclusion_of(const policy& p, std::string_view logged) {
  if (excludes(p, logged)) return exclusion::as_written;
  if (!logged.starts_with('/') || climbs(logged)) return exclusion::none;
  const auto name = without_deleted(logged);
  if (name.size() == logged.size() && logged.find('_') == std::string_view::npos) return exclusion::none;
  return may_exclude(p, logged) || (name.size() != logged.size() && may_exclude(p, name))
             ? exclusion::by_spelling
             : exclusion::none;
}

namespace {

std::string defect_of_prefixes(const policy& p) {
  if (p.exclude.size() > policy::max_prefixes || p.exclude_matching.size() > policy::max_patterns)
    return "ima.exclude: more than a policy may have";
  for (const auto& prefix : p.exclude) {
    if (prefix.size() < 2 || prefix.front() != '/')
      return "ima.exclude: every directory begins with a slash, and / itself would pass everything over";
    if (prefix.back() == '/') return "ima.exclude: a directory is written without a slash at its end";
    if (climbs(prefix)) return "ima.exclude: a directory with .. in it matches nothing";
    if (const auto why = objection_to(prefix); !why.empty())
      return "ima.exclude: " + why + ", found " + printable(prefix);
  }
  return {};
}

std::string defect_of_pcrs(const policy& p) {
  if ((p.ima_pcrs & ~tpm::pcr_mask(settings::first_ima_pcr, settings::last_ima_pcr)) != 0)
    return "ima.pcrs: IMA extends PCR 10, and may have others of 11 to 14; the rest is the firmware's";
  return {};
}

std::string defect_of_words(const policy& p) {
  for (const auto* list : {&p.harmless_parameters, &p.harmless_commands}) {
    if (list->size() > settings::policy_document::max_list)
      return "ima.harmless: more than a policy may have";
    for (const auto& one : *list)
      if (one.empty() || one == ".")
        return "ima.harmless: a name is missing; a dot alone would stand for all";
  }
  return {};
}

std::string defect_of_signatures(const signature_rules& s) {
  if (s.keys.size() > signature_rules::max_keys || s.required.size() > signature_rules::max_patterns)
    return "ima.signatures: more than a policy may have";
  if (s.wanted() && s.keys.empty())
    return "ima.signatures: signatures are asked for, and no key is pinned to verify them with";
  return {};
}

std::string defect_of_buffers(const buffer_rules& b) {
  if (b.keyrings.size() + b.critical_data.size() > buffer_rules::max_rules
      || b.kexec_command_line.size() > buffer_rules::max_patterns)
    return "ima.buffers: more than a policy may have";
  for (const auto* rules : {&b.keyrings, &b.critical_data})
    for (const auto& rule : *rules)
      if (rule.name.empty() || rule.name.size() > buffer_rules::max_name)
        return "ima.buffers: a rule names a keyring or a label of at most 128 characters";
  return {};
}

std::string defect_of_levels(const policy& p) {
  for (std::size_t i = 0; i < p.levels.size(); ++i) {
    const auto check = static_cast<judged_check>(i);
    if (p.levels[i] > severity::failure) return "severity: unknown value";
    if (p.levels[i] < least_level(check))
      return "severity." + std::string{name_of(check)} + ": cannot weigh less than a warning";
  }
  return {};
}

std::string defect_of_required(const required_claims& r) {
  const std::pair<std::string_view, const std::vector<variable_digest>*> lists[] = {
      {"dbx.digests", &r.dbx_digests},
      {"pk", &r.pk_digests},
      {"kek", &r.kek_digests},
      {"db", &r.db_digests},
      {"mok", &r.mok_digests}};
  for (const auto& [key, list] : lists) {
    const auto where = "require." + std::string{key};
    if (list->size() > required_claims::max_digests) return where + ": more than a policy may have";
    for (const auto& one : *list)
      if (one.value.size() != digest_size(one.algorithm))
        return where + ": a digest is not as long as its algorithm's";
  }
  if (r.command_line_matches.size() > required_claims::max_patterns
      || r.command_line_excludes.size() > required_claims::max_patterns)
    return "require.command_line: more patterns than a policy may have";
  if (!r.firmware_at_least.empty() && !is_version(r.firmware_at_least))
    return "require.firmware: a version is numbers with points between them";
  return {};
}

std::string defect_of_denied(const deny_list& denied) {
  if (denied.entries().size() > deny_list::max_entries) return "deny: more than a policy may have";
  for (const auto& one : denied.entries()) {
    if (one.value.size() != digest_size(one.algorithm))
      return "deny: a digest is not as long as its algorithm's";
    if (one.reason.size() > deny_list::max_reason) return "deny: a reason has at most 200 characters";
  }
  return {};
}

std::string defect_of_caps(const policy& p) {
  if (p.cap.front() != verdict::none)
    return "endorsement: a machine whose TPM nobody vouches for cannot have a verdict";
  for (const auto best : p.cap)
    if (best == verdict::contraindicated || best > verdict::contraindicated)
      return "endorsement: the best verdict of a level is affirming, warning or none";
  return {};
}

} // namespace

std::string defect_of(const policy& p) {
  for (auto defect :
       {defect_of_prefixes(p), defect_of_pcrs(p), defect_of_words(p), defect_of_signatures(p.signatures),
        defect_of_buffers(p.buffers), defect_of_levels(p), defect_of_required(p.require),
        defect_of_denied(p.denied), defect_of(p.bound), defect_of_caps(p)})
    if (!defect.empty()) return defect;
  return {};
}

} // namespace muster::appraisal
