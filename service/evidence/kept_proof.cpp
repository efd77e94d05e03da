#include "service/evidence/kept_proof.hpp"

#include "crypto/log_head.hpp"
#include "records/log_alarm.hpp"

namespace muster::service {

namespace {

/// How many records of the same moment are searched.
constexpr std::size_t max_same_moment = store_reader::max_page;

/// The first leaf below `size` that is not `before`, by binary search: `before` must be true of a prefix of
/// the leaves.
template <class Before>
std::optional<std::uint64_t> first_not(const store_reader& store, std::uint64_t size, Before before) {
  std::uint64_t low = 0;
  for (auto high = size; low < high;) {
    const auto middle = low + (high - low) / 2;
    const auto leaf = store.log_leaves(middle, 1);
    if (!leaf || leaf->empty() || !leaf->front().record) return std::nullopt;
    if (before(leaf->front()))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

wall_time when_of(const log_leaf& leaf) {
  return leaf.record->read([](records::AuditEntry::Reader in) { return wall_time{in.getWhenMs()}; });
}

bool names(const log_leaf& leaf, std::string_view words) {
  return leaf.record.ok() && leaf.record->read([&](records::AuditEntry::Reader in) {
    return text_of(in.getText()).find(words) != std::string_view::npos;
  });
}

/// The first leaf from `first` on that holds these words.
std::optional<log_leaf> find_words(const store_reader& store, std::optional<std::uint64_t> first,
                                   std::uint64_t size, std::string_view words, std::size_t among) {
  if (!first || *first >= size) return std::nullopt;
  auto page = store.log_leaves(*first, std::min<std::uint64_t>(among, size - *first));
  if (!page) return std::nullopt;
  const auto found = std::ranges::find_if(*page, [&](const auto& one) { return names(one, words); });
  if (found == page->end()) return std::nullopt;
  return std::move(*found);
}

} // namespace

std::optional<appraisal::log_proof>
prove_in_log(const store_reader& store, const appraisal::bundle_header& header, const proof_places& places) {
  if (header.ak_certificate.empty()) return std::nullopt;
  const auto newest = store.newest_log_head();
  if (!newest) return std::nullopt;
  const auto head = head_from(*newest);
  if (!head) return std::nullopt;
  const auto size = head->head.size;
  const auto certificate = find_words(
      store, first_not(store, size, [&](const auto& one) { return when_of(one) < places.certified; }), size,
      appraisal::ak_certificate_words(header.ak_certificate), max_same_moment);
  // A changed verdict's entry comes right before the result: both share one sequence of numbers.
  const auto quote = find_words(
      store, first_not(store, size, [&](const auto& one) { return one.at.value + 1 < places.result.value; }),
      size, appraisal::quote_words(header.evidence->attest), 1);
  if (!certificate || !quote) return std::nullopt;
  appraisal::log_proof out;
  out.head = crypto::encode(*head);
  for (const auto* one : {&*certificate, &*quote}) {
    auto path = store.log_path(one->number.value, size);
    if (!path) return std::nullopt;
    out.records.push_back({one->number.value, to_bytes(one->record->content()), *std::move(path)});
  }
  return out;
}

} // namespace muster::service
