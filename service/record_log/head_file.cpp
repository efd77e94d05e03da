#include "service/record_log/head_file.hpp"

#include "files/descriptor.hpp"
#include "messages/json_read.hpp"
#include "messages/json_write.hpp"
#include "records/log_text.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>

namespace muster::service {

namespace {

constexpr off_t tail_bytes = 64 * 1024;

fault cannot(const std::string& path, const char* what) {
  return {errc::io, "log.head_file: " + printable(path) + ": " + what + ": " + std::strerror(errno)};
}

std::optional<crypto::signed_log_head> head_in(std::string_view line) {
  const auto read = from_json<rest::LogHead>(line);
  if (!read) return std::nullopt;
  const auto raw = read->read([](rest::LogHead::Reader in) { return from_hex(text_of(in.getHead())); });
  if (!raw) return std::nullopt;
  auto heads = crypto::parse_log_heads(*raw);
  if (!heads || heads->size() != 1) return std::nullopt;
  return std::move(heads->front());
}

} // namespace

// Starts on a new line, even after a line that a crash or a full disk cut short.
std::string head_file::line_of(const crypto::signed_log_head& head) {
  return '\n' + build_json<rest::LogHead>([&](rest::LogHead::Builder to) { put_head(to, head); }) + '\n';
}

status head_file::add(const std::string& line) const {
  if (path_.empty()) return {};
  const files::descriptor out{
      ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640)};
  if (out.get() < 0) return cannot(path_, "open");
  const auto written = ::write(out.get(), line.data(), line.size());
  if (written >= 0 && written < static_cast<ssize_t>(line.size())) errno = ENOSPC; // what a short write means
  if (written != static_cast<ssize_t>(line.size())) return cannot(path_, "write");
  return {};
}

result<std::optional<crypto::signed_log_head>> head_file::last() const {
  std::optional<crypto::signed_log_head> out;
  if (path_.empty()) return out;
  const files::descriptor in{::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (in.get() < 0 && errno == ENOENT) return out;
  if (in.get() < 0) return cannot(path_, "open");
  const auto end = ::lseek(in.get(), 0, SEEK_END);
  if (end < 0) return cannot(path_, "seek");
  std::string text(static_cast<std::size_t>(std::min(end, tail_bytes)), '\0');
  if (::pread(in.get(), text.data(), text.size(), end - static_cast<off_t>(text.size())) < 0)
    return cannot(path_, "read");
  // Backwards from the last line: a crash may have cut it short.
  std::string_view rest{text};
  while (!rest.empty()) {
    const auto newline = rest.find_last_of('\n');
    const auto line = newline == std::string_view::npos ? rest : rest.substr(newline + 1);
    if (auto head = head_in(line)) return {std::move(head)};
    rest = newline == std::string_view::npos ? std::string_view{} : rest.substr(0, newline);
  }
  return out;
}

} // namespace muster::service
