// Small files that are read and replaced as a whole, and are durable when a call returns. Adapter.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <filesystem>
#include <sys/types.h>

namespace muster::files {

/// What the system said (errno) of this file. Always errc::io.
fault file_fault(const std::filesystem::path& file, const char* what);

/// Whether it is there. fault io: that cannot be found out.
result<bool> is_there(const std::filesystem::path& file);

/// Every byte, at most `most`; read into one buffer, so that a secret leaves no copy behind. `forbidden`:
/// bits of the mode that it may not have. fault not_found: it is not there; denied: it has one of those bits;
/// limit: it is longer; io: it cannot be opened or read.
result<bytes> read_whole(const std::filesystem::path& file, std::size_t most, mode_t forbidden = 0);

/// Writes `FILE.new`, and renames it. After a crash the old content is there or the new one; when this
/// returns without a fault, the new one is durable. Follows no link. A file that has this content already is
/// not written: a full or read-only disk stops nobody who has nothing to write. One writer for each file at a
/// time. fault io: names the file; the old content is there, or the new one and not yet durable.
status replace_durably(const std::filesystem::path& file, byte_view content, mode_t mode);

/// Takes the place of `to`, in the same folder or another one of that disk; durable when it returns.
/// fault io, as `replace_durably`.
status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// The same outcome whether it was there or not. fault io: it may still be there after a crash.
status remove_durably(const std::filesystem::path& file);

/// A folder of mode 0700, with its name in the one above durable; one that is there is left as it is.
status make_folder(const std::filesystem::path& folder);

/// What was renamed, made or removed in it is durable once it was synced.
status sync_folder(const std::filesystem::path& folder);

} // namespace muster::files
