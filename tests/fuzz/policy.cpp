// Policy files: for any file the reader returns a policy without defect, or a fault that says where.
#include "appraisal/policy/policy_family.hpp"
#include "appraisal/policy/policy_record.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  static const auto grammar = appraisal::policy_grammar();
  auto read = settings::parse_policy_document("f", as_text({data, size}), grammar);
  if (!read) {
    if (!read.fault().check.starts_with("f:")) std::abort();
    return 0;
  }
  read->parent.reset();
  const std::vector<appraisal::named_document> one{{"f", *std::move(read)}};
  const auto resolved = appraisal::resolve_policies(one);
  if (!resolved) { // each line is right, but the whole is not: for example, no key is named
    if (!resolved.fault().check.starts_with("f:")) std::abort();
    return 0;
  }
  const auto& policy = resolved->at("f");
  const auto again = appraisal::policy_from(appraisal::to_record(policy).read_back());
  if (!again || appraisal::digest_of(*again) != appraisal::digest_of(policy)) std::abort();
  appraisal::excludes(policy, "/srv/build/1/obj/x");
  return 0;
}
