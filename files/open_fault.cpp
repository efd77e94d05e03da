#include "files/open_fault.hpp"

#include <cerrno>
#include <cstring>

namespace muster::files {

fault open_fault(int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR: return {errc::not_found, "there is no such file"};
  case EACCES:
  case EPERM: return {errc::io, "no permission to read it"};
  case EISDIR: return {errc::io, "it is a folder"};
  default: return {errc::io, std::string{"it cannot be opened: "} + std::strerror(error)};
  }
}

} // namespace muster::files
