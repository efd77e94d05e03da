#include "service/config/load_configuration.hpp"

#include "appraisal/policy/policy_family.hpp"
#include "service/config/load_policies.hpp"
#include "service/config/read_text.hpp"

namespace muster::service {

namespace {

/// The section `policy`, applied to the defaults.
result<appraisal::policy> base_of(const std::string& file, settings::policy_document section) {
  section.file = file + ": policy";
  const appraisal::named_document only[] = {{"", std::move(section)}};
  auto resolved = appraisal::resolve_policies(only);
  if (!resolved) return resolved.fault();
  return std::move(resolved->at(""));
}

} // namespace

result<configuration> load_configuration(const std::string& file) {
  const auto text = read_text(file);
  if (!text) return text.fault();
  auto read = settings::parse_service_settings(file, *text, appraisal::policy_grammar(keys_beside(file)));
  if (!read) return read.fault();
  auto base = base_of(file, read->policy);
  if (!base) return base.fault();
  auto policies = load_policies(read->policies);
  if (!policies) return policies.fault();
  return configuration{*std::move(read), *std::move(base), *std::move(policies)};
}

} // namespace muster::service
