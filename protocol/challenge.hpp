// One attestation as the Session asks for it.
#pragma once

#include "appraisal/attestation/running_attestation.hpp"
#include "schemas/wire.capnp.h"
#include "standing/attestation.hpp"

namespace muster::service {

/// Lives in the Session, in memory, one at a time, and dies with it.
struct challenge {
  appraisal::issued_challenge issue;
  boot_time issued;
};

/// For `logs` as standing/whole_logs.hpp says. Draws the nonce.
challenge make_challenge(const node_state& recorded, attestation_number number, appraisal::logs_wanted logs,
                         boot_time now);

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
