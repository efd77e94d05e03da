#include "service/privacy_ca/own_certificate.hpp"

#include "messages/time_text.hpp"
#include "service/privacy_ca/trust_files.hpp"

#include <array>

namespace muster::service {

namespace {

constexpr std::uint64_t a_day_ms = 24ULL * 3600 * 1000;

/// Empty: it is valid, and for more than 30 days.
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

std::vector<std::string> date_warnings(const authorities& keys, const crypto::certificate& issuer,
                                       const crypto::trust_list& in_force, wall_time now) {
  std::vector<std::string> out;
  const std::array<std::pair<const char*, const crypto::certificate*>, 3> all{
      {{"root", &keys.root}, {"nodes", &keys.nodes.cert()}, {"aks", &keys.aks.cert()}}};
  for (const auto& [name, one] : all)
    if (const auto said = said_of(*one, now); !said.empty())
      out.push_back("ca/" + std::string{name} + ".pem " + said
                    + "; without it no machine can connect, and it is not renewed automatically");
  if (const auto said = said_of(issuer, now); !said.empty())
    out.push_back("ca/services.pem " + said + "; without it no machine can connect: " + rotation_remedy);
  if (in_force.number != 0 && in_force.not_after.milliseconds <= now.milliseconds + 30 * a_day_ms)
    out.push_back("trust list " + std::to_string(in_force.number) + " ends at " + rfc3339(in_force.not_after)
                  + "; machines keep it, and log a warning: " + rotation_remedy);
  return out;
}

own_certificate::own_certificate(own_certificate_deps deps)
    : deps_{std::move(deps)}, shown_{deps_.keys->service_certificate}, issuer_{deps_.keys->services},
      in_force_{deps_.keys->in_force} {}

status own_certificate::holds() const {
  const std::lock_guard lock{mutex_};
  const auto now = deps_.clock->wall();
  if (shown_.valid_at(now)) return {};
  return fault{errc::busy, "ca/service.pem " + said_of(shown_, now) + "; no agent can connect"};
}

void own_certificate::look() {
  const std::lock_guard lock{mutex_};
  const auto now = deps_.clock->wall();
  const auto& issuer = issuer_.cert().fields();
  const bool as_long_as_its_issuer = shown_.valid_at(now) && shown_.fields().not_after >= issuer.not_after;
  // `renew` logs a failure, and the next call tries again.
  if (!due_.empty())
    (void)renew(due_, now);
  else if (const auto why = why_renew(shown_, deps_.service_name, now);
           !why.empty() && !as_long_as_its_issuer)
    (void)renew(why, now);
  const auto since = deps_.clock->since_boot();
  if (warned_ && since.milliseconds < warned_->milliseconds + a_day_ms) return;
  warned_ = since;
  warn(now);
}

status own_certificate::rotate(crypto::authority issuer, crypto::trust_list in_force) {
  const std::lock_guard lock{mutex_};
  in_force_ = std::move(in_force);
  warned_.reset();
  if (issuer.cert() == issuer_.cert()) return {};
  issuer_ = std::move(issuer);
  due_ = "trust list " + std::to_string(in_force_.number) + " brought another issuer";
  return renew(due_, deps_.clock->wall());
}

crypto::certificate own_certificate::issuer() const {
  const std::lock_guard lock{mutex_};
  return issuer_.cert();
}

status own_certificate::renew(std::string why, wall_time now) {
  auto made = make_identity(deps_.folder, issuer_, deps_.service_name, now);
  auto done = made ? deps_.show(*made) : status{made.fault()};
  if (!done) {
    deps_.log.error("ca.certificate_not_made",
                    {{"certificate", "service"}, {"why", why}, runtime::fault_check(done.fault())});
    return done;
  }
  shown_ = made->certificate;
  due_.clear();
  deps_.log.info("ca.certificate_made",
                 {{"certificate", "service"}, {"why", why}, {"until", rfc3339(shown_.fields().not_after)}});
  return {};
}

void own_certificate::warn(wall_time now) {
  auto all = date_warnings(*deps_.keys, issuer_.cert(), in_force_, now);
  if (const auto said = said_of(shown_, now); !said.empty())
    all.push_back("ca/service.pem " + said + "; without it no machine can connect");
  for (const auto& one : all)
    deps_.log.warning("ca.certificate_ends", {{"what", one}});
}

} // namespace muster::service
