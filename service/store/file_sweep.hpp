// Finds the measured files that no machine has any more, and erases them, a little at a time.
#pragma once

#include "records/store_batch.hpp"
#include "service/store/environment.hpp"

#include <optional>
#include <vector>

namespace muster::service {

/// Files are interned over the fleet without a count of references: counting would cost a write for each file
/// of each boot. Instead, a pass marks the files that machines have, then erases the rest; their numbers are
/// not given again. While a pass is under way, the writer reports each number that it gives to a machine
/// (`keep`), so a pass may span many transactions. Memory: one bit for each file on record. For the writer's
/// thread only.
class file_sweep {
public:
  /// Begins a pass over the files up to number `newest`. No pass is under way before this call or after the
  /// last step.
  void begin(std::uint64_t newest);
  bool under_way() const noexcept { return phase_ != phase::none; }
  /// Whether the next step may erase files.
  bool erasing() const noexcept { return phase_ == phase::erasing; }

  /// A machine has this file from now on.
  void keep(file_number n) noexcept {
    if (n.value < marked_.size()) marked_[n.value] = true;
  }

  /// Looks at about `budget` records in transactions of its own, since what it reads must not be rolled back:
  /// one for reading, or one for writing when it erases. A fault ends the pass, and nothing is lost: the next
  /// pass starts over.
  status step(const environment& env, std::size_t budget);

private:
  enum class phase : std::uint8_t { none, marking, erasing };

  status mark(const environment& env, std::size_t budget);
  status erase(const environment& env, std::size_t budget);

  phase phase_ = phase::none;
  std::vector<bool> marked_;       // by number
  std::optional<store_key> after_; // of the claims: marking continues after it
  std::uint64_t next_ = 1;         // erasing continues here
};

} // namespace muster::service
