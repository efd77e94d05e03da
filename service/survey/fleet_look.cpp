#include "service/survey/fleet_look.hpp"

#include "appraisal/policy/signature_rules.hpp"
#include "records/record_codec.hpp"
#include "records/rest_words.hpp"
#include "service/survey/trial.hpp"
#include "standing/record_appraiser.hpp"

#include <algorithm>
#include <functional>

namespace muster::service {

namespace {

constexpr std::size_t survey_page = 256; // read transactions stay short (docs/protocol.md 8)
constexpr std::size_t max_incidents = 1000;

using visitor = std::function<void(const node_record&, const result<view<records::State>>&)>;

/// Visits every enrolled machine of a group or of the fleet. A machine whose own record cannot be read is
/// only logged: its group is unknown.
status each_enrolled(const survey_deps& deps, const std::string& group, const visitor& visit) {
  std::optional<node_id> after;
  for (;;) {
    if (deps.stopping->load()) return fault{errc::busy, "service: it is stopping"};
    const auto found = deps.reader->snapshots(after, survey_page);
    if (!found) return found.fault();
    for (const auto& one : *found) {
      auto node = one.node ? node_from(one.id, *one.node) : result<node_record>{one.node.fault()};
      if (!node) {
        deps.log.error("survey.bad_record",
                       {{"node", to_string(one.id)}, runtime::fault_check(node.fault())});
      } else if (node->standing == standing::enrolled && (group.empty() || node->group == group)) {
        visit(*node, one.state);
      }
    }
    if (found->size() < survey_page) return {};
    after = found->back().id;
  }
}

} // namespace

trial_reply try_context(const survey_deps& deps, const context_ptr& context) {
  trial out;
  record_appraiser appraiser{deps.reader, context};
  const auto one = [&](const node_record& node, const result<view<records::State>>& stored) {
    if (!stored) {
      if (stored.fault().code == errc::not_found) return out.add_without_claims({});
      return out.add_unreadable();
    }
    const auto state = state_from(*stored);
    if (!state) return out.add_unreadable();
    if (!state->boot_claims) return out.add_without_claims(*state);
    // Signatures that were never checked can be judged only after the machine's next full log.
    const auto& wanted = context->policy->signatures;
    if (!wanted.required.empty() && state->pins != appraisal::digest_of_pins(wanted))
      return out.add_unreadable();
    const auto then = appraiser.appraise(node, *state);
    if (!then) {
      deps.log.error("survey.bad_record", {{"node", to_string(node.id)}, runtime::fault_check(then.fault())});
      return out.add_unreadable();
    }
    out.add(node, *state, *then);
  };
  if (const auto done = each_enrolled(deps, context->group, one); !done) return done.fault();
  return std::make_shared<const trial_outcome>(std::move(out).finish());
}

rest_answer find_incidents(const survey_deps& deps, const std::string& group) {
  appraisal::cause_table table;
  std::uint64_t machines = 0;
  std::uint64_t affected = 0;
  const auto news = deps.watch ? deps.watch->worse_than_recorded() : worse_states{};
  const auto count = [&](const node_record& node, const node_state& state) {
    affected +=
        std::ranges::any_of(state.findings, [](const finding& f) { return f.level >= severity::warning; })
            ? 1
            : 0;
    table.add(node.name.empty() ? to_string(node.id) : node.name, state.findings);
  };
  const auto one = [&](const node_record& node, const result<view<records::State>>& stored) {
    ++machines;
    auto state = stored ? state_from(*stored) : result<node_state>{stored.fault()};
    if (const auto worse = news.find(node.id); worse != news.end())
      return count(node, worse_of(state ? *std::move(state) : node_state{}, worse->second));
    if (state) count(node, *state);
  };
  if (const auto done = each_enrolled(deps, group, one); !done) return done.fault();
  const auto causes = table.worst_first();
  const auto listed = std::min(causes.size(), max_incidents);
  return frame::adopt(build<rest::Incidents>([&](rest::Incidents::Builder out) {
    out.setMachines(machines);
    out.setAffected(affected);
    auto list = out.initCauses(static_cast<unsigned>(listed));
    for (unsigned i = 0; i < listed; ++i)
      put_cause(list[i], causes[i]);
    out.setLeftOut(table.left_out() + causes.size() - listed);
  }));
}

} // namespace muster::service
