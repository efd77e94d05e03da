#include "service/config/load_settings.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace muster::service {

result<settings::service_settings> load_settings(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return fault{errc::io, printable(file) + ": " + std::strerror(errno)};
  std::string text(1024 * 1024 + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fault{errc::io, printable(file) + ": cannot be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  return settings::parse_service_settings(file, text);
}

} // namespace muster::service
