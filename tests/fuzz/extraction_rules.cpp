// Extraction rules: for any file the reader returns rules that have no defect and survive their record, or a
// fault that says where.
#include "appraisal/extraction/extraction_rules_text.hpp"
#include "appraisal/reference/extraction_record.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  using namespace muster::appraisal;
  const auto rules = parse_extraction_rules("f", as_text({data, size}));
  if (!rules) {
    if (!rules.fault().check.starts_with("f:")) std::abort();
    return 0;
  }
  const auto again = extraction_rules_from(to_record(*rules).read_back());
  if (!defect_of(*rules).empty() || !again || digest_of(*again) != digest_of(*rules)) std::abort();
  rules->learns_file("/usr/bin/x");
  return 0;
}
