#include "appraisal/policy/deny_list.hpp"

#include "messages/vocabulary/bytes.hpp"

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

} // namespace muster::appraisal
