// DSSE envelopes: a signed payload in JSON, as `keylime-policy sign` writes it.
#pragma once

#include "messages/json_tree.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <vector>

namespace muster::extraction {

inline constexpr std::size_t max_dsse_signatures = 64;

/// An envelope (DSSE protocol 1.0, envelope.md). Nothing in it is verified.
struct dsse_envelope {
  std::string payload_type;
  bytes payload;
  /// Who the envelope says signed it, one for each signature, safe to print: the keyid, or the SHA-256 of a
  /// keyid that is a whole key or certificate. "a key without a name" where there is none.
  std::vector<std::string> signers;
};

/// Whether the object has the members of an envelope.
bool is_dsse(const detail::json_object& document);

/// Reads an envelope. fault malformed: a member is missing or of another type, base64 that is not one, or no
/// signature; limit: more than 64 signatures.
result<dsse_envelope> read_dsse(const detail::json_object& document);

} // namespace muster::extraction
