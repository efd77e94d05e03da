// `ras ca`: the ceremony of a trust list (docs/protocol.md 1). It works with files only, on the service's
// machine and on the root's.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace muster::service {

/// A list number has 64 bits, and one number must be left for the next list.
inline constexpr std::uint64_t max_above = std::numeric_limits<std::uint64_t>::max() - 1;

enum class issuer_change : std::uint8_t {
  add = 0,  ///< a new issuer; the present one counts until the list after
  withdraw, ///< only a new issuer: the present one is stolen
  keep      ///< the same issuers, for longer
};

struct export_request_options {
  std::string state;   ///< the service's state folder
  std::string service; ///< its name
  issuer_change issuer = issuer_change::add;
  std::vector<std::string> add_anchors;  ///< files with certificates
  std::vector<std::string> drop_anchors; ///< likewise
  std::uint64_t above = 0;               ///< a list number that machines already have; at most `max_above`
};

/// The output of a command: the content of the file, and the text for a person.
struct ceremony_text {
  std::string file;
  std::string told;
};

/// Proposes the list that follows the one in force. Makes the new issuer's key in the CA's folder, where it
/// stays. The service may be running. fault busy: a rotation is unfinished; the text says what to do first.
/// Any other fault is a sentence that names the file.
result<ceremony_text> export_request(const export_request_options& options);

struct sign_request_options {
  std::string root_key; ///< file, PKCS#8
  std::string file;     ///< name of the request's file, for messages
  std::string request;  ///< the request itself
  std::uint32_t days = 365;
};

/// Runs on the root's machine. Signs a request, and says what machines will trust because of it.
result<ceremony_text> sign_request(const sign_request_options& options, wall_time now);

/// Makes a successor to the present root: its certificate, and its key in `key_file` (mode 0600; an existing
/// file is not replaced).
result<ceremony_text> make_root(const std::string& name, const std::string& key_file, std::uint32_t years,
                                wall_time now);

} // namespace muster::service
