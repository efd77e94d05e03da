#include "appraisal/claims/file_claims.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace muster::appraisal {

namespace {

// A claim in the block: kind (low half) and signature u8, digest size u8, algorithm u16, path size u16 (host
// order: the block never leaves the process), digest, path, and the signer where the signature holds.
constexpr std::size_t head_size = 6;
constexpr std::size_t max_digest = 128; // of `unknown_hash`, with the name of the algorithm
constexpr unsigned signature_shift = 4;
constexpr std::uint8_t kind_bits = 0x0f;
constexpr bytes32 no_digest{};

std::strong_ordering order(byte_view a, byte_view b) noexcept {
  const auto shared = std::min(a.size(), b.size());
  if (const auto c = shared == 0 ? 0 : std::memcmp(a.data(), b.data(), shared); c != 0)
    return c < 0 ? std::strong_ordering::less : std::strong_ordering::greater;
  return a.size() <=> b.size();
}

/// The name of the algorithm and the digest, of a claim of kind `unknown_hash`.
std::pair<std::string_view, byte_view> parts_of(byte_view digest) noexcept {
  const auto name = as_text(digest).substr(0, as_text(digest).find('\0'));
  return {name, digest.subspan(std::min(digest.size(), name.size() + 1))};
}

} // namespace

std::string algorithm_of(const file_claim& claim) {
  if (claim.kind != file_kind::unknown_hash) return std::string{to_string(claim.algorithm)};
  return printable(parts_of(claim.digest).first, max_digest);
}

std::string digest_text(const file_claim& claim) {
  const auto digest = claim.kind == file_kind::unknown_hash ? parts_of(claim.digest).second : claim.digest;
  return std::string{claim.kind == file_kind::verity_file ? "verity:" : ""} + algorithm_of(claim) + ":"
         + to_hex(digest);
}

bool operator==(const file_claim& a, const file_claim& b) noexcept {
  return (a <=> b) == std::strong_ordering::equal;
}

std::strong_ordering operator<=>(const file_claim& a, const file_claim& b) noexcept {
  if (const auto c = order(as_bytes(a.path), as_bytes(b.path)); c != std::strong_ordering::equal) return c;
  if (a.algorithm != b.algorithm) return a.algorithm <=> b.algorithm;
  if (const auto c = order(a.digest, b.digest); c != std::strong_ordering::equal) return c;
  if (a.kind != b.kind) return a.kind <=> b.kind;
  if (a.signature != b.signature) return a.signature <=> b.signature;
  return order(a.signer, b.signer);
}

std::vector<std::uint32_t>::const_iterator file_claims::place_of(std::string_view name) const noexcept {
  return std::ranges::lower_bound(names_, name, {}, [this](auto offset) { return at(offset).path; });
}

/// All that is covered of a violation is that it happened; the author of the log chooses every field.
file_claim file_claims::covered_part(const file_claim& violation) const noexcept {
  const auto name = violation.path.substr(0, max_name);
  const auto place = place_of(name);
  const bool kept = names_.size() < max_names || (place != names_.end() && at(*place).path == name);
  return {file_kind::violation, hash_algorithm::sha256, no_digest, kept ? name : std::string_view{}};
}

bool file_claims::push(const file_claim& as_logged) {
  const auto claim = as_logged.kind == file_kind::violation ? covered_part(as_logged) : as_logged;
  const auto path = claim.path.substr(0, max_path);
  const auto digest = claim.digest.first(std::min(claim.digest.size(), max_digest));
  const auto signer = claim.signature == file_signature::holds ? claim.signer : byte_view{};
  if (!signer.empty() && signer.size() != sizeof(bytes32)) return false;
  const auto signature = signer.empty() && claim.signature == file_signature::holds
                             ? file_signature::unknown_key
                             : claim.signature;
  if (block_.size() + head_size + digest.size() + path.size() + signer.size() > max_bytes) return false;

  const auto offset = block_.size();
  const auto algorithm = static_cast<std::uint16_t>(claim.algorithm);
  const auto path_size = static_cast<std::uint16_t>(path.size());
  std::array<std::uint8_t, head_size> head;
  head[0] = static_cast<std::uint8_t>(static_cast<unsigned>(claim.kind)
                                      | static_cast<unsigned>(signature) << signature_shift);
  head[1] = static_cast<std::uint8_t>(digest.size());
  std::memcpy(&head[2], &algorithm, 2);
  std::memcpy(&head[4], &path_size, 2);
  // No `resize` before: it would write zeros first, to memory that nothing has touched yet.
  for (const byte_view part : {byte_view{head}, digest, as_bytes(path), signer})
    append(block_, part);
  offsets_.push_back(static_cast<std::uint32_t>(offset));
  if (claim.kind == file_kind::violation && !path.empty()) {
    const auto place = place_of(path);
    if (place == names_.end() || at(*place).path != path) names_.insert(place, offsets_.back());
  }
  return true;
}

void file_claims::reserve(std::size_t claims, std::size_t bytes) {
  offsets_.reserve(offsets_.size() + claims);
  block_.reserve(std::min(block_.size() + bytes, max_bytes));
}

file_claim file_claims::at(std::uint32_t offset) const noexcept {
  const auto* head = block_.data() + offset;
  std::uint16_t algorithm = 0;
  std::uint16_t path_size = 0;
  std::memcpy(&algorithm, head + 2, 2);
  std::memcpy(&path_size, head + 4, 2);
  const byte_view digest{head + head_size, head[1]};
  const byte_view path{head + head_size + digest.size(), path_size};
  const auto signature = static_cast<file_signature>(head[0] >> signature_shift);
  const byte_view signer{path.data() + path.size(),
                         signature == file_signature::holds ? sizeof(bytes32) : std::size_t{0}};
  return {static_cast<file_kind>(head[0] & kind_bits),
          static_cast<hash_algorithm>(algorithm),
          digest,
          as_text(path),
          signature,
          signer};
}

std::size_t file_claims::size_at(std::uint32_t offset) const noexcept {
  const auto claim = at(offset);
  return head_size + claim.digest.size() + claim.path.size() + claim.signer.size();
}

void file_claims::make_distinct() {
  std::ranges::sort(offsets_, [this](auto a, auto b) { return at(a) < at(b); });
  const auto kept =
      std::unique(offsets_.begin(), offsets_.end(), [this](auto a, auto b) { return at(a) == at(b); });
  const bool repeats = kept != offsets_.end();
  offsets_.erase(kept, offsets_.end());
  if (!repeats && std::ranges::is_sorted(offsets_)) return;
  // Writes the block again, so that equal tables are equal bytes and repeats take no room.
  std::size_t size = 0;
  for (const auto offset : offsets_)
    size += size_at(offset);
  file_claims packed;
  packed.offsets_.reserve(offsets_.size());
  packed.block_.reserve(size);
  for (const auto offset : offsets_)
    (void)packed.push(at(offset)); // never larger than before
  *this = std::move(packed);
}

} // namespace muster::appraisal
