#include "extraction/sources/ext_image.hpp"

#include <ext2fs/ext2fs.h>
#include <memory>
#include <set>
#include <vector>

namespace muster::extraction {

namespace {

constexpr std::size_t superblock = 1024;
constexpr std::size_t magic_at = superblock + 56;
constexpr std::size_t deepest_folder = 128;

struct closes_file_system {
  void operator()(ext2_filsys fs) const noexcept { ext2fs_close_free(&fs); }
};
using file_system = std::unique_ptr<struct_ext2_filsys, closes_file_system>;

struct closes_ext_file {
  void operator()(ext2_file_t file) const noexcept { ext2fs_file_close(file); }
};
using ext_file = std::unique_ptr<ext2_file, closes_ext_file>;

fault ext_fault(std::string_view what, errcode_t why) {
  return {errc::malformed, std::string{what} + ": error " + std::to_string(why) + " of libext2fs"};
}

struct entry {
  std::string name;
  ext2_ino_t inode = 0;
};

/// The entries of one folder. Each is counted as soon as it is found: a small image may map the same blocks
/// again and again, and so hold nested folders of any length.
struct gathered {
  std::vector<entry> entries;
  image_files* into = nullptr;
  status counted;
};

/// Gathers names only. Inodes are read after the iteration, which holds the block.
int gather(ext2_dir_entry* found, int, int, char*, void* to) {
  auto& all = *static_cast<gathered*>(to);
  auto& out = all.entries;
  all.counted = all.into->count_entry();
  if (!all.counted) return DIRENT_ABORT;
  const auto size = static_cast<std::size_t>(ext2fs_dirent_name_len(found));
  const std::string name{found->name, size};
  if (name != "." && name != ".." && found->inode != 0) out.push_back({name, found->inode});
  return 0;
}

class ext_walk {
public:
  ext_walk(ext2_filsys fs, image_files& into) : fs_{fs}, into_{into} {}

  status enter(ext2_ino_t folder, const std::string& path, std::size_t depth) {
    if (depth > deepest_folder || !entered_.insert(folder).second)
      return fault{errc::malformed, "its folders contain each other, or are nested over 128 deep"};
    gathered all;
    all.into = &into_;
    if (const auto why = ext2fs_dir_iterate(fs_, folder, 0, nullptr, gather, &all); why != 0)
      return ext_fault("a folder cannot be read", why);
    if (!all.counted) return all.counted;
    for (const auto& one : all.entries) {
      if (auto ok = take(one, path + '/' + one.name, depth); !ok) return ok;
    }
    return {};
  }

private:
  status take(const entry& one, const std::string& path, std::size_t depth) {
    ext2_inode about{};
    if (const auto why = ext2fs_read_inode(fs_, one.inode, &about); why != 0)
      return ext_fault("an entry cannot be read", why);
    if (LINUX_S_ISDIR(about.i_mode)) return enter(one.inode, path, depth + 1);
    if (!LINUX_S_ISREG(about.i_mode)) return {};
    const bool plain = path_in_image(path) == path;
    if (!plain || !into_.wants(path)) {
      into_.report.leave_out(plain ? loss::excluded : loss::outside, path);
      return {};
    }
    return hash(one.inode, path);
  }

  status hash(ext2_ino_t inode, const std::string& path) {
    ext2_file_t opened = nullptr;
    if (const auto why = ext2fs_file_open(fs_, inode, 0, &opened); why != 0)
      return ext_fault("a file cannot be opened", why);
    const ext_file file{opened};
    auto hasher = file_hasher::make(into_.algorithms(), file_hasher::md5_too::no);
    if (!hasher) return hasher.fault();
    for (;;) {
      unsigned got = 0;
      if (const auto why =
              ext2fs_file_read(file.get(), block_.data(), static_cast<unsigned>(block_.size()), &got);
          why != 0)
        return ext_fault("a file cannot be read", why);
      if (got == 0) break;
      if (auto ok = into_.count_bytes(got); !ok) return ok;
      hasher->update(byte_view{block_}.first(got));
    }
    into_.put(path, hasher->finish());
    return {};
  }

  ext2_filsys fs_;
  image_files& into_;
  std::set<ext2_ino_t> entered_;
  std::vector<std::uint8_t> block_ = std::vector<std::uint8_t>(std::size_t{256} << 10U);
};

} // namespace

bool looks_like_ext(byte_view head) noexcept {
  return head.size() >= magic_at + 2 && head[magic_at] == 0x53 && head[magic_at + 1] == 0xef;
}

status read_ext_image(const std::string& file, image_files& into) {
  ext2_filsys opened = nullptr;
  const auto why = ext2fs_open(file.c_str(), EXT2_FLAG_64BITS | EXT2_FLAG_SOFTSUPP_FEATURES, 0, 0,
                               unix_io_manager, &opened);
  if (why != 0) return ext_fault("it is not a readable ext2, ext3 or ext4 file system", why);
  const file_system fs{opened};
  if (ext2fs_has_feature_journal_needs_recovery(fs->super))
    return fault{errc::unsupported,
                 "it was not unmounted, and its journal holds changes: mount it and unmount it"};
  if (ext2fs_has_feature_encrypt(fs->super))
    return fault{errc::unsupported, "it is encrypted: mount it, and use --directory"};
  return ext_walk{fs.get(), into}.enter(EXT2_ROOT_INO, {}, 0);
}

} // namespace muster::extraction
