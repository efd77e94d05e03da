// One attestation with whole logs, judged in this process from part 0 to the record of the decision.
#pragma once

#include "appraisal/attestation/running_attestation.hpp"
#include "appraisal/policy/policy.hpp"
#include "bench/soft_machine.hpp"
#include "bench/worst_inputs.hpp"

#include <chrono>

namespace muster::bench {

/// The rules that a group of machines is judged by.
struct judges {
  std::shared_ptr<const appraisal::policy> policy;
  std::shared_ptr<const appraisal::reference_set> reference; ///< null: none
};

/// Evidence as it arrives: quoted by the machine, its logs in parts as agents send them.
class whole_attestation {
public:
  /// Replays the logs and has the machine quote the resulting values. If `what` has a recorded prefix, that
  /// prefix is attested first. fault: no machine could quote these logs.
  static result<whole_attestation> make(soft_machine& machine, const evidence_input& what, const judges& by);

  struct judged {
    appraisal::attestation_outcome outcome; ///< without its findings, which moved into the decision
    std::size_t listed = 0;                 ///< findings of the decision
    std::string first;                      ///< the sentence of the first of them
    std::size_t record_size = 0;            ///< bytes of the decision
    std::chrono::nanoseconds spent{0};      ///< CPU time of this thread
  };
  /// All the work of the pure code: part 0, parts, finish, the verdict, and the decision as a record.
  result<judged> run(const judges& by) const;

  /// Bytes of both logs.
  std::size_t size() const noexcept { return size_; }

private:
  explicit whole_attestation(tpm::trusted_ak ak) : ak_{std::move(ak)} {}

  tpm::trusted_ak ak_;
  appraisal::issued_challenge challenge_;
  appraisal::attested_channel channel_;
  std::shared_ptr<const appraisal::recorded_boot> recorded_;
  frame manifest_;
  bytes attest_;
  bytes signature_;
  tpm::pcr_values hints_;
  std::vector<frame> boot_parts_;
  std::vector<frame> ima_parts_;
  std::size_t size_ = 0;
};

} // namespace muster::bench
