#include "appraisal/reference_set.hpp"

#include <algorithm>
#include <map>

namespace muster::appraisal {

namespace {

template <std::size_t n> bool is_one_of(const std::uint8_t (&list)[n], std::uint8_t index) noexcept {
  return std::ranges::find(list, index) != std::end(list);
}

bool is_compared(std::uint8_t index) noexcept {
  return is_one_of(equal_pcrs, index) || is_one_of(ordered_pcrs, index) || is_one_of(informative_pcrs, index);
}

} // namespace

result<reference_content> reference_from(const boot_claims& boot, const file_claims& files,
                                         std::string origin) {
  reference_content out;
  out.origin = std::move(origin);
  for (const auto index : equal_pcrs) {
    const auto* value = boot.pcr(hash_algorithm::sha256, index);
    if (value == nullptr)
      return fault{errc::denied,
                   "reference: PCR " + std::to_string(index) + " of the SHA-256 bank was not quoted"};
    if (std::ranges::all_of(value->view(), [](std::uint8_t byte) { return byte == 0; }))
      return fault{errc::denied, "reference: nothing was measured into PCR " + std::to_string(index)};
  }
  for (const auto& p : boot->pcrs)
    if (p.algorithm == hash_algorithm::sha256 && is_compared(p.index)) out.pcrs.push_back(p);
  std::ranges::sort(out.pcrs, {}, &pcr_claim::index);

  // Informative PCRs are told by value only: their events are no reference.
  std::map<std::uint8_t, reference_pcr_events> by_pcr;
  for (const auto& event : boot->events) {
    if (!is_one_of(equal_pcrs, event.pcr) && !is_one_of(ordered_pcrs, event.pcr)) continue;
    auto& pcr = by_pcr[event.pcr];
    pcr.pcr = event.pcr;
    pcr.algorithm = boot->bank;
    pcr.events.push_back({event.digest, event.type, event.text});
  }
  for (auto& [index, pcr] : by_pcr)
    out.events.push_back(std::move(pcr));

  for (std::size_t i = 0; i < files.size(); ++i)
    // Who signed a file is this policy's concern, its content the reference's.
    if (const auto file = files[i];
        file.kind == file_kind::file && !out.files.push({file.kind, file.algorithm, file.digest, file.path}))
      return fault{errc::limit, "reference: the file table is full"};
  out.files.make_distinct();
  return out;
}

} // namespace muster::appraisal
