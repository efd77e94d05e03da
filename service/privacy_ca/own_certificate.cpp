#include "service/privacy_ca/own_certificate.hpp"

#include "messages/time_text.hpp"

#include <array>

namespace muster::service {

namespace {

constexpr std::uint64_t a_day_ms = 24ULL * 3600 * 1000;

/// Empty: it holds, and for more than 30 days.
std::string said_of(const crypto::certificate& one, wall_time now) {
  const auto& fields = one.fields();
  if (fields.not_before > now)
    return "does not hold before " + rfc3339(fields.not_before) + "; look at this machine's clock";
  if (fields.not_after <= now) return "ended at " + rfc3339(fields.not_after);
  if (fields.not_after.milliseconds <= now.milliseconds + 30 * a_day_ms)
    return "ends at " + rfc3339(fields.not_after);
  return {};
}

} // namespace

std::vector<std::string> date_warnings(const authorities& keys, wall_time now) {
  std::vector<std::string> out;
  const std::array<std::pair<const char*, const crypto::authority*>, 4> all{
      {{"root", &keys.root}, {"nodes", &keys.nodes}, {"aks", &keys.aks}, {"services", &keys.services}}};
  for (const auto& [name, one] : all)
    if (const auto said = said_of(one->cert(), now); !said.empty())
      out.push_back("ca/" + std::string{name} + ".pem " + said
                    + "; without it no machine can connect, and nothing makes it anew by itself");
  return out;
}

own_certificate::own_certificate(own_certificate_deps deps)
    : deps_{std::move(deps)}, shown_{deps_.keys->service_certificate} {}

status own_certificate::holds() const {
  const std::lock_guard lock{mutex_};
  const auto now = deps_.clock->wall();
  if (shown_.valid_at(now)) return {};
  return fault{errc::expired, "ca/service.pem " + said_of(shown_, now) + "; no agent can connect"};
}

void own_certificate::look() {
  const std::lock_guard lock{mutex_};
  const auto now = deps_.clock->wall();
  const auto& issuer = deps_.keys->services.cert().fields();
  const bool as_long_as_its_issuer = shown_.valid_at(now) && shown_.fields().not_after >= issuer.not_after;
  if (const auto why = why_renew(shown_, deps_.service_name, now); !why.empty() && !as_long_as_its_issuer)
    renew(why, now);
  const auto since = deps_.clock->since_boot();
  if (warned_ && since.milliseconds < warned_->milliseconds + a_day_ms) return;
  warned_ = since;
  warn(now);
}

void own_certificate::renew(const std::string& why, wall_time now) {
  auto made = make_identity(deps_.folder, deps_.keys->services, deps_.service_name, now);
  auto done = made ? deps_.show(*made) : status{made.fault()};
  if (!done)
    return deps_.log.error("ca.certificate_not_made",
                           {{"certificate", "service"}, {"why", why}, runtime::fault_check(done.fault())});
  shown_ = made->certificate;
  deps_.log.info("ca.certificate_made",
                 {{"certificate", "service"}, {"why", why}, {"until", rfc3339(shown_.fields().not_after)}});
}

void own_certificate::warn(wall_time now) {
  auto all = date_warnings(*deps_.keys, now);
  if (const auto said = said_of(shown_, now); !said.empty())
    all.push_back("ca/service.pem " + said + "; without it no machine can connect");
  for (const auto& one : all)
    deps_.log.warning("ca.certificate_ends", {{"what", one}});
}

} // namespace muster::service
