// Certificates for tests: a whole PKI like the service's, and bad certificates.
#pragma once

#include "actors/runtime/clock.hpp"
#include "crypto/authority.hpp"
#include "crypto/certificate_template.hpp"
#include "net/tls_context.hpp"

namespace muster::net::test {

/// A clock that does not move.
class fixed_clock final : public runtime::clock {
public:
  explicit fixed_clock(wall_time at) : at_{at} {}
  boot_time since_boot() const noexcept override { return {0}; }
  wall_time wall() const noexcept override { return at_; }
  boot_id boot() const noexcept override { return {}; }

private:
  wall_time at_;
};

inline constexpr wall_time noon{1'800'000'000'000};
inline constexpr std::uint64_t day = 86'400'000;
inline constexpr crypto::validity this_week{{noon.milliseconds - day}, {noon.milliseconds + 7 * day}};
inline constexpr const char* service_name = "ras.example";

/// One root with its issuers; made once, because making keys takes time.
struct pki {
  crypto::authority root;
  crypto::authority service, node, hub, verifier;
  static const pki& ours();
  static const pki& somebody_elses();

  tls_credentials service_end(std::string name = service_name) const;
  tls_credentials node_end(std::uint8_t id = 1) const;
  tls_credentials client_end(crypto::purpose role, std::string_view id) const;
  /// Signed by `issuer`, regardless of what `what` says.
  static tls_credentials signed_as(crypto::certificate_template what, const crypto::authority& issuer);
  static tls_credentials stranger();

  tls_trust server_trust(wall_time at = noon) const;
  tls_trust client_trust(wall_time at = noon) const;

  server_tls server() const;
  client_tls client(const tls_credentials& own, tls_protocol protocol = tls_protocol::agent) const;
};

/// The contents of a node's certificate; tests spoil one field.
crypto::certificate_template node_template();

} // namespace muster::net::test
