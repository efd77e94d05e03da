// The agent's half of both channels as frames (docs/protocol.md 1 to 4), reduced to what a load needs. Pure.
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
/// `intermediate`: DER; it signed the EK's certificate.
bytes enrol_request(const soft_machine& machine, byte_view intermediate, byte_view facts);
/// The facts that a machine states about itself: the same for all of them.
bytes machine_facts();
result<bytes> enrol_proof(soft_machine& machine, wire::EnrolChallenge::Reader asked, const channel& with,
                          byte_view facts);

/// `log_heads`: the signed heads that it kept, one after the other.
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

/// The content of the answer to an order.
struct evidence_body {
  bytes manifest; ///< wire::Manifest
  soft_machine::quote quote;
  tpm::pcr_values hints; ///< all PCR values, sent along as hints
  byte_view boot_log;    ///< empty: no part of it
  byte_view ima_log;     ///< empty: an empty part, as the agent sends
};
/// Its frames: part 0, then both logs, cut into parts as the agent does.
std::vector<bytes> frames_of(const order& asked, const evidence_body& body);

/// Frames of the whole evidence: manifest and quote made for this challenge, then the logs as far as they are
/// wanted. Nothing new was measured since `software` was loaded, so a machine that was asked to continue its
/// list sends an empty part, as the agent does. fault unsupported: another selection than the routine one.
result<std::vector<bytes>> evidence(soft_machine& machine, const order& asked, const channel& with,
                                    const measured_software& software);

} // namespace muster::bench
