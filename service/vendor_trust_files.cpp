#include "service/vendor_trust_files.hpp"

#include "service/applied.hpp"
#include "service/privacy_ca/vendor_folder.hpp"

namespace muster::service {

namespace {

result<crypto::vendor_store> load_vendor_store(const settings::service_settings& in, wall_time now,
                                               const runtime::log& log) {
  auto store = load_vendor_folders(in.admission.vendor_roots);
  if (!store) return store;
  for (const auto& one : store->refused())
    log.warning("vendor_roots.refused", {{"file", one.name}, runtime::fault_check(one.why)});
  for (const auto& one : overdue_lists(*store, now))
    log.warning("vendor_roots.crl_overdue", {{"what", one}});
  log.info("vendor_roots", {{"roots", store->roots().size()},
                            {"intermediates", store->intermediates().size()},
                            {"crls", store->revocations().size()}});
  if (store->roots().empty() && !in.admission.vendor_roots.empty())
    log.warning("vendor_roots.empty", {{"what", "WARNING: 0 roots: no vendor vouches for any machine"}});
  return store;
}

result<vendor_trust_ptr> make_trust(const settings::service_settings& in, crypto::vendor_store store,
                                    const runtime::log& log) {
  auto policy = ek_policy_of(in.admission);
  if (!policy) return policy.fault();
  auto out = std::make_shared<vendor_trust>();
  out->store = std::move(store);
  out->policy = *std::move(policy);
  const auto& denied = out->policy.denied;
  log.info("admission.deny", {{"eks", denied.eks.size()},
                              {"certificates", denied.certificates.size()},
                              {"issuers", denied.issuers.size()},
                              {"firmware", denied.firmware.size()}});
  return vendor_trust_ptr{std::move(out)};
}

} // namespace

result<vendor_trust_ptr> load_vendor_trust(const settings::service_settings& in, wall_time now,
                                           const runtime::log& log) {
  auto store = load_vendor_store(in, now, log);
  if (!store) return store.fault();
  return make_trust(in, *std::move(store), log);
}

result<vendor_trust_ptr> reload_vendor_trust(const settings::service_settings& in, const vendor_trust& before,
                                             wall_time now, const runtime::log& log) {
  auto next = load_vendor_store(in, now, log);
  if (next && !in.admission.vendor_roots.empty())
    if (auto loss = loss_between(before.store, *next); !loss.empty())
      next = fault{errc::not_found, std::move(loss)};
  if (!next) log.error("vendor_roots.refused", {runtime::fault_check(next.fault())});
  return make_trust(in, next ? *std::move(next) : before.store, log);
}

} // namespace muster::service
