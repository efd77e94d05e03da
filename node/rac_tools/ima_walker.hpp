// Finds where the entries of an IMA list begin, without reading their content. Pure.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <bit>
#include <vector>

namespace muster::node {

/// The boundary before entry number `entry`.
struct ima_place {
  std::uint64_t entry = 0;
  std::uint64_t offset = 0; ///< in the file
  friend bool operator==(const ima_place&, const ima_place&) = default;
};

/// Walks a list whose bytes arrive in parts. Knows only lengths (binary_runtime_measurements: UINT32 PCR,
/// SHA-1[20], UINT32 and name of the template, then the data; integers in the machine's byte order, which the
/// length of the name shows). Whether an entry is well-formed is for the
/// verifier to judge. Holds at most the fixed part of one entry.
class ima_walker {
public:
  static constexpr std::size_t max_name = 255;       ///< of a template
  static constexpr std::size_t max_data = 1U << 20U; ///< of one entry: beyond that it is not a list

  /// `from`: the boundary at which the bytes begin.
  explicit ima_walker(const ima_place& from) noexcept : at_{from}, offset_{from.offset} {}

  /// Takes bytes up to the boundary before entry `until`, or all of them. Returns how many it took. fault
  /// malformed: this is not an IMA list, and the walk is over.
  result<std::size_t> walk(byte_view input, std::uint64_t until = ~std::uint64_t{0});

  /// The last boundary reached.
  const ima_place& at() const noexcept { return at_; }

private:
  enum class part { fixed, name, original, length };

  result<std::size_t> after_part();
  void expect(part next, std::size_t size);

  ima_place at_;
  std::uint64_t offset_;
  std::uint32_t last_u32() const noexcept;

  part part_ = part::fixed;
  std::endian order_ = std::endian::little; // of this entry
  std::size_t wanted_ = 28;                 // bytes of the part; see `expect`
  bytes gathered_;
  std::size_t skip_ = 0; // bytes of data to skip
  bool broken_ = false;
};

/// Places in the list of one boot, so that old entries need not be walked again. In memory only: at worst the
/// walk begins at the front.
class ima_bookmarks {
public:
  /// One place about every so many entries: a list of a million entries has a thousand of them.
  static constexpr std::uint64_t stride = 1024;

  /// Forgets everything if `boot` is not the boot of the last call.
  void begin(const boot_id& boot);
  /// The last known place at or before `entry`.
  ima_place nearest(std::uint64_t entry) const noexcept;
  /// Remembers the place if it is new and far enough past the last one.
  void note(const ima_place& reached);

private:
  boot_id boot_;
  std::vector<ima_place> places_; // rising
};

} // namespace muster::node
