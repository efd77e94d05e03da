#include "service/rest_api/group_requests.hpp"

#include "appraisal/policy/policy_codec.hpp"
#include "appraisal/verdict/carry_over.hpp"
#include "schemas/rest.capnp.h"

#include <array>

namespace muster::service::rest_api {

namespace {

/// Longest stage that is read, in seconds. The campaign itself has a lower bound and refuses what exceeds it.
constexpr std::uint64_t max_stage_seconds = 366ULL * 24 * 3600;

result<std::optional<bytes32>> set_from(std::string_view hex) {
  if (hex.empty()) return std::optional<bytes32>{};
  const auto raw = bytes32_from_hex(hex);
  if (!raw) return fault{errc::malformed, "set: expected 64 digits of hex, the digest of a set on record"};
  return std::optional<bytes32>{*raw};
}

routed read_step(const asked& in, campaign_verb verb) {
  campaign_order order;
  order.group = in.segment;
  order.verb = verb;
  if (in.body.empty()) return rest_request{move_campaign{std::move(order)}};
  return with_body<rest::CampaignStepRequest>(in, {}, [&](rest::CampaignStepRequest::Reader body) -> routed {
    const auto set = set_from(text_of(body.getSet()));
    if (!set) return bad_request(set.fault());
    order.set = *set;
    if (body.getForce()) order.guard = guard::overruled;
    if (set->has_value() && verb != campaign_verb::propose && verb != campaign_verb::approve)
      return wrong_field("set: only propose and approve take one");
    if (body.getForce() && verb != campaign_verb::enforce && verb != campaign_verb::undo
        && verb != campaign_verb::end)
      return wrong_field("force: only enforce, undo and end have a guard");
    return rest_request{move_campaign{order}};
  });
}

} // namespace

routed read_accept(const asked& in) {
  static constexpr std::array<std::string_view, 1> required{"group"};
  return with_body<rest::ReferenceRequest>(in, required, [&](rest::ReferenceRequest::Reader body) -> routed {
    if (body.getGroup().size() == 0) return wrong_field("group: is empty");
    if (const auto good = check_words({{"group", body.getGroup()}, {"from", body.getFrom()}}); !good)
      return bad_request(good.fault());
    const auto set = set_from(text_of(body.getSet()));
    if (!set) return bad_request(set.fault());
    if (!set->has_value() && body.getFrom().size() == 0)
      return wrong_field("from: give it, or set, or both where nothing but that set may be learnt");
    return rest_request{accept_reference{copy_of(body.getGroup()), copy_of(body.getFrom()),
                                         body.getForce() ? guard::overruled : guard::holds, *set}};
  });
}

routed read_amend(const asked& in) {
  static constexpr std::array<std::string_view, 1> required{"group"};
  return with_body<rest::AmendRequest>(in, required, [&](rest::AmendRequest::Reader body) -> routed {
    if (body.getGroup().size() == 0) return wrong_field("group: is empty");
    if (const auto good =
            check_words({{"group", body.getGroup()}, {"from", body.getFrom()}, {"listed", body.getListed()}});
        !good)
      return bad_request(good.fault());
    const bool of_node = body.getFrom().size() != 0;
    if (of_node == (body.getFile().size() != 0)) return wrong_field("from, file: give one of them");
    if (of_node != (body.getFindings().size() != 0))
      return wrong_field("findings: give their numbers with from, and none with file");
    if (body.getFindings().size() > appraisal::kept_findings::max_kept)
      return wrong_field("findings: expected at most 256 numbers");
    if (of_node == (body.getPath().size() != 0)) return wrong_field("path: give it with file, and only then");
    const auto set = set_from(text_of(body.getSet()));
    if (!set) return bad_request(set.fault());
    if (body.getForce() && (body.getCampaign() || !set->has_value()))
      return wrong_field("force: only what comes into force has a guard: give set, and no campaign");
    amend_reference out;
    out.from = copy_of(body.getFrom());
    auto& wanted = out.wanted;
    wanted.group = copy_of(body.getGroup());
    for (const auto number : body.getFindings())
      wanted.findings.push_back(number);
    wanted.listed = copy_of(body.getListed());
    wanted.file = copy_of(body.getFile());
    wanted.path = copy_of(body.getPath());
    wanted.set = *set;
    if (set->has_value()) wanted.goes = amendment_goes::into_force;
    if (body.getCampaign()) wanted.goes = amendment_goes::into_campaign;
    if (body.getForce()) wanted.guard = guard::overruled;
    return rest_request{std::move(out)};
  });
}

routed read_import_set(const asked& in) {
  if (in.content_type != "application/octet-stream")
    return problem{415, "media-type", "a reference set comes as application/octet-stream", {}, {}};
  const auto digest = bytes32_from_hex(in.segment);
  if (!digest) return wrong_field("digest: expected 64 digits of hex, as the set's name");
  if (in.body.empty()) return wrong_field("body: is empty");
  return rest_request{import_set{*digest, frame::copy_of(as_bytes(in.body))}};
}

routed read_export_set(const asked& in) {
  const auto digest = bytes32_from_hex(in.segment);
  if (!digest) return wrong_field("digest: expected 64 digits of hex, of a set on record");
  return rest_request{export_set{*digest}};
}

routed read_try_reference(const asked& in) {
  static constexpr std::array<std::string_view, 1> required{"group"};
  return with_body<rest::TryReferenceRequest>(
      in, required, [&](rest::TryReferenceRequest::Reader body) -> routed {
        if (body.getGroup().size() == 0) return wrong_field("group: is empty");
        if (const auto good = check_words({{"group", body.getGroup()}, {"from", body.getFrom()}}); !good)
          return bad_request(good.fault());
        const auto set = set_from(text_of(body.getSet()));
        if (!set) return bad_request(set.fault());
        if (set->has_value() == (body.getFrom().size() != 0))
          return wrong_field("set, from: give one of them");
        return rest_request{try_reference{copy_of(body.getGroup()), *set, copy_of(body.getFrom())}};
      });
}

routed read_try_policy(const asked& in) {
  static constexpr std::array<std::string_view, 2> required{"group", "record"};
  return with_body<rest::TryPolicyRequest>(in, required, [&](rest::TryPolicyRequest::Reader body) -> routed {
    if (body.getGroup().size() == 0) return wrong_field("group: is empty");
    if (const auto good = check_word("group", text_of(body.getGroup())); !good)
      return bad_request(good.fault());
    const auto raw = from_hex(text_of(body.getRecord()));
    if (!raw) return wrong_field("record: expected the canonical record of a policy, in hex");
    const auto stored = parse_view<records::Policy>(frame::copy_of(*raw));
    if (!stored) return bad_request({errc::malformed, "record: " + stored.fault().check});
    auto policy = appraisal::policy_from(*stored);
    if (!policy) return bad_request({errc::malformed, "record: " + policy.fault().check});
    return rest_request{
        try_policy{copy_of(body.getGroup()), std::make_shared<const appraisal::policy>(std::move(*policy))}};
  });
}

routed read_incidents(const asked& in) {
  list_incidents out;
  for (const auto& [key, value] : in.where.query) {
    if (key != "group") return wrong_field("target: unknown query key; there is group");
    out.group = value;
  }
  if (const auto good = check_word("group", out.group); !good) return bad_request(good.fault());
  return rest_request{std::move(out)};
}

routed read_start_campaign(const asked& in) {
  return with_body<rest::CampaignRequest>(in, {}, [&](rest::CampaignRequest::Reader body) -> routed {
    start_campaign out;
    out.plan.group = in.segment;
    if (body.getCanaries().size() > campaign::max_canaries)
      return wrong_field("canaries: expected at most 64 machines");
    for (const auto one : body.getCanaries()) {
      if (const auto good = check_word("canaries", text_of(one)); !good) return bad_request(good.fault());
      out.canaries.push_back(copy_of(one));
    }
    out.plan.quorum = body.getQuorum();
    const auto rules = from_hex(text_of(body.getRules()));
    if (!rules) return wrong_field("rules: expected the canonical record of extraction rules, in hex");
    out.plan.rules = *rules;
    out.plan.approval = body.getApproval();
    if (body.getStageSeconds() > max_stage_seconds)
      return wrong_field("stage_seconds: expected at most 90 days");
    out.plan.stage_for = std::chrono::seconds{body.getStageSeconds()};
    const auto word = text_of(body.getAutomation());
    const auto automation = word.empty() ? campaign_automation::none : automation_from(word);
    if (!automation) return wrong_field("automation: expected one of none, propose, stage, enforce");
    out.plan.automation = *automation;
    return rest_request{std::move(out)};
  });
}

routed read_propose(const asked& in) { return read_step(in, campaign_verb::propose); }
routed read_approve_campaign(const asked& in) { return read_step(in, campaign_verb::approve); }
routed read_stage(const asked& in) { return read_step(in, campaign_verb::stage); }
routed read_enforce(const asked& in) { return read_step(in, campaign_verb::enforce); }
routed read_undo(const asked& in) { return read_step(in, campaign_verb::undo); }
routed read_end(const asked& in) { return read_step(in, campaign_verb::end); }

} // namespace muster::service::rest_api
