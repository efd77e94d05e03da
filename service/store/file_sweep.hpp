// Finds the measured files that no machine has any more, and erases them, a little at a time.
#pragma once

#include "records/store_batch.hpp"
#include "service/store/environment.hpp"

#include <optional>
#include <vector>

namespace muster::service {

/// Files are interned over the fleet, and nothing counts who refers to one: counting would cost a write for
/// each file of each boot. Instead a pass marks what machines have, then erases the rest; numbers are not
/// given again. The writer tells of each number that it gives to a machine while a pass is under way, so the
/// pass need not be one transaction. Memory: one bit for each file on record. For the writer's thread.
class file_sweep {
public:
  /// Begins a pass over the files up to number `newest`. Before this and after the last step there is none.
  void begin(std::uint64_t newest);
  bool under_way() const noexcept { return phase_ != phase::none; }
  /// Whether the next step may erase files.
  bool erasing() const noexcept { return phase_ == phase::erasing; }

  /// A machine has this file from now on.
  void keep(file_number n) noexcept {
    if (n.value < marked_.size()) marked_[n.value] = true;
  }

  /// Looks at about `budget` records in transactions of its own, since what it read must not be undone: one
  /// for reading, or one for writing where it erases. After a fault the pass is over, and nothing is lost:
  /// the next begins anew.
  status step(const environment& env, std::size_t budget);

private:
  enum class phase : std::uint8_t { none, marking, erasing };

  status mark(const environment& env, std::size_t budget);
  status erase(const environment& env, std::size_t budget);

  phase phase_ = phase::none;
  std::vector<bool> marked_;       // by number
  std::optional<store_key> after_; // of the claims: marking goes on behind it
  std::uint64_t next_ = 1;         // erasing goes on here
};

} // namespace muster::service
