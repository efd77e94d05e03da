// Archives. The one door to libarchive.
#pragma once

#include "extraction/sources/image_files.hpp"
#include "extraction/sources/machine_root.hpp"

namespace muster::extraction {

/// Reads tar, cpio and ISO 9660, plain or compressed by gzip, bzip2, xz, lzma, zstd or lz4, without ever
/// running another program. After a plain cpio archive and zeros another archive may follow, up to 16 in all:
/// boot loaders join initial RAM disks like this. Bytes after a compressed archive are not read. fault
/// unsupported: none of these formats; malformed, io, limit.
status read_archive(const open_file& file, image_files& into);

} // namespace muster::extraction
