#include "extraction/sources/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::extraction {

namespace {

constexpr std::size_t block_size = std::size_t{256} << 10U;
constexpr int max_segments = 16;
constexpr std::int64_t max_padding = 1 << 20; // zeros between two segments

struct frees_archive {
  void operator()(struct archive* a) const noexcept { archive_read_free(a); }
};
using archive_ptr = std::unique_ptr<struct archive, frees_archive>;

/// Uses only filters that are built into the library; for others libarchive would start programs.
archive_ptr make_reader() {
  archive_ptr out{archive_read_new()};
  auto* a = out.get();
  if (a == nullptr) return out;
  if (archive_zlib_version() != nullptr) archive_read_support_filter_gzip(a);
  if (archive_bzlib_version() != nullptr) archive_read_support_filter_bzip2(a);
  if (archive_liblzma_version() != nullptr) archive_read_support_filter_xz(a);
  if (archive_liblzma_version() != nullptr) archive_read_support_filter_lzma(a);
  if (archive_libzstd_version() != nullptr) archive_read_support_filter_zstd(a);
  if (archive_liblz4_version() != nullptr) archive_read_support_filter_lz4(a);
  archive_read_support_format_tar(a);
  archive_read_support_format_gnutar(a);
  archive_read_support_format_cpio(a);
  archive_read_support_format_iso9660(a);
  return out;
}

fault fault_of(struct archive* a, errc code, std::string_view what) {
  const auto* why = archive_error_string(a);
  return {code, std::string{what} + (why == nullptr ? "" : ": " + printable(why, 200))};
}

/// One of the archives in the file.
class segment {
public:
  segment(struct archive* reader, image_files& into) : reader_{reader}, into_{into} {}

  status run() {
    for (;;) {
      archive_entry* entry = nullptr;
      const int got = archive_read_next_header(reader_, &entry);
      if (got == ARCHIVE_EOF) return {};
      if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
        return fault_of(reader_, errc::malformed, "the rest of the archive cannot be read");
      if (auto ok = into_.count_entry(); !ok) return ok;
      if (auto ok = take(entry); !ok) return ok;
    }
  }

private:
  status take(archive_entry* entry) {
    const auto* name = archive_entry_pathname(entry);
    const auto path = name == nullptr ? std::string{} : path_in_image(name);
    if (path.empty()) {
      if (archive_entry_filetype(entry) != AE_IFDIR)
        into_.report.leave_out(loss::outside, name == nullptr ? "?" : name);
      return {};
    }
    const auto* link = archive_entry_hardlink(entry);
    const bool content = archive_entry_size_is_set(entry) != 0 && archive_entry_size(entry) > 0;
    if (link != nullptr && !content) return take_link(path, path_in_image(link));
    if (link == nullptr && archive_entry_filetype(entry) != AE_IFREG) {
      into_.forget(path); // a link or folder replaces an earlier file
      return {};
    }
    // A sparse file may state any size and costs no bytes.
    if (content && static_cast<std::uint64_t>(archive_entry_size(entry)) > image_files::max_file) {
      into_.forget(path);
      into_.report.leave_out(loss::unreadable, path, "it is over 64 GiB");
      return {};
    }
    return take_file(path, link == nullptr ? std::string{} : path_in_image(link),
                     content ? archive_entry_size(entry) : 0);
  }

  status take_link(const std::string& path, const std::string& target) {
    if (!into_.wants(path)) {
      into_.report.leave_out(loss::excluded, path);
      return {};
    }
    if (const auto* digests = into_.find(target))
      into_.put(path, *digests);
    else
      into_.report.leave_out(loss::missing, path, "it is a hard link to a file that is not learnt");
    return {};
  }

  /// cpio stores the content of hard links with the last of them. It is then also the content of the first
  /// link, `other`.
  status take_file(const std::string& path, const std::string& other, std::int64_t size) {
    const bool wanted = into_.wants(path);
    const bool other_wanted = !other.empty() && into_.wants(other);
    if (!wanted) into_.report.leave_out(loss::excluded, path);
    if (!wanted && !other_wanted) return {};
    auto hasher = file_hasher::make(into_.algorithms(), file_hasher::md5_too::no);
    if (!hasher) return hasher.fault();
    if (auto ok = hash_content(*hasher, size); !ok) return ok;
    const auto digests = hasher->finish();
    if (wanted) into_.put(path, digests);
    if (other_wanted) into_.put(other, digests);
    return {};
  }

