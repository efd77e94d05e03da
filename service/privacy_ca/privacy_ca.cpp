#include "service/privacy_ca/privacy_ca.hpp"

#include "actors/runtime/guard.hpp"
#include "actors/service/store_it.hpp"
#include "service/privacy_ca/certificates.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster::service {

namespace {

using self_pointer = privacy_ca_actor::stateful_pointer<privacy_ca_state>;

begun_enrolment begin(self_pointer self, const enrolment_request& request) {
  const auto& deps = self->state.deps;
  auto out = make_enrolment_challenge(request, *deps.vendors->load(), deps.clock->wall());
  if (!out)
    deps.log.of_peer(runtime::log_level::warning, "enrol.refused", out.fault().check,
                     {runtime::fault_code(out.fault()), runtime::fault_check(out.fault())});
  else if (!out->pending->doubt().empty())
    deps.log.of_peer(runtime::log_level::warning, "enrol.ek_certificate_refused",
                     to_string(out->pending->ek().id()),
                     {{"node", to_string(out->pending->ek().id())}, {"why", out->pending->doubt()}});
  return out;
}

proven_enrolment prove(self_pointer self, enrolment_in_progress& pending, const enrolment_channel& channel,
                       const enrolment_proof& proof) {
  auto out = verify_enrolment_proof(pending, channel, proof);
  if (!out)
    self->state.deps.log.of_peer(runtime::log_level::warning, "enrol.proof_failed",
                                 to_string(pending.ek().id()),
                                 {{"node", to_string(pending.ek().id())},
                                  {"source", channel.source},
                                  runtime::fault_code(out.fault()),
                                  runtime::fault_check(out.fault())});
  return out;
}

caf::typed_response_promise<issued> issue(self_pointer self, const certificate_request& wanted) {
  auto promise = self->make_response_promise<issued>();
  const auto& deps = self->state.deps;
  const bool renewal = wanted.ak_public.empty();
  if (const auto left = renewal ? self->state.renewals->spend(wanted.id, deps.clock->since_boot()) : status{};
      !left) {
    promise.deliver(issued{fault{left.fault().code, "renew: " + left.fault().check}});
    return promise;
  }
  const auto now = deps.clock->wall();
  auto made = make_node_certificates(*deps.keys, wanted, now, deps.certificate_lifetime);
  if (!made) {
    promise.deliver(issued{made.fault()});
    return promise;
  }
  write_batch batch;
  record_certificate(batch, wanted.id, *made, now);
  store_it(self, deps.store, std::move(batch).seal(),
           [promise, made = *made](const commit_outcome& stored) mutable {
             promise.deliver(stored ? issued{made} : issued{stored.fault()});
           });
  return promise;
}

} // namespace

privacy_ca_actor::behavior_type privacy_ca(self_pointer self, privacy_ca_deps deps) {
  // Generous: an honest machine renews once in two thirds of a certificate's life.
  const auto pause = std::clamp<std::chrono::milliseconds>(deps.certificate_lifetime / 8,
                                                           std::chrono::seconds{1}, std::chrono::minutes{10});
  self->state.deps = std::move(deps);
  self->state.renewals.emplace(8U, pause);
  runtime::guard(*self, self->state.deps.log, "privacy_ca");
  return {
      [self](begin_atom, const enrolment_request_ptr& request) { return begin(self, *request); },
      [self](prove_atom, const enrolment_in_progress_ptr& pending, const enrolment_channel& channel,
             const enrolment_proof& proof) { return prove(self, *pending, channel, proof); },
      [self](const certificate_request& wanted) { return issue(self, wanted); },
  };
}

} // namespace muster::service
