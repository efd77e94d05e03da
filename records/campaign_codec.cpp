#include "appraisal/claims/field_codec.hpp"
#include "records/campaign.hpp"
#include "records/record_codec.hpp"

#include <array>

namespace muster::service {

namespace {

constexpr std::array<std::string_view, 6> phase_names{"observing", "proposed", "staged",
                                                      "enforced",  "expired",  "ended"};
constexpr std::array<std::string_view, 4> automation_names{"none", "propose", "stage", "enforce"};

template <class Names, class E> std::string_view name_in(const Names& names, E value) noexcept {
  const auto at = static_cast<std::size_t>(value);
  return at < names.size() ? names[at] : "unknown";
}

} // namespace

std::string_view to_string(campaign_phase p) noexcept { return name_in(phase_names, p); }
std::string_view to_string(campaign_automation a) noexcept { return name_in(automation_names, a); }

std::optional<campaign_automation> automation_from(std::string_view word) noexcept {
  for (std::size_t i = 0; i < automation_names.size(); ++i)
    if (automation_names[i] == word) return static_cast<campaign_automation>(i);
  return std::nullopt;
}

record<records::Campaign> to_record(const campaign& in) {
  return make_record<records::Campaign>([&](records::Campaign::Builder out) {
    out.setVersion(1);
    out.setGroup(text_of(in.group));
    out.setPhase(static_cast<std::uint8_t>(in.phase));
    auto canaries = out.initCanaries(static_cast<unsigned>(in.canaries.size()));
    for (unsigned i = 0; i < in.canaries.size(); ++i)
      canaries.set(i, data_of(in.canaries[i].raw));
    out.setQuorum(in.quorum);
    out.setRules(data_of(in.rules));
    out.setBeforeDigest(data_of(in.before));
    if (in.proposed) out.setProposedDigest(data_of(*in.proposed));
    out.setApproval(in.approval_required);
    out.setProposedBy(text_of(in.proposed_by));
    out.setApprovedBy(text_of(in.approved_by));
    out.setStageForMs(static_cast<std::uint64_t>(in.stage_for.count()));
    out.setStageEndsMs(in.stage_ends.milliseconds);
    out.setAutomation(static_cast<std::uint8_t>(in.automation));
    out.setGuardPercent(in.guard_percent);
    auto steps = out.initSteps(static_cast<unsigned>(in.steps.size()));
    for (unsigned i = 0; i < in.steps.size(); ++i) {
      steps[i].setPhase(static_cast<std::uint8_t>(in.steps[i].phase));
      steps[i].setWhenMs(in.steps[i].when.milliseconds);
      steps[i].setBy(text_of(in.steps[i].by));
      steps[i].setText(text_of(in.steps[i].text));
    }
  });
}

result<campaign> campaign_from(campaign_number number, const view<records::Campaign>& stored) {
  return stored.read([&](records::Campaign::Reader in) -> result<campaign> {
    appraisal::field_check check{"campaign record"};
    check.version(in.getVersion(), 1);
    campaign out;
    out.number = number;
    out.group = text_of(in.getGroup());
    out.phase = check.value<campaign_phase>("phase", in.getPhase());
    if (in.getCanaries().size() > campaign::max_canaries)
      check.fail("canaries", "are too many");
    else
      for (const auto one : in.getCanaries())
        out.canaries.push_back({check.digest32("canaries", one).value_or(bytes32{})});
    out.quorum = in.getQuorum();
    out.rules = to_bytes(bytes_of(in.getRules()));
    out.before = check.digest32("beforeDigest", in.getBeforeDigest()).value_or(bytes32{});
    out.proposed = check.digest32("proposedDigest", in.getProposedDigest());
    out.approval_required = in.getApproval();
    out.proposed_by = text_of(in.getProposedBy());
    out.approved_by = text_of(in.getApprovedBy());
    out.stage_for = std::chrono::milliseconds{static_cast<std::int64_t>(in.getStageForMs())};
    out.stage_ends = {in.getStageEndsMs()};
    out.automation = check.value<campaign_automation>("automation", in.getAutomation());
    out.guard_percent = in.getGuardPercent();
    if (in.getSteps().size() > campaign::max_steps)
      check.fail("steps", "are too many");
    else
      for (const auto one : in.getSteps())
        out.steps.push_back({check.value<campaign_phase>("steps.phase", one.getPhase()),
                             {one.getWhenMs()},
                             std::string{text_of(one.getBy())},
                             std::string{text_of(one.getText())}});
    if (out.phase == campaign_phase::staged && !out.proposed) check.fail("proposedDigest", "is missing");
    return check.done(std::move(out));
  });
}

} // namespace muster::service
