#include "service/references/learning.hpp"

#include "appraisal/reference/extraction_codec.hpp"
#include "records/record_codec.hpp"
#include "service/references/acceptance.hpp"

namespace muster::service {

namespace {

struct pupil {
  canary_state state;
  std::optional<appraisal::teachable> teaches; ///< only of a canary that is ready
};

status shown_since(const node_state& state, const campaign& in) {
  const auto begun = in.steps.empty() ? wall_time{} : in.steps.front().when;
  if (state.attested > begun) return {};
  return fault{errc::not_found, "canary: it has not attested since the campaign began"};
}

result<appraisal::teachable> what_it_teaches(const store_reader& store, const node_record& node,
                                             const node_state& state, const campaign& in,
                                             const appraisal_context& context) {
  if (const auto shown = shown_since(state, in); !shown) return shown.fault();
  return may_teach(node, state, read_recorded_claims(store, node.id, state), in.group, *context.policy);
}

pupil look_at(const store_reader& store, const node_id& id, const campaign& in,
              const appraisal_context& context) {
  pupil out{{id, {}, {}}, std::nullopt};
  const auto not_ready = [&](const fault& why) {
    out.state.obstacle = why.check;
    return std::move(out);
  };
  const auto snapshot = store.snapshot(id);
  if (!snapshot) return not_ready(snapshot.fault());
  if (!snapshot->node) return not_ready({errc::not_found, "canary: the machine is no longer known"});
  const auto node = node_from(id, *snapshot->node);
  if (!node) return not_ready(node.fault());
  out.state.name = node->name;
  if (!snapshot->state) return not_ready({errc::not_found, "canary: it never attested"});
  const auto state = state_from(*snapshot->state);
  if (!state) return not_ready(state.fault());
  auto teaches = what_it_teaches(store, *node, *state, in, context);
  if (!teaches) return not_ready(teaches.fault());
  out.teaches = std::move(*teaches);
  return out;
}

std::vector<pupil> look_at_all(const store_reader& store, const campaign& in,
                               const appraisal_context& context) {
  std::vector<pupil> out;
  for (const auto& id : in.canaries)
    out.push_back(look_at(store, id, in, context));
  return out;
}

std::string shown_name(const canary_state& one) { return one.name.empty() ? to_string(one.id) : one.name; }

result<appraisal::extraction_rules> rules_of(const campaign& in) {
  if (in.rules.empty()) return appraisal::extraction_rules{};
  const auto stored = parse_view<records::ExtractionRules>(frame::copy_of(in.rules));
  if (!stored) return stored.fault();
  return appraisal::extraction_rules_from(*stored);
}

result<learnt> agreement(std::vector<pupil> all, const campaign& in) {
  if (in.canaries.empty())
    return fault{errc::malformed, "campaign: it has no canaries; propose a set on record: --set DIGEST"};
  const auto rules = rules_of(in);
  if (!rules) return rules.fault();
  std::vector<appraisal::teachable> ready;
  learnt out;
  const canary_state* first_obstacle = nullptr;
  for (auto& one : all) {
    if (!one.teaches) {
      if (first_obstacle == nullptr) first_obstacle = &one.state;
      continue;
    }
    ready.push_back(std::move(*one.teaches));
    out.learnt_from.push_back(one.state.id);
  }
  if (ready.size() < in.quorum)
    return fault{errc::denied, "campaign: canaries that are ready: " + std::to_string(ready.size()) + " of "
                                   + std::to_string(all.size())
                                   + "; that must agree: " + std::to_string(in.quorum) + "; "
                                   + shown_name(*first_obstacle) + ": " + first_obstacle->obstacle};
  auto from = appraisal::extract_quorum(ready, in.quorum, *rules);
  if (!from) return from.fault();
  out.from = std::move(*from);
  return out;
}

} // namespace

status check_canaries(const store_reader& store, const campaign& in) {
  for (const auto& id : in.canaries) {
    const auto stored = store.get<tables::nodes>(id);
    if (!stored && stored.fault().code == errc::not_found)
      return fault{errc::not_found, "canaries: there is no machine " + to_string(id)};
    if (!stored) return stored.fault();
    const auto node = node_from(id, *stored);
    if (!node) return node.fault();
    if (node->group != in.group)
      return fault{errc::denied, "canaries: " + (node->name.empty() ? to_string(id) : printable(node->name))
                                     + " is of group " + printable(node->group) + ", not of "
                                     + printable(in.group)};
  }
  return {};
}

std::vector<canary_state> look_at_canaries(const store_reader& store, const campaign& in,
                                           const appraisal_context& context) {
  std::vector<canary_state> out;
  for (auto& one : look_at_all(store, in, context))
    out.push_back(std::move(one.state));
  return out;
}

lesson learn(const store_reader& store, const campaign& in, const appraisal_context& context) {
  auto all = look_at_all(store, in, context);
  std::vector<canary_state> canaries;
  for (const auto& one : all)
    canaries.push_back(one.state);
  return {std::move(canaries), agreement(std::move(all), in)};
}

bytes32 mark_of_lesson(const store_reader& store, const campaign& in, const appraisal_context& context) {
  bytes seen;
  append(seen, context.policy_digest);
  append(seen, context.reference_digest);
  for (const auto& id : in.canaries) {
    const auto snapshot = store.snapshot(id);
    append(seen, crypto::sha256(snapshot && snapshot->node ? snapshot->node->content() : byte_view{}));
    append(seen, crypto::sha256(snapshot && snapshot->state ? snapshot->state->content() : byte_view{}));
  }
  return crypto::sha256(seen);
}

} // namespace muster::service
