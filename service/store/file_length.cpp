#include "service/store/file_length.hpp"

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/cursor.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace muster::service {

namespace {

// LMDB 0.9 on a little-endian 64-bit machine. Each page begins with
//   u64 number, u16 padding, u16 flags, u16 lower, u16 upper
// and `lower` is the end of the page's node offsets, u16 each.
constexpr std::size_t page_header = 16;
constexpr std::uint16_t is_branch = 0x01;
constexpr std::uint16_t is_leaf = 0x02;
constexpr std::uint16_t is_on_pages_of_its_own = 0x01; // flag of a node: the value is a page number
constexpr std::uint64_t no_page = ~std::uint64_t{0};
constexpr unsigned deepest = 32; // depth of LMDB's trees
/// A file that lacks more pages than this was cut short, whatever the list of free pages says.
constexpr std::uint64_t most_unwritten = std::uint64_t{1} << 20U;

class database_file {
public:
  explicit database_file(const std::filesystem::path& file)
      : fd_{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)} {}
  ~database_file() {
    if (fd_ >= 0) ::close(fd_);
  }
  database_file(const database_file&) = delete;
  database_file& operator=(const database_file&) = delete;

  bool opened() const noexcept { return fd_ >= 0; }
  std::uint64_t size() const noexcept {
    struct stat known {};
    return ::fstat(fd_, &known) == 0 ? static_cast<std::uint64_t>(known.st_size) : 0;
  }
  /// The result is shorter at the end of the file, or if the disk fails.
  bytes read(std::uint64_t offset, std::size_t length) const {
    bytes out(length);
    std::size_t have = 0;
    while (have < length) {
      const auto n = ::pread(fd_, out.data() + have, length - have, static_cast<off_t>(offset + have));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      have += static_cast<std::size_t>(n);
    }
    out.resize(have);
    return out;
  }

private:
  int fd_;
};

struct meta {
  std::uint32_t page_size = 0;
  std::uint64_t free_root = no_page;
  std::uint64_t main_root = no_page;
  std::uint64_t last_page = 0;
  std::uint64_t transaction = 0;
};

std::optional<meta> read_meta(const database_file& file, std::uint64_t offset) {
  constexpr std::uint32_t magic = 0xbeefc0de;
  const auto page = file.read(offset, page_header + 136);
  cursor in{page};
  //   u32 magic, u32 version, u64 address, u64 size of the map
  (void)in.take(page_header);
  const bool known = in.u32_le() == magic && in.u32_le() == 1;
  (void)in.take(16);
  // Two trees, the free pages and the tables:
  //   u32 (of the first: size of a page), u16 flags, u16 depth, u64 branches, leaves, overflow, entries, root
  meta out;
  out.page_size = in.u32_le();
  (void)in.take(36);
  out.free_root = in.u64_le();
  (void)in.take(40);
  out.main_root = in.u64_le();
  out.last_page = in.u64_le();
  out.transaction = in.u64_le();
  const bool power_of_two = (out.page_size & (out.page_size - 1)) == 0;
  if (in.failed() || !known || !power_of_two || out.page_size < 512 || out.page_size > 65'536)
    return std::nullopt;
  return out;
}

std::optional<meta> newest_meta(const database_file& file) {
  const auto first = read_meta(file, 0);
  if (!first) return std::nullopt;
  const auto second = read_meta(file, first->page_size);
  if (!second || second->page_size != first->page_size) return std::nullopt;
  return second->transaction > first->transaction ? second : first;
}

std::uint64_t u64_at(byte_view in, std::size_t at) noexcept {
  cursor one{in.subspan(std::min(at, in.size()))};
  return one.u64_le();
}

/// Strikes the pages that LMDB lists as free off the missing ones.
class free_pages {
public:
  free_pages(const database_file& file, const meta& of, std::uint64_t pages)
      : file_{file}, page_size_{of.page_size}, pages_{pages},
        missed_(of.last_page + 1 - pages, true), left_{missed_.size()} {}

  /// False: a page of the list itself is missing, or is not a page of LMDB.
  bool strike(std::uint64_t root) { return root == no_page || walk(root, 0); }
  bool all_struck() const noexcept { return left_ == 0; }

private:
  bytes page(std::uint64_t number) const {
    return number < pages_ ? file_.read(number * page_size_, page_size_) : bytes{};
  }

  // NOLINTNEXTLINE(misc-no-recursion): `deepest` bounds it
  bool walk(std::uint64_t number, unsigned depth) {
    const auto content = page(number);
    if (content.size() != page_size_ || depth == deepest || ++walked_ > pages_) return false;
    cursor header{content};
    (void)header.take(10);
    const auto flags = header.u16_le();
    const auto lower = header.u16_le();
    if ((flags & (is_branch | is_leaf)) == 0 || lower < page_header || lower > page_size_) return false;
    for (std::size_t at = page_header; at + 2 <= lower; at += 2) {
      cursor offset{byte_view{content}.subspan(at, 2)};
      const std::size_t node = offset.u16_le();
      if (node >= page_size_) return false;
      const auto of_node = byte_view{content}.subspan(node);
      if (!((flags & is_branch) != 0 ? walk(child(of_node), depth + 1) : strike_listed(of_node)))
        return false;
    }
    return true;
  }

  // A node: u16 low, u16 high, u16 flags, u16 length of the key, the key, the value. In a branch, the first
  // three are the number of the child.
  static std::uint64_t child(byte_view node) {
    cursor in{node};
    const std::uint64_t low = in.u16_le();
    const std::uint64_t middle = in.u16_le();
    const std::uint64_t high = in.u16_le();
    return low | middle << 16U | high << 32U;
  }

  /// A value is a list: u64 count, then the numbers of free pages.
  bool strike_listed(byte_view node) {
    cursor in{node};
    const std::uint32_t low = in.u16_le();
    const std::uint32_t length = low | static_cast<std::uint32_t>(in.u16_le()) << 16U;
    const auto flags = in.u16_le();
    (void)in.take(in.u16_le());
    if ((flags & is_on_pages_of_its_own) == 0) return strike_each(in.take(length), length) && !in.failed();
    const auto first = in.u64_le();
    if (in.failed() || first >= pages_ || length > pages_ * page_size_) return false;
    const auto content = file_.read(first * page_size_ + page_header, length);
    return strike_each(content, length);
  }

  bool strike_each(byte_view list, std::size_t length) {
    if (list.size() != length || length < 8) return false;
    const auto count = u64_at(list, 0);
    if (count > length / 8 - 1) return false;
    for (std::size_t i = 1; i <= count; ++i) {
      const auto number = u64_at(list, 8 * i);
      if (number < pages_ || number - pages_ >= missed_.size() || !missed_[number - pages_]) continue;
      missed_[number - pages_] = false;
      --left_;
    }
    return true;
  }

  const database_file& file_;
  std::size_t page_size_;
  std::uint64_t pages_; ///< that are in the file
  std::vector<bool> missed_;
  std::size_t left_;
  std::uint64_t walked_ = 0;
};

} // namespace

status check_file_length(const std::filesystem::path& file) {
  const database_file in{file};
  if (!in.opened())
    return errno == ENOENT ? status{}
                           : status{fault{errc::io, "store: data.mdb: " + std::string{std::strerror(errno)}}};
  const auto size = in.size();
  const auto newest = newest_meta(in);
  if (!newest) return {};
  const auto pages = size / newest->page_size;
  if (newest->last_page < pages) return {};
  bool whole = newest->last_page - pages < most_unwritten;
  if (whole) {
    free_pages unwritten{in, *newest, pages};
    whole = (newest->main_root == no_page || newest->main_root < pages) && unwritten.strike(newest->free_root)
            && unwritten.all_struck();
  }
  if (whole) return {};
  return fault{errc::malformed, "store: " + printable(file.string()) + " was cut short: it has "
                                    + std::to_string(size) + " bytes, and its records need "
                                    + std::to_string((newest->last_page + 1) * newest->page_size) + "; "
                                    + std::string{damaged_database_remedy}};
}

} // namespace muster::service
