// The numbers of recent files, so that a list that comes again costs the database nothing.
#pragma once

#include "appraisal/files/seen_claims.hpp"
#include "records/store_batch.hpp"

#include <optional>
#include <vector>

namespace muster::service {

/// One thread writes the records of all machines, and a list has hundreds of thousands of files: looking each
/// of them up by its digest takes seconds. Identifies a file by 128 bits of a keyed hash over all its fields.
/// The keys are secrets of this process, so an attacker cannot choose two files that collide. When full, it
/// forgets all files. The caller must clear it after a failed transaction that added files, and after files
/// were erased.
class interned_files {
public:
  interned_files();

  struct key {
    std::uint64_t first = 0, second = 0;
    friend bool operator==(const key&, const key&) = default;
  };
  key key_of(const file_claim& file) const noexcept;

  std::optional<file_number> find(const key& of) const noexcept;
  void add(const key& of, file_number n);
  void clear() noexcept;
  /// Whether `more` files can be added without forgetting any.
  bool has_room_for(std::size_t more) const noexcept { return size_ + more <= most; }

private:
  static constexpr std::size_t most = std::size_t{1} << 20U; ///< files: 50 MB
  struct slot {
    key of;
    std::uint32_t number = 0; ///< 0: free
  };
  std::size_t place_of(const key& of) const noexcept;
  void grow();

  appraisal::hash_seed first_;
  appraisal::hash_seed second_;
  std::vector<slot> slots_; // open addressing, linear probing, at most half full
  std::size_t size_ = 0;
};

} // namespace muster::service
