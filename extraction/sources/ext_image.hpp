// Raw ext2, ext3 and ext4 file systems. The one door to libext2fs.
#pragma once

#include "extraction/sources/image_files.hpp"

#include <string>

namespace muster::extraction {

/// Whether `head`, the first 2 KiB of a file, looks like such a file system.
bool looks_like_ext(byte_view head) noexcept;

/// Reads the file system without mounting or changing it. The journal is not replayed, so a file system that
/// was not unmounted is refused. fault unsupported, malformed, limit.
status read_ext_image(const std::string& file, image_files& into);

} // namespace muster::extraction
