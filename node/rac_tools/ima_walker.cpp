#include "node/rac_tools/ima_walker.hpp"

#include "messages/vocabulary/cursor.hpp"

#include <algorithm>

namespace muster::node {

namespace {

constexpr std::size_t fixed_size = 4 + 20 + 4; // PCR, SHA-1, length of the name
constexpr std::size_t original_size = 20 + 4;  // template "ima": digest, length of the file's name
constexpr std::size_t length_size = 4;         // others: length of all data

} // namespace

std::uint32_t ima_walker::last_u32() const noexcept {
  cursor in{byte_view{gathered_}.last(4)};
  return order_ == std::endian::little ? in.u32_le() : in.u32_be();
}

void ima_walker::expect(part next, std::size_t size) {
  part_ = next;
  wanted_ = size;
  gathered_.clear();
}

// Decides what follows `gathered_`. Returns the number of data bytes to skip, once it is known.
result<std::size_t> ima_walker::after_part() {
  switch (part_) {
  case part::fixed: {
    order_ = std::endian::little;
    if (last_u32() > max_name) order_ = std::endian::big; // a length of 1 to 255 has one order only
    const auto name = last_u32();
    if (name == 0 || name > max_name)
      return fault{errc::malformed, "ima-list: the length of a template's name is not valid"};
    expect(part::name, name);
    return std::size_t{0};
  }
  case part::name: {
    const bool original = as_text(gathered_) == "ima";
    expect(original ? part::original : part::length, original ? original_size : length_size);
    return std::size_t{0};
  }
  case part::original:
  case part::length: {
    const std::size_t data = last_u32();
    if (data > max_data) return fault{errc::malformed, "ima-list: the length of an entry is not valid"};
    expect(part::fixed, fixed_size);
    at_.entry += 1;
    at_.offset = offset_ + data;
    return data;
  }
  }
  return fault{errc::internal, "ima-list: no such part"};
}

result<std::size_t> ima_walker::walk(byte_view input, std::uint64_t until) {
  if (broken_) return fault{errc::malformed, "ima-list: broken before"};
  std::size_t taken = 0;
  while (taken < input.size() && !(at_.entry >= until && at_.offset == offset_)) {
    const auto rest = input.subspan(taken);
    const bool skipping = skip_ > 0;
    const auto n = std::min(rest.size(), skipping ? skip_ : wanted_ - gathered_.size());
    taken += n;
    offset_ += n;
    if (skipping) {
      skip_ -= n;
      continue;
    }
    append(gathered_, rest.first(n));
    if (gathered_.size() < wanted_) continue;
    const auto data = after_part();
    if (!data) {
      broken_ = true;
      return data.fault();
    }
    skip_ = *data;
  }
  return taken;
}

void ima_bookmarks::begin(const boot_id& boot) {
  if (boot == boot_) return;
  boot_ = boot;
  places_.clear();
}

ima_place ima_bookmarks::nearest(std::uint64_t entry) const noexcept {
  const auto behind = std::ranges::upper_bound(places_, entry, {}, &ima_place::entry);
  return behind == places_.begin() ? ima_place{} : *std::prev(behind);
}

void ima_bookmarks::note(const ima_place& reached) {
  const auto last = places_.empty() ? 0 : places_.back().entry;
  if (reached.entry >= last + stride) places_.push_back(reached);
}

} // namespace muster::node