  /// Hashes the holes of a sparse file too: they read as zeros, and the kernel measures what is read.
  /// `stated` is the size of the file, or 0 if nothing states it.
  status hash_content(file_hasher& hasher, std::int64_t stated) {
    std::int64_t at = 0;
    for (;;) {
      const void* block = nullptr;
      std::size_t size = 0;
      std::int64_t offset = 0;
      const int got = archive_read_data_block(reader_, &block, &size, &offset);
      if (got == ARCHIVE_EOF) break;
      if (got != ARCHIVE_OK && got != ARCHIVE_WARN)
        return fault_of(reader_, errc::malformed, "a file of the archive cannot be read");
      if (auto ok = hash_hole(hasher, at, offset); !ok) return ok;
      if (auto ok = into_.count_bytes(size); !ok) return ok;
      hasher.update({static_cast<const std::uint8_t*>(block), size});
      at += static_cast<std::int64_t>(size);
    }
    return at < stated ? hash_hole(hasher, at, stated) : status{};
  }

  /// The zeros from `at` to `end`. Moves `at` there.
  status hash_hole(file_hasher& hasher, std::int64_t& at, std::int64_t end) {
    static constexpr std::array<std::uint8_t, std::size_t{64} << 10U> zeros{};
    if (end < at) return fault{errc::malformed, "a file of the archive overlaps itself"};
    if (auto ok = into_.count_hole(static_cast<std::uint64_t>(end - at)); !ok) return ok;
    while (at < end) {
      const auto more = std::min<std::int64_t>(end - at, zeros.size());
      hasher.update(byte_view{zeros}.first(static_cast<std::size_t>(more)));
      at += more;
    }
    return {};
  }

  struct archive* reader_;
  image_files& into_;
};

/// The place of the first nonzero byte from `at` on; empty if there is none, or only after too many zeros.
std::optional<std::int64_t> next_content(int file, std::int64_t at) {
  std::array<std::uint8_t, 4096> block{};
  for (const auto end = at + max_padding; at < end;) {
    const auto got = ::pread(file, block.data(), block.size(), at);
    if (got <= 0) return std::nullopt;
    const auto read = byte_view{block}.first(static_cast<std::size_t>(got));
    const auto found = std::ranges::find_if(read, [](std::uint8_t byte) { return byte != 0; });
    at += found - read.begin();
    if (found != read.end()) return at;
  }
  return std::nullopt;
}

bool is_compressed(int file) {
  std::array<std::uint8_t, 4> head{};
  if (::pread(file, head.data(), head.size(), 0) != static_cast<ssize_t>(head.size())) return false;
  constexpr std::array<std::uint8_t, 4> xz{0xfd, '7', 'z', 'X'};
  constexpr std::array<std::uint8_t, 4> zstd{0x28, 0xb5, 0x2f, 0xfd};
  constexpr std::array<std::uint8_t, 4> lz4{0x04, 0x22, 0x4d, 0x18};
  return (head[0] == 0x1f && head[1] == 0x8b) || (head[0] == 'B' && head[1] == 'Z' && head[2] == 'h')
         || head == xz || head == zstd || head == lz4;
}

fault not_an_archive(int file) {
  if (is_compressed(file))
    return {errc::unsupported,
            "it is compressed, and is not a tar, cpio or ISO archive: decompress it, and give the "
            "result; a file system other than ext2, ext3 or ext4: mount that, and use --directory"};
  return {errc::unsupported,
          "it is not a tar, cpio or ISO archive, nor an ext2, ext3 or ext4 file system; mount it, "
          "and use --directory"};
}

} // namespace

status read_archive(const open_file& file, image_files& into) {
  std::int64_t at = 0;
  for (int number = 0; number < max_segments; ++number) {
    const auto reader = make_reader();
    auto* a = reader.get();
    if (a == nullptr) return fault{errc::internal, "no memory for the archive"};
    if (::lseek(file.get(), at, SEEK_SET) != at) return fault{errc::io, "the image cannot be read"};
    if (archive_read_open_fd(a, file.get(), block_size) != ARCHIVE_OK)
      return number == 0 ? not_an_archive(file.get())
                         : fault_of(a, errc::malformed, "what follows the first archive is not an archive");
    if (auto ok = segment{a, into}.run(); !ok) return ok;
    // The end of a compressed archive is unknown, so it is taken to be the last one, as boot loaders have it.
    const bool plain_cpio = (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_CPIO
                            && archive_filter_code(a, 0) == ARCHIVE_FILTER_NONE;
    const auto next = plain_cpio ? next_content(file.get(), at + archive_filter_bytes(a, -1)) : std::nullopt;
    if (!next) return {};
    at = *next;
  }
  return fault{errc::limit, "more than 16 archives one after the other"};
}

} // namespace muster::extraction
