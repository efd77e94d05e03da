#include "appraisal/policy.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

/// Whether a component of the path is "..": then where it leads is not what its beginning says.
bool climbs(std::string_view path) noexcept {
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
  return false;
}

bool known(severity s) noexcept { return s <= severity::failure; }

} // namespace

bool under(std::string_view path, std::string_view prefix) noexcept {
  if (prefix.empty() || !path.starts_with(prefix)) return false;
  if (path.size() != prefix.size() && path[prefix.size()] != '/') return false;
  return !climbs(path);
}

bool excludes(const policy& p, std::string_view path) noexcept {
  return std::ranges::any_of(p.exclude, [&](const auto& prefix) { return under(path, prefix); });
}

std::string defect_of(const policy& p) {
  for (const auto& prefix : p.exclude) {
    if (prefix.size() < 2 || prefix.front() != '/')
      return "ima.exclude: every directory begins with a slash, and / itself would pass everything over";
    if (prefix.back() == '/') return "ima.exclude: a directory is written without a slash at its end";
    if (climbs(prefix)) return "ima.exclude: a directory with .. in it matches nothing";
  }
  for (const auto s :
       {p.violation, p.no_boot_log, p.unbound_ima_log, p.no_ima_log, p.incomplete_boot_log, p.odd_boot_log,
        p.secure_boot_off, p.padded_bank, p.ima_policy_unknown, p.informative_pcr})
    if (!known(s)) return "severity: unknown value";
  if (p.cap.front() != verdict::none)
    return "endorsement: a machine whose TPM nobody vouches for cannot have a verdict";
  for (const auto best : p.cap)
    if (best == verdict::contraindicated || best > verdict::contraindicated)
      return "endorsement: the best verdict of a level is affirming, warning or none";
  return {};
}

} // namespace muster::appraisal
