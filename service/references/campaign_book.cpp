#include "service/references/campaign_book.hpp"

#include "records/record_codec.hpp"

#include <algorithm>

namespace muster::service {

namespace {

constexpr std::size_t campaigns_page = 256;

} // namespace

result<campaign_book> campaign_book::load(const store_reader& store) {
  campaign_book out;
  std::optional<campaign_number> after;
  for (;;) {
    const auto found = store.page<tables::campaigns>(after, campaigns_page);
    if (!found) return found.fault();
    for (const auto& one : *found) {
      auto read = one.record ? campaign_from(one.key, *one.record) : result<campaign>{one.record.fault()};
      if (read) {
        out.lay(std::move(*read)); // pages are in the order of numbers
        continue;
      }
      out.last_ = std::max(out.last_, one.key); // no number is given twice
      out.damaged_.push_back("campaign " + std::to_string(one.key.value) + ": " + read.fault().check);
    }
    if (found->size() < campaigns_page) return out;
    after = found->back().key;
  }
}

const campaign* campaign_book::of(const std::string& group) const noexcept {
  const auto found = newest_.find(group);
  return found == newest_.end() ? nullptr : &found->second;
}

void campaign_book::lay(campaign one) {
  last_ = std::max(last_, one.number);
  auto& slot = newest_[one.group];
  if (slot.number <= one.number) slot = std::move(one);
}

} // namespace muster::service
