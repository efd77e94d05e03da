// The disk under the Store: the product's own database in memory, with a writer that can fail and be cut off.
#pragma once

#include "service/store/database.hpp"
#include "tests/liar/dice.hpp"

#include <filesystem>

namespace muster::simulation {

/// What a disk is about to do.
struct disk_mood {
  std::size_t fails_one_in = 0; ///< commits; 0: none
  std::size_t cuts_one_in = 0;  ///< groups of which a crash leaves only the first batches; 0: none
};

/// Keeps what was committed, whatever becomes of those who read and write it.
class disk {
public:
  /// Empty, or with what `from` keeps.
  explicit disk(const disk* from = nullptr);
  ~disk();
  /// What is there is replaced. Nobody has it open, and nothing is being committed to `other`.
  void copy_from(const disk& other);
  /// A file beside the database, which no copy of it has: where heads of the log go.
  std::string head_file() const { return (folder_ / "heads").string(); }
  disk(const disk&) = delete;
  disk& operator=(const disk&) = delete;

  /// Both sides anew, as a process that starts has them. The ones before must be gone.
  service::database open(liar::dice& dice);

  disk_mood mood{};
  bool ships_heads = false; ///< heads of the log go to `head_file`
  /// The process died inside a commit: nobody must hear of what it did.
  bool crashed = false;

private:
  std::filesystem::path folder_;
};

} // namespace muster::simulation
