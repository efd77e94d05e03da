// The certificate that the service shows to agents. It is renewed in time, without a restart.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "service/privacy_ca/authorities.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace muster::service {

/// A sentence, with the file, for each CA certificate that is not valid now or ends within 30 days, and for a
/// trust list that has ended or ends within 30 days. None of these is renewed automatically, since machines
/// have to learn of the successor.
std::vector<std::string> date_warnings(const authorities& keys, const crypto::certificate& issuer,
                                       const crypto::trust_list& in_force, wall_time now);

struct own_certificate_deps {
  std::shared_ptr<const authorities> keys;
  std::filesystem::path folder; ///< of the CA
  std::string service_name;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
  /// Shows the identity from the next connection on.
  std::function<status(const service_identity&)> show;
};

/// Any thread may use it.
class own_certificate {
public:
  /// `deps.keys` has the certificate that is shown at first.
  explicit own_certificate(own_certificate_deps deps);

  /// Caller: call it once an hour. Renews the certificate if it is due, and tries again next time if that
  /// fails. Warns once a day of everything that is not valid or ends soon.
  void look();
  /// fault busy: the shown certificate is not valid, so no agent can connect now.
  status holds() const;

  /// Changes to this issuer, which the list in force names: shows a certificate of it, and warns by the dates
  /// of issuer and list. The fault is that of `deps.show` or of the disk; `look` tries again.
  status rotate(crypto::authority issuer, crypto::trust_list in_force);
  /// The issuer of the certificate that is shown, or of the one that is due.
  crypto::certificate issuer() const;

private:
  status renew(std::string why, wall_time now);
  void warn(wall_time now);

  own_certificate_deps deps_;
  mutable std::mutex mutex_;
  crypto::certificate shown_;
  crypto::authority issuer_;
  crypto::trust_list in_force_;
  std::string due_; ///< why a renewal is due, whatever the dates; empty: none is
  std::optional<boot_time> warned_;
};

} // namespace muster::service
