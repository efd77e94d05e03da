#include "node/ra_agent/join_token_file.hpp"

#include "files/whole_file.hpp"

#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::node {

namespace {

constexpr std::size_t token_size = 32;
constexpr std::size_t longest_token_file = 65; // 64 hex digits and a line feed

} // namespace

result<bytes> load_join_token(const std::string& path) {
  if (path.empty()) return bytes{};
  auto text = files::read_whole(path, longest_token_file, S_IRWXG | S_IRWXO);
  struct stat seen {};
  if (text && ::stat(path.c_str(), &seen) == 0 && seen.st_uid != 0 && seen.st_uid != ::geteuid())
    text = fault{errc::denied,
                 printable(path) + ": it belongs to another user; make it root's or the agent's own"};
  if (!text && text.fault().code != errc::limit) return text.fault();
  auto digits = text ? as_text(*text) : std::string_view{};
  if (digits.ends_with('\n')) digits.remove_suffix(1);
  auto token = from_hex(digits);
  if (text) ::explicit_bzero(text->data(), text->size());
  if (!token || token->size() != token_size)
    return fault{errc::malformed,
                 printable(path) + ": expected a join token, which is 64 hex digits in one line"};
  return *std::move(token);
}

} // namespace muster::node
