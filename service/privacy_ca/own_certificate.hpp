// The certificate that the service shows agents, made anew in time, without a restart.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "service/privacy_ca/authorities.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace muster::service {

/// What the dates of the CA's certificates and of the trust list say: of each that does not hold now, or ends
/// within 30 days, one sentence with its file. Nothing makes these anew by itself: machines have to be told.
std::vector<std::string> date_warnings(const authorities& keys, const crypto::certificate& issuer,
                                       const crypto::trust_list& in_force, wall_time now);

struct own_certificate_deps {
  std::shared_ptr<const authorities> keys;
  std::filesystem::path folder; ///< of the CA
  std::string service_name;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
  /// Shows it from the next connection on.
  std::function<status(const service_identity&)> show;
};

/// Any thread may use it.
class own_certificate {
public:
  /// `deps.keys` has the one that is shown until then.
  explicit own_certificate(own_certificate_deps deps);

  /// To be called once an hour. Makes the certificate anew if it is due, tries again next time if that fails,
  /// and warns once a day of all that does not hold or ends soon.
  void look();
  /// fault busy: no agent can connect now: the certificate that is shown does not hold.
  status holds() const;

  /// From now on under this issuer, which the list in force has: shows a certificate of it, and warns of
  /// these dates. The fault is that of `deps.show` or of the disk; `look` tries again.
  status rotate(crypto::authority issuer, crypto::trust_list in_force);
  /// Of the certificate that is shown, or that will be.
  crypto::certificate issuer() const;

private:
  status renew(std::string why, wall_time now);
  void warn(wall_time now);

  own_certificate_deps deps_;
  mutable std::mutex mutex_;
  crypto::certificate shown_;
  crypto::authority issuer_;
  crypto::trust_list in_force_;
  std::string due_; ///< why it has to be made anew, whatever its dates; empty: it does not
  std::optional<boot_time> warned_;
};

} // namespace muster::service
