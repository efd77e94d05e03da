// The service, as far as it is pure, for one node: challenge, verification, decision, record, re-appraisal.
#pragma once

#include "records/context.hpp"
#include "standing/lease.hpp"
#include "tests/liar/answer.hpp"
#include "tests/liar/level.hpp"
#include "tests/liar/memory_store.hpp"

#include <optional>

namespace muster::liar {

/// A plain value: a copy goes on by itself. Whatever it knows between two steps is what its store holds, so
/// that each step begins as a service that has just been started.
class judge {
public:
  /// `number`: which machine of its group it is.
  judge(std::shared_ptr<const testing::soft_tpm> key, service::context_ptr context, std::uint8_t number = 7);

  /// One attestation, and another with whole logs as often as the service asks for them, or once if what it
  /// found can be mended by nothing else. Each is answered with `told`, and quoted by `tpm`.
  level attest(const account& told, chip& tpm);
  /// The same time passes, and the machine says nothing.
  level hear_nothing();
  /// Nothing is heard of the machine until its lease has ended.
  level wait_for_lease_end();
  /// Another set or policy, or only another version of both: what is on record is judged again.
  level reappraise(service::context_ptr under);

  level shown() const;
  service::node_state state() const { return store_.state(node_.id); }
  const memory_store& store() const noexcept { return store_; }
  const service::node_record& node() const noexcept { return node_; }
  const service::context_ptr& context() const noexcept { return context_; }
  wall_time now() const noexcept { return now_.wall; }
  /// From which entry on it was told the list last; none if that was an old answer.
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
  std::shared_ptr<const answer> last_; ///< what was answered last
  std::optional<std::uint64_t> told_from_;
};

} // namespace muster::liar
