#include "service/config/read_text.hpp"

#include "messages/vocabulary/bytes.hpp"
#include "settings/document.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace muster::service {

result<std::string> read_text(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return fault{errc::io, printable(file) + ": " + std::strerror(errno)};
  std::string text(settings::max_document_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fault{errc::io, printable(file) + ": cannot be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

} // namespace muster::service
