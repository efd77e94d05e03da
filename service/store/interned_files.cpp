#include "service/store/interned_files.hpp"

#include "crypto/secret.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace muster::service {

namespace {

appraisal::hash_seed make_seed() {
  appraisal::hash_seed out;
  const auto drawn = crypto::make_nonce();
  static_assert(sizeof out <= sizeof drawn);
  std::memcpy(out.data(), drawn.data(), sizeof out);
  return out;
}

} // namespace

interned_files::interned_files() : first_{make_seed()}, second_{make_seed()} {}

interned_files::key interned_files::key_of(const file_claim& file) const noexcept {
  const appraisal::file_claim all{
      static_cast<appraisal::file_kind>(file.kind),           file.algorithm, file.digest, file.path,
      static_cast<appraisal::file_signature>(file.signature), file.signer};
  return {appraisal::hash_of(all, first_), appraisal::hash_of(all, second_)};
}

std::size_t interned_files::place_of(const key& of) const noexcept {
  const auto mask = slots_.size() - 1;
  auto at = static_cast<std::size_t>(of.first) & mask;
  while (slots_[at].number != 0 && slots_[at].of != of)
    at = (at + 1) & mask;
  return at;
}

std::optional<file_number> interned_files::find(const key& of) const noexcept {
  if (slots_.empty()) return std::nullopt;
  const auto& one = slots_[place_of(of)];
  if (one.number == 0) return std::nullopt;
  return file_number{one.number};
}

void interned_files::grow() {
  constexpr std::size_t least = 1024;
  auto before = std::exchange(slots_, std::vector<slot>(std::max(least, 2 * slots_.size())));
  for (const auto& one : before)
    if (one.number != 0) slots_[place_of(one.of)] = one;
}

void interned_files::add(const key& of, file_number n) {
  if (size_ == most) clear();
  if (2 * (size_ + 1) > slots_.size()) grow();
  auto& one = slots_[place_of(of)];
  if (one.number == 0) ++size_;
  one = {of, static_cast<std::uint32_t>(n.value)};
}

void interned_files::clear() noexcept {
  slots_ = {};
  size_ = 0;
}

} // namespace muster::service
