// One attestation as the Session asks for it.
#pragma once

#include "actors/service/attestation.hpp"
#include "appraisal/running_attestation.hpp"
#include "schemas/wire.capnp.h"

namespace muster::service {

/// Lives in the Session, in memory, one at a time, and dies with it.
struct challenge {
  attestation_number number;
  bytes32 nonce{};
  tpm::pcr_selection selection;
  bool want_boot_log = false;
  std::uint64_t ima_first = 0;
  boot_time issued;
};

/// Goes on from what is recorded of this boot; from entry 0 and with the boot log if nothing is, if `whole`, or
/// if the machine claims another boot. Draws the nonce.
challenge make_challenge(const node_state& recorded, attestation_number number, const std::optional<boot_id>& boot,
                         bool whole, boot_time now);

void put_challenge(wire::Challenge::Builder out, const challenge& asked, std::chrono::milliseconds deadline);

/// The channel that evidence must be bound to.
struct evidence_channel {
  node_id node;
  bytes node_spki;
  bytes32 exporter{};
  boot_id boot;
};

/// What the Verifier judges evidence with. fault: the recorded AK does not parse any more.
result<std::shared_ptr<appraisal::running_attestation>> begin_attestation(const challenge& asked,
                                                                          const attachment& with,
                                                                          const evidence_channel& channel,
                                                                          const tpm::ima_caps& caps);

} // namespace muster::service
