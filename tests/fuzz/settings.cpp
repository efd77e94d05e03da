// Configuration files: for any file the readers return values or a fault.
#include "appraisal/policy/policy_family.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "settings/node_settings.hpp"
#include "settings/service_settings.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = muster::as_text({data, size});
  static const auto grammar = muster::appraisal::policy_grammar();
  const auto service = muster::settings::parse_service_settings("f", text, grammar);
  const auto node = muster::settings::parse_node_settings("f", text);
  // A fault says where.
  if (!service && !service.fault().check.starts_with("f:")) std::abort();
  if (!node && !node.fault().check.starts_with("f:")) std::abort();
  return 0;
}
