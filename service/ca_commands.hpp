// `ras ca`: the ceremony of a trust list (docs/protocol.md 1), with files only: where the service is, and
// where the root is.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace muster::service {

/// A list is numbered in 64 bits, and one has to be left for it.
inline constexpr std::uint64_t max_above = std::numeric_limits<std::uint64_t>::max() - 1;

enum class issuer_change : std::uint8_t {
  add = 0,  ///< a new issuer, and the present one counts until the list after
  withdraw, ///< a new one alone: the present one is stolen
  keep      ///< the same issuers, for longer
};

struct export_request_options {
  std::string state;   ///< folder of the service
  std::string service; ///< its name
  issuer_change issuer = issuer_change::add;
  std::vector<std::string> add_anchors;  ///< files of certificates
  std::vector<std::string> drop_anchors; ///< the same
  std::uint64_t above = 0;               ///< a number that machines have already; at most `max_above`
};

/// What a command gives: what goes to the file, and what a person should read.
struct ceremony_text {
  std::string file;
  std::string told;
};

/// Proposes the list after the one in force; makes the key of the new issuer in the CA's folder, where it
/// stays. The service may run meanwhile. fault busy: a rotation is unfinished, and what to do first; else a
/// sentence that names the file.
result<ceremony_text> export_request(const export_request_options& options);

struct sign_request_options {
  std::string root_key; ///< file, PKCS#8
  std::string file;     ///< of the request, for messages
  std::string request;  ///< its text
  std::uint32_t days = 365;
};

/// Where the root is: signs a request, and says what that makes machines trust.
result<ceremony_text> sign_request(const sign_request_options& options, wall_time now);

/// Another root, to follow the present one: `key_file` (mode 0600; is not replaced) and its certificate.
result<ceremony_text> make_root(const std::string& name, const std::string& key_file, std::uint32_t years,
                                wall_time now);

} // namespace muster::service
