// The vendors' vouching for machines on record, computed by what is in force now.
#include "appraisal/bundle/result_codec.hpp"
#include "crypto/digest.hpp"
#include "messages/vocabulary/writer.hpp"
#include "records/record_codec.hpp"
#include "service/trust_mgr/trust_mgr.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

/// After this time the chain is verified again even without a reload: certificates expire.
constexpr std::uint64_t vouching_age_ms = 60UL * 60 * 1000;

bytes32 digest_of(const std::vector<bytes>& chain) {
  writer all;
  for (const auto& one : chain)
    all.u32_be(static_cast<std::uint32_t>(one.size())).put(one);
  return crypto::sha256(all.take());
}

} // namespace

vendor_trust_ptr trust_mgr_state::vendors() const { return deps_.vendors ? deps_.vendors->load() : nullptr; }

bytes trust_mgr_state::newest_attest(const node_state& state) const {
  if (const auto by = vendors(); !by || by->policy.denied.firmware.empty()) return {}; // no denial needs it
  const auto stored =
      deps_.reader->get<tables::results>(state.proven.value != 0 ? state.proven : state.result);
  if (!stored) return {};
  const auto read = appraisal::result_from(*stored);
  return read && read->evidence ? read->evidence->attest : bytes{};
}

node_ptr trust_mgr_state::vouched_now(const node_ptr& node, byte_view attest) {
  const auto by = vendors();
  if (!by || node->standing != standing::enrolled) return node;
  const auto wall = deps_.clock->wall();
  auto& last = vouched_[node->id];
  const auto chain = digest_of(node->ek_chain);
  if (last.by != by || last.chain != chain || wall.milliseconds >= last.until.milliseconds) {
    const auto said = vouch(*node, *by, wall);
    if (!said) {
      deps_.log.error("vouching.failed", {{"node", to_string(node->id)}, runtime::fault_check(said.fault())});
      return node;
    }
    last = {by, chain, *said, {wall.milliseconds + vouching_age_ms}};
  }
  auto said = last.said;
  // The quote says which firmware runs; the certificate says which was sold.
  if (!said.denied)
    if (auto flaw = firmware_denial(*node, attest, *by)) said = {endorsement::none, *std::move(flaw), true};
  auto next = *node;
  if (!take_vouching(next, said)) return node;
  return std::make_shared<const node_record>(std::move(next));
}

void trust_mgr_state::scan_if_vendors_changed() {
  auto now = vendors();
  if (now == scanned_by_) return;
  scanned_by_ = std::move(now);
  scan_from_.reset();
  if (!std::exchange(scanning_, true)) self_->send(self_, reappraise_atom::value);
}

} // namespace muster::service
