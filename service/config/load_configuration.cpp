#include "service/config/load_configuration.hpp"

#include "service/config/load_policies.hpp"
#include "service/config/read_text.hpp"

namespace muster::service {

result<configuration> load_configuration(const std::string& file) {
  const auto text = read_text(file);
  if (!text) return text.fault();
  auto read = settings::parse_service_settings(file, *text);
  if (!read) return read.fault();
  auto policies = load_policies(read->policies);
  if (!policies) return policies.fault();
  return configuration{*std::move(read), *std::move(policies)};
}

} // namespace muster::service
