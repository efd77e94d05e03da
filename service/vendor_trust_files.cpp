#include "service/vendor_trust_files.hpp"

#include "service/applied.hpp"
#include "service/privacy_ca/vendor_folder.hpp"
#include "standing/admission_policy.hpp"

namespace muster::service {

namespace {

/// What came into force. Nothing is logged of what is refused.
void log_store(const settings::service_settings& in, const crypto::vendor_store& store, wall_time now,
               const runtime::log& log) {
  for (const auto& one : store.refused())
    log.warning("vendor_roots.refused", {{"file", one.name}, runtime::fault_check(one.why)});
  for (const auto& one : overdue_lists(store, now))
    log.warning("vendor_roots.crl_overdue", {{"what", one}});
  log.info("vendor_roots", {{"roots", store.roots().size()},
                            {"intermediates", store.intermediates().size()},
                            {"crls", store.revocations().size()}});
  if (store.roots().empty() && !in.admission.vendor_roots.empty())
    log.warning("vendor_roots.empty", {{"what", "WARNING: 0 roots: no vendor vouches for any machine"}});
}

void log_policy(const crypto::ek_policy& policy, const runtime::log& log) {
  const auto& denied = policy.denied;
  log.info("admission.deny", {{"eks", denied.eks.size()},
                              {"certificates", denied.certificates.size()},
                              {"issuers", denied.issuers.size()},
                              {"firmware", denied.firmware.size()}});
}

} // namespace

result<vendor_trust_ptr> load_vendor_trust(const settings::service_settings& in, wall_time now,
                                           const runtime::log& log) {
  return reload_vendor_trust(in, vendor_trust{}, now, log);
}

result<vendor_trust_ptr> reload_vendor_trust(const settings::service_settings& in, const vendor_trust& before,
                                             wall_time now, const runtime::log& log) {
  auto policy = ek_policy_of(in.admission);
  if (!policy) return policy.fault();
  auto store = load_vendor_folders(in.admission.vendor_roots);
  if (!store) return store.fault();
  if (!in.admission.vendor_roots.empty())
    if (auto loss = loss_between(before.store, *store); !loss.empty())
      return fault{errc::not_found, std::move(loss)};
  log_store(in, *store, now, log);
  log_policy(*policy, log);
  auto out = std::make_shared<vendor_trust>();
  out->store = *std::move(store);
  out->policy = *std::move(policy);
  return vendor_trust_ptr{std::move(out)};
}

} // namespace muster::service
