// Archives. The one door to libarchive.
#pragma once

#include "extraction/sources/image_files.hpp"
#include "extraction/sources/machine_root.hpp"

namespace muster::extraction {

/// Reads tar, cpio and ISO 9660, plain or compressed by gzip, bzip2, xz, lzma, zstd or lz4; no other program
/// is ever run for it. Behind a plain cpio archive and zeros another archive may follow, up to 16 in all, as
/// boot loaders put initial RAM disks together; what stands behind a compressed one is not read. fault
/// unsupported: it is none of these; malformed, io, limit.
status read_archive(const open_file& file, image_files& into);

} // namespace muster::extraction
