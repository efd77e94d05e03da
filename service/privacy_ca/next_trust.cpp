#include "service/privacy_ca/next_trust.hpp"

#include "messages/time_text.hpp"
#include "service/privacy_ca/authorities.hpp"

#include <algorithm>

namespace muster::service {

namespace {

/// The issuer's certificate that came back, joined with its private key, which never left this machine.
result<crypto::authority> issuer_of(const crypto::certificate& came,
                                    const std::optional<crypto::private_key>& next) {
  if (!next || !same(next->pub().spki(), came.fields().spki))
    return fault{errc::mismatch,
                 "the issuer's certificate is not for the key in ca/next.key: it was asked for "
                 "by another service, or is in force already; ask again with `ras ca "
                 "export-request`"};
  return crypto::authority::from_pem(came.pem(), next->pem());
}

/// Checks that an agent with only this list accepts this service.
status lets_in(const crypto::trust_list& list, const crypto::authority& services, wall_time now) {
  const auto name = crypto::issuer_name_of(services.cert());
  if (std::ranges::find(list.issuers, name) == list.issuers.end())
    return fault{errc::untrusted,
                 "it would lock this service out: the list does not have its issuer " + to_hex(name)};
  const auto good = verify_issuer(services, list.anchors, crypto::purpose::service_tls, now);
  if (good) return {};
  return fault{errc::untrusted,
               "it would lock this service out: its issuer is not believed under the anchors of the list ("
                   + good.fault().check + "); is this machine's clock right?"};
}

} // namespace

result<next_trust> verify_rotation(std::string_view text, const crypto::trust_list& in_force,
                                   const crypto::authority& present,
                                   const std::optional<crypto::private_key>& next, wall_time now) {
  auto came = crypto::read_signed_rotation(text);
  if (!came) return came.fault();
  auto list = crypto::verify_next_trust_list(in_force, came->list);
  if (!list) return list.fault();
  if (list->list.not_after <= now)
    return fault{errc::expired, "the list ended at " + rfc3339(list->list.not_after)
                                    + "; is the clock right, here and where the root is?"};
  auto services = came->issuer ? issuer_of(*came->issuer, next) : result<crypto::authority>{present};
  if (!services) return services.fault();
  if (auto good = lets_in(list->list, *services, now); !good) return good.fault();
  return next_trust{std::move(*list), std::move(came->list), std::move(*services), came->issuer.has_value()};
}

} // namespace muster::service
