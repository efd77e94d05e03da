// The address of a TPM: the string in the configuration.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace muster::tpm {

/// How a TPM is reached. The two kinds differ in who cleans up. A device node belongs to the kernel, whose
/// resource manager (/dev/tpmrm0) gives each opener empty slots. A software TPM keeps what its last client
/// left.
struct chip_address {
  enum class transport : std::uint8_t { device, swtpm };

  transport kind = transport::device;
  /// The part after the kind's name: a path for `device`, "path=..." or "host=...,port=..." for `swtpm`.
  std::string where;

  friend bool operator==(const chip_address&, const chip_address&) = default;
};

/// The longest path of a software TPM's socket. Its control socket has the same path followed by ".ctrl", and
/// both must fit into sockaddr_un (107 characters and a NUL).
inline constexpr std::size_t max_socket_path = 102;

/// Reads one of
///   device:/dev/tpmrm0                absolute path
///   swtpm:path=/run/machine/tpm.sock  absolute path of at most `max_socket_path` characters
///   swtpm:host=127.0.0.1,port=2321    the control channel is the next port
/// fault unsupported: any other kind of transport, so no configuration can make a TPM of a library or a shell
/// command; malformed or limit: the kind is right, but the rest is not.
result<chip_address> parse_chip_address(std::string_view text);

/// The string that `parse_chip_address` reads.
std::string to_string(const chip_address& address);

} // namespace muster::tpm
