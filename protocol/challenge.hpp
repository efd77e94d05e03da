// One attestation, as the Session asks for it.
#pragma once

#include "appraisal/attestation/running_attestation.hpp"
#include "schemas/wire.capnp.h"
#include "standing/attestation.hpp"

namespace muster::service {

/// Held by the Session, in memory only, one at a time; it dies with the session.
struct challenge {
  appraisal::issued_challenge issue;
  boot_time issued;
};

/// Draws a fresh nonce and selects the PCRs that `recorded` calls for. The caller decides on `logs`
/// (standing/whole_logs.hpp).
challenge make_challenge(const node_state& recorded, attestation_number number, appraisal::logs_wanted logs,
                         boot_time now);

/// `recorded`: the same state that `make_challenge` was given.
void put_challenge(wire::Challenge::Builder out, const challenge& asked, const node_state& recorded,
                   std::chrono::milliseconds deadline);

/// The channel that evidence must be bound to.
struct evidence_channel {
  node_id node;
  bytes node_spki;
  bytes32 exporter{};
  boot_id boot;
};

/// Collects what the Verifier judges the evidence with. `ak`: the machine's AK on record.
std::shared_ptr<appraisal::running_attestation> begin_attestation(const challenge& asked, tpm::trusted_ak ak,
                                                                  const attachment& with,
                                                                  const evidence_channel& channel,
                                                                  const tpm::ima_caps& caps,
                                                                  const appraisal::cpu_budget& cpu);

} // namespace muster::service
