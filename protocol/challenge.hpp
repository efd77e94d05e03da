// One attestation as the Session asks for it.
#pragma once

#include "appraisal/running_attestation.hpp"
#include "schemas/wire.capnp.h"
#include "standing/attestation.hpp"

namespace muster::service {

/// Lives in the Session, in memory, one at a time, and dies with it.
struct challenge {
  appraisal::issued_challenge issue;
  boot_time issued;
};

/// Goes on from what is recorded of this boot; for whole logs if nothing is, if `whole`, or if the machine
/// claims another boot. Draws the nonce.
challenge make_challenge(const node_state& recorded, attestation_number number, const boot_id& boot,
                         bool whole, boot_time now);

/// Whether anything is recorded that nothing but whole logs can end: findings about evidence (docs/protocol.md
/// 5).
bool whole_logs_would_mend(const node_state& recorded) noexcept;

/// `recorded` as it was given to `make_challenge`.
void put_challenge(wire::Challenge::Builder out, const challenge& asked, const node_state& recorded,
                   std::chrono::milliseconds deadline);

/// The channel that evidence must be bound to.
struct evidence_channel {
  node_id node;
  bytes node_spki;
  bytes32 exporter{};
  boot_id boot;
};

/// What the Verifier judges evidence with. `ak` is the recorded one of the machine.
std::shared_ptr<appraisal::running_attestation> begin_attestation(const challenge& asked, tpm::trusted_ak ak,
                                                                  const attachment& with,
                                                                  const evidence_channel& channel,
                                                                  const tpm::ima_caps& caps,
                                                                  const appraisal::cpu_budget& cpu);

} // namespace muster::service
