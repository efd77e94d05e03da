// The agent's half of both channels as frames (docs/protocol.md 1 to 4): no more of it than a load needs.
// Pure.
#pragma once

#include "bench/soft_machine.hpp"
#include "crypto/certificate.hpp"
#include "schemas/wire.capnp.h"

namespace muster::bench {

/// The TLS session that a proof or a quote is bound to.
struct channel {
  bytes node_spki;
  bytes service_spki;
  bytes32 exporter{};
};

bytes stranger_hello();
/// `intermediate` signed the EK's certificate; DER.
bytes enrol_request(const soft_machine& machine, byte_view intermediate, byte_view facts);
/// What the machine says about itself: the same for all of them.
bytes machine_facts();
result<bytes> enrol_proof(soft_machine& machine, wire::EnrolChallenge::Reader asked, const channel& with,
                          byte_view facts);

/// `log_heads`: signed heads that it kept, one behind the other.
bytes agent_hello(const soft_machine& machine, byte_view log_heads = {});
bytes beat(std::uint64_t sequence);

/// A challenge, copied out of its frame.
struct order {
  std::uint64_t number = 0;
  bytes32 nonce{};
  tpm::pcr_selection selection;
  bool want_boot_log = false;
  std::uint64_t ima_first = 0;
};
result<order> read_challenge(wire::Challenge::Reader in);

/// What is sent for an order.
struct evidence_body {
  bytes manifest; ///< wire::Manifest
  soft_machine::quote quote;
  tpm::pcr_values hints; ///< all that it has go along
  byte_view boot_log;    ///< empty: no part of it
  byte_view ima_log;     ///< empty: an empty part, as the agent sends
};
/// Its frames: part 0, then both logs, cut as the agent cuts them.
std::vector<bytes> frames_of(const order& asked, const evidence_body& body);

/// Frames of the whole evidence: manifest and quote made for this challenge, then the logs as far as they are
/// wanted. Nothing new was measured since `software` was loaded, so a machine that was asked to go on sends
/// an empty part, as the agent does. fault unsupported: another selection than the routine one.
result<std::vector<bytes>> evidence(soft_machine& machine, const order& asked, const channel& with,
                                    const measured_software& software);

} // namespace muster::bench
