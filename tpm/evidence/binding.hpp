// What a quote is bound to in addition to the PCRs: its qualifying data.
#pragma once

#include "messages/vocabulary/ids.hpp"

namespace muster::tpm {

/// The value that `extraData` of one quote must have: from `quote_binding` for a routine quote, from the
/// transcript for an enrolment.
class binding {
public:
  /// TPM2B_DATA holds at most a TPMT_HA of SHA-512.
  static constexpr std::size_t max_size = 66;

  byte_view view() const noexcept { return {raw_.data(), size_}; }
  bool empty() const noexcept { return size_ == 0; }

  /// An empty `value`, or one longer than `max_size`, gives an empty binding, which verifies nothing
  /// (`verify_quote` refuses it).
  explicit binding(byte_view value) noexcept
      : size_{value.size() > max_size ? std::uint8_t{0} : static_cast<std::uint8_t>(value.size())} {
    std::ranges::copy(value.first(size_), raw_.begin());
  }

private:
  std::array<std::uint8_t, max_size> raw_{};
  std::uint8_t size_ = 0;
};

/// Everything that a routine quote is bound to (docs/protocol.md 4).
struct quote_context {
  bytes32 nonce{};           ///< of the challenge: for single use, in this session
  node_id node;              ///< the node in the session's TLS certificate
  bytes32 exporter{};        ///< RFC 9266, of the TLS session between agent and service
  bytes32 node_spki{};       ///< SHA-256 of the SubjectPublicKeyInfo of the node's TLS key
  bytes32 manifest_digest{}; ///< SHA-256 of the manifest as sent
};

/// SHA-256("muster/quote/1\0" || nonce || node id || exporter || SHA-256(node SPKI) || SHA-256(manifest)).
binding quote_binding(const quote_context& context);

} // namespace muster::tpm
