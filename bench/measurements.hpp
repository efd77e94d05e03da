// One function for each group of numbers. Each adds its measurements to `out`; a fault says why the rest of
// its numbers is missing.
#pragma once

#include "bench/report.hpp"

#include <cstddef>
#include <functional>
#include <set>
#include <string>

namespace muster::bench {

struct options {
  std::size_t sessions = 1000;
  std::size_t in_flight = 64;
  unsigned rounds = 5;
  std::set<std::string, std::less<>> only; ///< keys; empty: all
  std::string input;                       ///< part of the names of the worst inputs to try; empty: all

  bool wants(std::string_view key) const { return only.empty() || only.contains(key); }
};

/// attestation_cpu_ratio_p256, attestations_per_s, heartbeat_cpu_us, rss_per_agent_bytes: of a real `ras`,
/// under a load that signs fresh evidence for each nonce.
///   1. the machines enrol and attest, one of them becomes the reference, all are trusted
///   2. the service restarts, knows them, and has no session: the memory that counts as "none"
///   3. all connect and attest once: the memory for each of them
///   4. rounds of routine attestations, then of beats that bring no challenge
status measure_service(const options& how, report& out);

/// attestation_cpu_ratio_rsa2048: the same load with RSA-2048 attestation keys, against one RSA-2048
/// verification, which is about four times cheaper than one of P-256. At most 100 machines: their keys are
/// expensive to make.
status measure_rsa(const options& how, report& out);

/// attestation_cpu_ratio_p256_100k_policy: two services under the same load, one as shipped with the
/// reference of a small machine, one with 100,000 files in its reference and a policy with patterns and
/// demands. Rounds alternate between them; the number is the median of nine quotients of neighbouring rounds.
status measure_large_policy(const options& how, report& out);

/// first_full_log_100k_ms: of a real `ras`, from the first beat of a machine to its durable result, for an
/// IMA log of 100,000 entries against a reference of as many files.
status measure_full_log(const options& how, report& out);

/// ima_entries_per_s: replay to a quote, claims, lookup among 100,000 references, in this process.
status measure_ima(const options& how, report& out);

/// event_logs_per_s: a real boot log of 52 events parsed, replayed and compared with a quote, in this
/// process.
status measure_event_logs(const options& how, report& out);

/// worst_case_cost_ratio: CPU time per byte of log for the most expensive evidence in worst_inputs.hpp,
/// relative to honest evidence under the same policy; the two alternate. If only this number is asked for, it
/// lists all inputs. In this process.
status measure_worst_case(const options& how, report& out);

/// whatif_nodes_per_s: a new set tried against the claims on record of 400 nodes of 5,000 distinct files
/// each, on one core, from the first page of the database to the outcome; in this process.
status measure_what_if(const options& how, report& out);

/// agent_rss_anon_bytes: of a real `raagent` on a machine of the lab, after its first attestations.
status measure_agent(const options& how, report& out);

} // namespace muster::bench
