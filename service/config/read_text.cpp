#include "service/config/read_text.hpp"

#include "files/open_fault.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "settings/document.hpp"

#include <cerrno>
#include <fstream>

namespace muster::service {

result<std::string> read_text(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  const auto of_file = [&](const fault& why) { return fault{why.code, printable(file) + ": " + why.check}; };
  if (!in) return of_file(files::open_fault(errno));
  std::string text(settings::max_document_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return of_file(files::open_fault(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

} // namespace muster::service
