#include "service/evidence/kept_bundle.hpp"

#include "appraisal/bundle/bundle_frames.hpp"
#include "appraisal/bundle/bundle_verification.hpp"
#include "records/record_codec.hpp"
#include "service/evidence/kept_proof.hpp"

namespace muster::service {

namespace {

constexpr std::size_t reference_piece = std::size_t{1} << 20U;
/// How many attestations a refusal names.
constexpr std::size_t max_named = 16;
constexpr std::uint32_t max_log_pieces = 1'000'000;

/// What is to be written: the header's values, and the raw log that belongs to them.
struct kept_attestation {
  appraisal::bundle_header header;
  std::uint32_t log = 0;
  sequence result;     ///< of its record
  wall_time certified; ///< when the certificate of its AK was issued
};

result<appraisal::result_content> load_result(const store_reader& store, sequence at) {
  const auto stored = store.get<tables::results>(at);
  if (!stored) return stored.fault();
  return appraisal::result_from(*stored);
}

fault nothing_kept(std::string_view what) { return {errc::not_found, "evidence: " + std::string{what}}; }

/// The result of that attestation, if it is among those that are kept.
result<appraisal::result_content> find_result(const store_reader& store, const node_id& id,
                                              attestation_number number, sequence& found_at) {
  const auto kept = store.results_of(id, store_reader::max_page);
  if (!kept) return kept.fault();
  std::string others;
  std::size_t named = 0;
  for (const auto at : *kept) {
    auto one = load_result(store, at);
    found_at = at;
    if (one && one->number == number) return one;
    if (one && one->log != 0 && ++named <= max_named)
      others += (named == 1 ? "" : ", ") + std::to_string(one->number.value);
  }
  return nothing_kept("none of attestation " + std::to_string(number.value)
                      + " is kept; kept are the newest and those at"
                      + " which verdict or findings changed: " + others + (named > max_named ? ", ..." : ""));
}

void judged_as_then(kept_attestation& out, const appraisal::result_content& then) {
  auto& header = out.header;
  header.kept = appraisal::lasting_of(then.findings);
  header.recorded = then.verdict;
  header.vouched_by = then.vouched_by;
  if (then.policy) header.policy = *then.policy;
  if (then.reference) header.references.push_back(*then.reference);
  if (then.reference && then.staged) header.references.push_back(*then.staged);
}

void judged_as_now(kept_attestation& out, const node_state& state, const node_record& node) {
  auto& header = out.header;
  header.kept = appraisal::lasting_of(state.findings);
  header.recorded = state.verdict;
  header.vouched_by = node.level;
  if (state.policy) header.policy = *state.policy;
  if (state.reference) header.references.push_back(*state.reference);
  if (state.reference && state.staged) header.references.push_back(*state.staged);
}

/// Adds the certificate of the AK that signed, if it is of the newest generation.
void add_certificate(const store_reader& store, kept_attestation& out) {
  const auto stored = store.get<tables::ak_certificates>(out.header.node);
  if (!stored) return;
  auto kept = ak_certificate_from(*stored);
  if (!kept || kept->generation != out.header.generation) return;
  out.header.ak_certificate = std::move(kept->certificate);
  out.header.ak_chain = std::move(kept->chain);
  out.certified = kept->issued;
}

result<kept_attestation> find_attestation(const store_reader& store, const node_id& id,
                                          std::optional<attestation_number> number, wall_time now) {
  const auto snapshot = store.snapshot(id);
  if (!snapshot) return snapshot.fault();
  if (!snapshot->node && snapshot->node.fault().code == errc::not_found)
    return nothing_kept("there is no such node");
  if (!snapshot->node) return snapshot->node.fault();
  const auto node = node_from(id, *snapshot->node);
  if (!node) return node.fault();
  if (!snapshot->state) return nothing_kept("this node never attested");
  const auto state = state_from(*snapshot->state);
  if (!state) return state.fault();

  const auto newest_at = state->proven.value != 0 ? state->proven : state->result;
  auto newest = state->boot
                    ? load_result(store, newest_at)
                    : result<appraisal::result_content>{nothing_kept("nothing of this node is verified")};
  const bool then = number && (!newest || newest->number != *number);
  sequence found_at;
  const auto result = then ? find_result(store, id, *number, found_at) : std::move(newest);
  if (!result) return result.fault();
  if (!result->evidence || result->log == 0)
    return nothing_kept("that of this attestation did not verify, so its logs are not kept");
  if (result->log != state->log && result->log != state->last_log)
    return nothing_kept("the logs of this attestation are of a boot before the last, and not kept");

  kept_attestation out;
  auto& header = out.header;
  header.software = "ras";
  header.node = id;
  header.ek_public = node->ek_public;
  header.generation = result->generation;
  header.epoch = result->epoch;
  header.number = result->number;
  header.decided = result->decided;
  header.evidence = result->evidence;
  header.admitted_by = node->admitted_by;
  header.name = node->name;
  header.group = node->group;
  header.exported = now;
  out.log = result->log;
  out.result = then ? found_at : newest_at;
  add_certificate(store, out);
  out.header.log = prove_in_log(store, out.header, {out.result, out.certified});
  if (then)
    judged_as_then(out, *result);
  else
    judged_as_now(out, *state, *node);
  return out;
}

/// Writes parts, and verifies each as a reader will.
class bundle_writer {
public:
  explicit bundle_writer(const bundle_sink& out) : out_{out} {}

