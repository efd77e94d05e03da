#include "cli/files/output.hpp"

#include "files/open_fault.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <ostream>

namespace muster::cli {

int exit_status_of(verdict v) noexcept {
  switch (v) {
  case verdict::affirming: return exit_genuine;
  case verdict::warning: return exit_warning;
  case verdict::none: return exit_undecided;
  case verdict::contraindicated: break;
  }
  return exit_not_genuine;
}

std::string_view shown_word(verdict v) noexcept {
  return to_string(shown_as(standing::enrolled, v, freshness::fresh));
}

int report_error(std::ostream& err, std::string_view what, const fault& why) {
  err << "muster: " << printable(what) << ": " << printable(why.check) << "\n";
  return exit_error;
}

int report_lines(std::ostream& err, const fault& why) {
  for (std::string_view rest{why.check}; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    err << "muster: " << printable(line) << "\n";
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return exit_error;
}

result<bytes> read_file(const std::string& path, std::size_t at_most) {
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  if (!in) {
    auto why = files::open_fault(errno);
    if (errno == EACCES) why.check += " (the kernel's logs need root)";
    return why;
  }
  bytes out;
  std::array<char, std::size_t{64} << 10U> block{};
  while (in.read(block.data(), block.size()) || in.gcount() > 0) {
    const auto got = static_cast<std::size_t>(in.gcount());
    if (got > at_most - out.size()) return fault{errc::limit, "it is larger than such a file may be"};
    append(out, as_bytes({block.data(), got}));
  }
  if (in.bad()) return errno == EISDIR ? files::open_fault(EISDIR) : fault{errc::io, "reading it failed"};
  return out;
}

std::string counted(std::uint64_t n, std::string_view one, std::string_view many) {
  return std::to_string(n) + ' ' + std::string{n == 1 ? one : many};
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

} // namespace muster::cli
