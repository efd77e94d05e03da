// The few file operations that the lab needs.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <filesystem>

namespace muster::lab {

/// The largest file that is read: a list of a million measured files.
inline constexpr std::size_t max_file = 256U << 20U;

result<bytes> read_file(const std::filesystem::path& path);

/// Who may read a written file.
enum class secrecy { open, owner_only };

/// Writes the whole file next to its place and moves it there: a reader sees the old content or the new.
status replace_file(const std::filesystem::path& path, byte_view content, secrecy who = secrecy::open);

/// Makes the folder and its parents. fault conflict: it exists and is not empty.
status make_empty_folder(const std::filesystem::path& path);

/// Waits for the lock of a folder (flock on its file `lock`) and holds it for the object's lifetime.
class folder_lock {
public:
  static result<folder_lock> take(const std::filesystem::path& folder);
  ~folder_lock();
  folder_lock(folder_lock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  folder_lock& operator=(folder_lock&&) = delete;
  folder_lock(const folder_lock&) = delete;
  folder_lock& operator=(const folder_lock&) = delete;

private:
  explicit folder_lock(int descriptor) noexcept : descriptor_{descriptor} {}
  int descriptor_;
};

} // namespace muster::lab
