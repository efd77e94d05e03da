#include "tpm/device/address.hpp"

#include <algorithm>
#include <charconv>

namespace muster::tpm {
namespace {

constexpr std::string_view device_prefix = "device:";
constexpr std::string_view swtpm_prefix = "swtpm:";

// tpm2-tss splits the string at ',' and '=' again. So neither these nor control characters may be in a path
// or a host.
bool plain(std::string_view text) {
  return !text.empty()
         && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != ',' && c != '='; });
}

status check_path(std::string_view path) {
  if (!plain(path) || path.front() != '/')
    return fault{errc::malformed, "tpm: the path must be absolute, without spaces, ',' and '='"};
  return {};
}

status check_port(std::string_view text) {
  unsigned port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  // The control channel is the next port, so the last port cannot be used.
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || port == 0 || port > 65534)
    return fault{errc::malformed, "tpm: the port must be 1 to 65534"};
  return {};
}

status check_swtpm(std::string_view where) {
  constexpr std::string_view path = "path=";
  constexpr std::string_view host = "host=";
  constexpr std::string_view port = ",port=";
  if (where.starts_with(path)) {
    where.remove_prefix(path.size());
    if (where.size() > max_socket_path)
      return fault{errc::limit, "tpm: the socket's path has " + std::to_string(where.size())
                                    + " characters; a socket address holds "
                                    + std::to_string(max_socket_path)};
    return check_path(where);
  }
  const auto comma = where.find(port);
  if (!where.starts_with(host) || comma == std::string_view::npos)
    return fault{errc::malformed, "tpm: swtpm: takes path=... or host=...,port=..."};
  if (!plain(where.substr(host.size(), comma - host.size())))
    return fault{errc::malformed, "tpm: the host is empty or has characters that no host has"};
  return check_port(where.substr(comma + port.size()));
}

} // namespace

result<chip_address> parse_chip_address(std::string_view text) {
  chip_address out;
  status checked;
  if (text.starts_with(device_prefix)) {
    out.where = text.substr(device_prefix.size());
    checked = check_path(out.where);
  } else if (text.starts_with(swtpm_prefix)) {
    out.kind = chip_address::transport::swtpm;
    out.where = text.substr(swtpm_prefix.size());
    checked = check_swtpm(out.where);
  } else {
    return fault{errc::unsupported, "tpm: must be device:PATH, swtpm:path=PATH or swtpm:host=HOST,port=PORT"};
  }
  if (!checked) return checked.fault();
  return out;
}

std::string to_string(const chip_address& address) {
  const auto prefix = address.kind == chip_address::transport::device ? device_prefix : swtpm_prefix;
  return std::string{prefix} + address.where;
}

} // namespace muster::tpm
