#include "appraisal/reference/denied_content.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

fault brings_back(const std::string& what, const denied_digest& one) {
  return {errc::denied, "reference: " + what + " of this set is on the deny list of the group's policy: "
                            + shown(one) + "; use a set without it, or take it out of deny in the policy"};
}

} // namespace

status check_not_denied(const reference_set& set, const deny_list& denied) {
  if (denied.empty()) return {};
  for (const auto& one : denied.entries()) {
    if (!set.knows(one.algorithm, one.value.view())) continue;
    const auto& files = set.content().files;
    for (std::size_t i = 0; i < files.size(); ++i)
      if (files[i].algorithm == one.algorithm && std::ranges::equal(files[i].digest, one.value.view()))
        return brings_back(printable(files[i].path), one);
  }
  for (const auto& list : set.content().events)
    for (const auto& event : list.events)
      if (const auto* one = denied.find(list.algorithm, event.digest.view()))
        return brings_back("an event of PCR " + std::to_string(list.pcr), *one);
  return {};
}

} // namespace muster::appraisal
