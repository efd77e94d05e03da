#include "node/rac_tools/rac_tools.hpp"

#include "actors/runtime/guard.hpp"
#include "node/rac_tools/evidence_logs.hpp"
#include "node/rac_tools/machine_files.hpp"
#include "node/rac_tools/root_of_trust.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace muster::node {

namespace {

struct rac_tools_state {
  std::optional<rac_tools_deps> deps;
  ima_bookmarks places;
  std::optional<evidence_logs> reading; ///< of the last quoted evidence

  boot_survey survey() const;
  result<machine_identity> identify(const measured_boot& boot) const;
  result<quoted_evidence> quote(const evidence_order& order);
  result<log_part> read(attestation_number number);
};

boot_survey rac_tools_state::survey() const {
  boot_survey out;
  survey_chip(deps->chip, out);
  survey_files(deps->files, out);
  return out;
}

result<machine_identity> rac_tools_state::identify(const measured_boot& boot) const {
  auto texts = read_machine_texts(deps->files);
  if (!texts) return texts.fault();
  auto identity = read_identity(deps->chip);
  if (!identity) return identity.fault();
  identity->facts = make_facts(*texts, boot);
  return identity;
}

// The order is that of docs/protocol.md 4: gathered facts, manifest, PCR values, quote, and only then the
// list.
result<quoted_evidence> rac_tools_state::quote(const evidence_order& order) {
  reading.reset();
  const auto boot = deps->clock->boot();
  places.begin(boot);
  auto boot_log = read_boot_log(deps->files);
  if (!boot_log) return boot_log.fault();
  auto quoted = quote_evidence(deps->chip, order, make_manifest(order, boot, boot_log->view()));
  if (!quoted) return quoted.fault();
  auto list = kernel_file::open(deps->files.ima_log);
  if (!list && list.fault().code != errc::not_found)
    return fault{list.fault().code, "IMA list: " + list.fault().check};
  reading.emplace(order.number, order.want_boot_log ? std::move(*boot_log) : frame{},
                  list ? std::optional{std::move(*list)} : std::nullopt, order.ima_first, places);
  quoted->last = reading->over();
  return quoted;
}

result<log_part> rac_tools_state::read(attestation_number number) {
  if (!reading || reading->number() != number) return fault{errc::conflict, "evidence: not the one at hand"};
  auto part = reading->next();
  if (!part || part->last) reading.reset();
  return part;
}

rac_tools_actor::behavior_type rac_tools(rac_tools_actor::stateful_pointer<rac_tools_state> self,
                                         rac_tools_deps deps) {
  runtime::guard(*self, deps.log, "rac_tools");
  self->state.deps.emplace(std::move(deps));
  return {
      [self](survey_atom) { return self->state.survey(); },
      [self](const measured_boot& boot) { return self->state.identify(boot); },
      [self](const enrolment_question& question) {
        return answer_challenge(self->state.deps->chip, question);
      },
      [self](const evidence_order& order) { return self->state.quote(order); },
      [self](read_atom, attestation_number number) { return self->state.read(number); },
  };
}

} // namespace

rac_tools_actor spawn_rac_tools(caf::actor_system& system, rac_tools_deps deps) {
  return system.spawn<caf::detached>(rac_tools, std::move(deps));
}

} // namespace muster::node
