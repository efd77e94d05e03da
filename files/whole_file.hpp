// Small files, read and replaced as a whole; changes are durable when a call returns. Adapter.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <filesystem>
#include <sys/types.h>

namespace muster::files {

/// The system's error (errno) about this file. Always errc::io.
fault file_fault(const std::filesystem::path& file, const char* what);

/// Whether the file exists. fault io: that cannot be found out.
result<bool> is_there(const std::filesystem::path& file);

/// Every byte, at most `most`; read into one buffer, so that a secret leaves no copy behind. `forbidden`:
/// mode bits that the file must not have. fault not_found: no such file; denied: it has one of those bits;
/// limit: it is longer; io: it cannot be opened or read.
result<bytes> read_whole(const std::filesystem::path& file, std::size_t most, mode_t forbidden = 0);

/// Writes `FILE.new` and renames it. After a crash, the file has either the old or the new content; once this
/// returns without a fault, the new content is durable. Follows no link. A file that already has this content
/// is not written, so a full or read-only disk stops no caller that has nothing to change. Only one writer
/// for each file at a time. fault io: names the file, which has the old content, or the new content that is
/// not durable yet.
status replace_durably(const std::filesystem::path& file, byte_view content, mode_t mode);

/// Moves `from` to `to`, replacing it, in the same folder or another one on the same disk; durable when it
/// returns. fault io: as `replace_durably`.
status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Succeeds whether the file existed or not. fault io: it may still be there after a crash.
status remove_durably(const std::filesystem::path& file);

/// Makes a folder of mode 0700, with its name durable in the parent folder. An existing folder is left as it
/// is.
status make_folder(const std::filesystem::path& folder);

/// Makes every earlier rename, creation and removal in the folder durable.
status sync_folder(const std::filesystem::path& folder);

} // namespace muster::files
