#include "service/privacy_ca/key_files.hpp"

namespace muster::service {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_size = 64 * 1024;

result<bytes> load(const fs::path& file, mode_t forbidden) {
  auto out = files::read_whole(file, max_size, forbidden);
  if (out && out->empty())
    return fault{errc::malformed, printable(file.string()) + ": it is empty; restore it from a backup"};
  return out;
}

} // namespace

result<std::string> load_file(const fs::path& file) {
  const auto content = load(file, 0);
  if (!content) return content.fault();
  return std::string{as_text(*content)};
}

result<crypto::secret> load_secret(const fs::path& file) {
  auto content = load(file, 0077);
  if (!content) return content.fault();
  return crypto::secret{*std::move(content)};
}

status store_file(const fs::path& file, std::string_view content, mode_t mode) {
  return files::replace_durably(file, as_bytes(content), mode);
}

} // namespace muster::service
