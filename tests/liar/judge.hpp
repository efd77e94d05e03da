// The pure part of the service for one node: challenge, verification, decision, record, re-appraisal.
#pragma once

#include "records/context.hpp"
#include "standing/lease.hpp"
#include "tests/liar/answer.hpp"
#include "tests/liar/level.hpp"
#include "tests/liar/memory_store.hpp"

#include <optional>

namespace muster::liar {

/// A plain value: a copy continues on its own. Between two steps it keeps only what its store holds, so each
/// step begins like a service that has just started.
class judge {
public:
  /// `number` tells apart the machines of one group.
  judge(std::shared_ptr<const testing::soft_tpm> key, service::context_ptr context, std::uint8_t number = 7);

  /// One attestation, then others with whole logs as often as the service asks for them, or once if only
  /// whole logs can mend its findings. Each is answered with `told`, and quoted by `tpm`.
  level attest(const account& told, chip& tpm);
  /// As much time passes as for an attestation, and the machine says nothing.
  level hear_nothing();
  /// The machine says nothing until its lease has ended.
  level wait_for_lease_end();
  /// Judges the record again under another set or policy, or under another version of the same.
  level reappraise(service::context_ptr under);

  level shown() const;
  service::node_state state() const { return store_.state(node_.id); }
  const memory_store& store() const noexcept { return store_; }
  const service::node_record& node() const noexcept { return node_; }
  const service::context_ptr& context() const noexcept { return context_; }
  wall_time now() const noexcept { return now_.wall; }
  /// The first entry of the list that was reported last; none if that was a repeated answer.
  std::optional<std::uint64_t> told_from() const noexcept { return told_from_; }

private:
  service::challenge next_challenge(const service::node_state& state, const account& told, bool whole);
  service::evidence_channel channel(const account& told) const;
  std::shared_ptr<const appraisal::attestation_outcome> verify(const service::challenge& asked,
                                                               const service::node_state& state,
                                                               const account& told, const answer& sent) const;
  bool attest_once(const account& told, chip& tpm, bool whole);

  std::shared_ptr<const testing::soft_tpm> key_;
  std::shared_ptr<const tpm::trusted_ak> ak_;
  service::context_ptr context_;
  memory_store store_;
  service::node_record node_;
  service::moment now_;
  std::uint64_t number_ = 0;
  std::shared_ptr<const answer> last_; ///< the machine's last answer
  std::optional<std::uint64_t> told_from_;
};

} // namespace muster::liar
