// PRIVACYCA: certifies TPM keys. Owns the CA keys, but no state of an enrolment in progress: that is in the
// Session and dies with it.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "messages/vocabulary/result.hpp"
#include "records/enrolment.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

using enrolment_request_ptr = std::shared_ptr<const enrolment_request>;
using enrolment_in_progress_ptr = std::shared_ptr<enrolment_in_progress>;
using begun_enrolment = result<enrolment_challenge>;
using proven_enrolment = result<proven_machine>;
using issued = result<issued_certificates>;

using privacy_ca_actor = caf::typed_actor<
    // A stranger's request: checks its EK, AK and certificates, and makes a credential for exactly these.
    caf::replies_to<begin_atom, enrolment_request_ptr>::with<begun_enrolment>,
    // The stranger's proof. Uses up the secret, whether or not the proof holds.
    caf::replies_to<prove_atom, enrolment_in_progress_ptr, enrolment_channel,
                    enrolment_proof>::with<proven_enrolment>,
    // Makes certificates for a machine that TrustMgr admitted, with the node SPKI, AK and generation of its
    // record. Answered when they are durable.
    caf::replies_to<certificate_request>::with<issued>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::enrolment_request_ptr)
MUSTER_LOCAL_MESSAGE(muster::service::enrolment_in_progress_ptr)
MUSTER_LOCAL_MESSAGE(muster::service::enrolment_channel)
MUSTER_LOCAL_MESSAGE(muster::service::enrolment_proof)
MUSTER_LOCAL_MESSAGE(muster::service::certificate_request)
MUSTER_LOCAL_MESSAGE(muster::service::begun_enrolment)
MUSTER_LOCAL_MESSAGE(muster::service::proven_enrolment)
MUSTER_LOCAL_MESSAGE(muster::service::issued)
