// Learns the files in an image of a disk, read in place.
#pragma once

#include "extraction/sources/learning.hpp"

#include <string>

namespace muster::extraction {

/// Learns the regular files of a raw ext2, ext3 or ext4 file system, or of an archive, plain or compressed:
/// tar, ISO 9660, or cpio as in initial RAM disks, also several archives in sequence. Nothing is unpacked,
/// mounted or written. If a path occurs twice, its last content counts; a hard link has the content of its
/// target. The result proves what `learn_directory` proves. fault not_found, io, malformed; unsupported:
/// another kind of image, which has to be mounted; limit: over 4,000,000 entries or 1 TiB of content.
result<source_report> learn_image(const std::string& file, learning& into);

} // namespace muster::extraction
