#include "appraisal/reference_set.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace muster::appraisal {

namespace {

// A digest is its own hash. Its first four bytes choose the slot, the next four are the tag, so that a slot
// of another digest is nearly always recognised without reading that digest.
std::size_t home_of(byte_view digest) noexcept {
  std::uint32_t word = 0;
  if (digest.size() >= 4) std::memcpy(&word, digest.data(), 4);
  return word;
}

std::uint32_t tag_of(byte_view digest) noexcept {
  std::uint32_t word = 0;
  if (digest.size() >= 8) std::memcpy(&word, digest.data() + 4, 4);
  return word;
}

bool same_content(const file_claim& claim, hash_algorithm algorithm, byte_view digest) noexcept {
  return claim.algorithm == algorithm && same(claim.digest, digest);
}

bool is_reference(const file_claim& claim) noexcept {
  return claim.kind == file_kind::file && claim.digest.size() == digest_size(claim.algorithm)
         && !claim.digest.empty()
         && std::ranges::any_of(claim.digest, [](std::uint8_t byte) { return byte != 0; });
}

bool has_required_pcr(const reference_content& content) noexcept {
  return std::ranges::any_of(content.pcrs, [](const pcr_claim& p) {
    return std::ranges::find(equal_pcrs, p.index) != std::end(equal_pcrs);
  });
}

status check(const reference_content& content) {
  if (!has_required_pcr(content))
    return fault{errc::denied, "reference: the set is empty, and everything would pass it"};
  if (content.files.size() > reference_set::max_files)
    return fault{errc::limit, "reference: more files than a set may have"};
  for (const auto& p : content.pcrs)
    if (p.algorithm != hash_algorithm::sha256 || p.value.size() != digest_size(p.algorithm))
      return fault{errc::malformed, "reference: a PCR value is not SHA-256"};
  for (const auto& pcr : content.events)
    for (const auto& event : pcr.events)
      if (event.digest.size() != digest_size(pcr.algorithm))
        return fault{errc::malformed, "reference: an event's digest does not have the length of its bank"};
  for (std::size_t i = 0; i < content.files.size(); ++i)
    if (!is_reference(content.files[i]))
      return fault{errc::malformed, "reference: an entry of the file table is not a file's digest"};
  return {};
}

} // namespace

reference_set::reference_set(reference_content content) : content_{std::move(content)} {
  content_.files.make_distinct();
  const auto& files = content_.files;
  slots_.resize(std::bit_ceil(std::max<std::size_t>(files.size() * 2, 16)));
  mask_ = slots_.size() - 1;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto claim = files[i];
    if (knows(claim.algorithm, claim.digest)) continue; // the same content under another path
    auto at = home_of(claim.digest) & mask_;
    while (slots_[at].offset_plus_one != 0)
      at = (at + 1) & mask_;
    slots_[at] = {tag_of(claim.digest), files.offset(i) + 1};
  }
}

result<std::shared_ptr<const reference_set>> reference_set::make(reference_content content) {
  if (auto ok = check(content); !ok) return ok.fault();
  return std::shared_ptr<const reference_set>{new reference_set{std::move(content)}};
}

bool reference_set::knows(hash_algorithm algorithm, byte_view digest) const noexcept {
  const auto tag = tag_of(digest);
  for (auto at = home_of(digest) & mask_; slots_[at].offset_plus_one != 0; at = (at + 1) & mask_)
    if (slots_[at].tag == tag
        && same_content(content_.files.at(slots_[at].offset_plus_one - 1), algorithm, digest))
      return true;
  return false; // at most half of the slots are taken, so the loop has met a free one
}

void reference_set::prefetch_slot(byte_view digest) const noexcept {
  __builtin_prefetch(&slots_[home_of(digest) & mask_]);
}

void reference_set::prefetch_file(byte_view digest) const noexcept {
  const auto& first = slots_[home_of(digest) & mask_];
  if (first.offset_plus_one != 0) content_.files.prefetch(first.offset_plus_one - 1);
}

std::vector<file_claim> reference_set::at_path(std::string_view path, std::size_t at_most) const {
  const auto& files = content_.files;
  // The table is in canonical order, that is by path first.
  std::size_t low = 0;
  for (auto high = files.size(); low < high;) {
    const auto middle = low + (high - low) / 2;
    if (files[middle].path < path)
      low = middle + 1;
    else
      high = middle;
  }
  std::vector<file_claim> out;
  for (; low < files.size() && out.size() < at_most && files[low].path == path; ++low)
    out.push_back(files[low]);
  return out;
}

const crypto::digest* reference_set::pcr(unsigned index) const noexcept {
  const auto found =
      std::ranges::find_if(content_.pcrs, [&](const pcr_claim& p) { return p.index == index; });
  return found == content_.pcrs.end() ? nullptr : &found->value;
}

const reference_pcr_events* reference_set::events(unsigned pcr) const noexcept {
  const auto found = std::ranges::find_if(content_.events, [&](const auto& e) { return e.pcr == pcr; });
  return found == content_.events.end() ? nullptr : &*found;
}

std::size_t reference_set::memory() const noexcept {
  return content_.files.memory() + slots_.capacity() * sizeof(slot);
}

} // namespace muster::appraisal
