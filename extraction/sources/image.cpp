#include "extraction/sources/image.hpp"

#include "extraction/sources/archive.hpp"
#include "extraction/sources/ext_image.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::extraction {

result<source_report> learn_image(const std::string& file, learning& into) {
  const open_file image{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!image) return fault{errno == ENOENT ? errc::not_found : errc::io, std::strerror(errno)};
  struct stat about {};
  if (::fstat(image.get(), &about) != 0 || !(S_ISREG(about.st_mode) || S_ISBLK(about.st_mode)))
    return fault{errc::unsupported, "it is neither a file nor a disk; for a folder, use --directory"};
  std::array<std::uint8_t, 2048> head{};
  const auto got = ::pread(image.get(), head.data(), head.size(), 0);
  if (got < 0) return fault{errc::io, std::strerror(errno)};
  image_files files{into};
  const bool ext = looks_like_ext(byte_view{head}.first(static_cast<std::size_t>(got)));
  if (auto ok = ext ? read_ext_image(file, files) : read_archive(image, files); !ok) return ok.fault();
  return std::move(files).finish();
}

} // namespace muster::extraction