  status add(const frame& part) {
    if (auto taken = verification_.take(part); !taken) return taken;
    size_ += part.size() + appraisal::bundle_frames::head_size;
    if (size_ > max_bundle) return fault{errc::limit, "evidence: more than 1 GiB, which no bundle may have"};
    if (auto head = out_(appraisal::frame_head(part.view())); !head) return head;
    return out_(part.view());
  }

  status add_reference(const store_reader& store, const bytes32& digest, std::uint8_t which) {
    const auto set = store.get<tables::references>(content_address{digest});
    if (!set) return set.fault();
    for (auto rest = set->content(); !rest.empty();) {
      const auto piece = rest.first(std::min(rest.size(), reference_piece));
      rest = rest.subspan(piece.size());
      if (auto added = add(appraisal::reference_part(which, piece)); !added) return added;
    }
    return {};
  }

  status add_log(const store_reader& store, const node_id& id, std::uint32_t log) {
    for (std::uint32_t index = 0; index < max_log_pieces; ++index) {
      const auto piece = store.log_piece(id, log, index);
      if (!piece) return piece.fault();
      if (!*piece) return {};
      const auto body = (*piece)->body.view();
      const auto part = (*piece)->kind == log_piece_kind::boot ? appraisal::boot_log_part(body)
                                                               : appraisal::ima_log_part(body);
      if (auto added = add(part); !added) return added;
    }
    return fault{errc::limit, "evidence: the log has too many pieces"};
  }

  result<verdict> close() {
    const auto concluded = verification_.conclude();
    if (!concluded) return concluded.fault();
    if (auto added = add(appraisal::result_part(appraisal::to_record(*concluded).content())); !added)
      return added.fault();
    if (auto added = add(appraisal::end_part(verification_.chain())); !added) return added.fault();
    return concluded->verdict;
  }

private:
  const bundle_sink& out_;
  appraisal::bundle_verification verification_;
  std::uint64_t size_ = 0;
};

/// Evidence was good when it was stored: if it is bad now, it changed while it was read.
fault as_conflict(const fault& why) {
  const bool ours = why.code == errc::io || why.code == errc::limit || why.code == errc::not_found;
  return ours ? why : fault{errc::conflict, "evidence: what is kept does not verify: " + why.check};
}

} // namespace

result<written_bundle> write_bundle(const store_reader& store, const node_id& id,
                                    std::optional<attestation_number> number, wall_time now,
                                    const bundle_sink& out) {
  const auto found = find_attestation(store, id, number, now);
  if (!found) return found.fault();
  const auto policy = store.get<tables::policies>(content_address{found->header.policy});
  if (!policy) return nothing_kept("the policy that judged it is not on record");
  bundle_writer writer{out};
  status done = writer.add(appraisal::header_part(found->header));
  if (done) done = writer.add(appraisal::policy_part(policy->content()));
  for (std::size_t i = 0; done && i < found->header.references.size(); ++i)
    done = writer.add_reference(store, found->header.references[i], static_cast<std::uint8_t>(i));
  if (done) done = writer.add_log(store, id, found->log);
  if (!done) return as_conflict(done.fault());
  const auto concluded = writer.close();
  if (!concluded) return as_conflict(concluded.fault());
  if (rank_of(*concluded) > rank_of(found->header.recorded))
    return fault{errc::conflict,
                 "evidence: what is kept of that attestation leads to a better verdict than it had: "
                 "a finding that it had then is not kept; export another attestation"};
  return written_bundle{found->header.recorded, *concluded};
}

} // namespace muster::service
