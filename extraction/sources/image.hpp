// Learns the files in an image of a disk, read in place.
#pragma once

#include "extraction/sources/learning.hpp"

#include <string>

namespace muster::extraction {

/// The regular files of an archive (tar, cpio as initial RAM disks have it, also several one behind the
/// other; ISO 9660; each plain or compressed) or of a raw ext2, ext3 or ext4 file system. Nothing is
/// unpacked, mounted or written. A path that stands twice has its last content; hard links have that of their
/// target. It proves what `learn_directory` proves. fault not_found, io; unsupported: another kind of image,
/// which has to be mounted; limit: over 4,000,000 entries, over 1 TiB of content.
result<source_report> learn_image(const std::string& file, learning& into);

} // namespace muster::extraction
