#include "appraisal/deny_list.hpp"

#include "appraisal/reference_set.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

struct denied_key {
  hash_algorithm algorithm;
  byte_view value;
};

bool before(const denied_digest& one, const denied_key& key) noexcept {
  if (one.algorithm != key.algorithm) return one.algorithm < key.algorithm;
  return std::ranges::lexicographical_compare(one.value.view(), key.value);
}

fault brings_back(const std::string& what, const denied_digest& one) {
  return {errc::denied, "reference: " + what + " of this set is on the deny list of the group's policy: "
                            + shown(one) + "; use a set without it, or take it out of deny in the policy"};
}

} // namespace

void deny_list::add(denied_digest one) {
  const denied_key key{one.algorithm, one.value.view()};
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), key, before);
  if (at != entries_.end() && at->algorithm == one.algorithm && at->value == one.value) return;
  entries_.insert(at, std::move(one));
}

const denied_digest* deny_list::find(hash_algorithm algorithm, byte_view value) const noexcept {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), denied_key{algorithm, value}, before);
  const bool found =
      at != entries_.end() && at->algorithm == algorithm && std::ranges::equal(at->value.view(), value);
  return found ? &*at : nullptr;
}

bool deny_list::knows(hash_algorithm algorithm) const noexcept {
  const auto at = std::ranges::lower_bound(entries_, algorithm, {}, &denied_digest::algorithm);
  return at != entries_.end() && at->algorithm == algorithm;
}

std::string shown(const denied_digest& one) {
  auto out = std::string{to_string(one.algorithm)} + ":" + to_hex(one.value.view());
  return one.reason.empty() ? out : out + " (" + printable(one.reason, deny_list::max_reason) + ")";
}

std::string reason_of(const denied_digest& one) {
  return one.reason.empty() ? "no reason is given" : printable(one.reason, deny_list::max_reason);
}

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
