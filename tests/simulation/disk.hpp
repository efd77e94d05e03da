// The disk under the Store: the product's own database in memory, with a writer that can fail and be cut off.
#pragma once

#include "service/store/database.hpp"
#include "tests/liar/dice.hpp"

#include <filesystem>

namespace muster::simulation {

/// How often the disk fails.
struct disk_mood {
  std::size_t fails_one_in = 0; ///< commits that fail; 0: none
  std::size_t cuts_one_in = 0;  ///< groups that a crash cuts after their first batches; 0: none
};

/// Keeps what was committed, whatever happens to its readers and its writer.
class disk {
public:
  /// Empty, or a copy of `from`.
  explicit disk(const disk* from = nullptr);
  ~disk();
  /// Replaces the content. Caller: no process has this disk open, and no commit to `other` is running.
  void copy_from(const disk& other);
  /// The file that heads of the log go to. It is next to the database and not part of its copies.
  std::string head_file() const { return (folder_ / "heads").string(); }
  disk(const disk&) = delete;
  disk& operator=(const disk&) = delete;

  /// Opens reader and writer, as a starting process does. Caller: earlier ones are gone.
  service::database open(liar::dice& dice);

  disk_mood mood{};
  bool ships_heads = false; ///< heads of the log go to `head_file`
  /// The process died inside a commit, so its outcome must not reach any actor.
  bool crashed = false;

private:
  std::filesystem::path folder_;
};

} // namespace muster::simulation
