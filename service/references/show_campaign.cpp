#include "service/references/show_campaign.hpp"

#include "messages/build.hpp"
#include "messages/time_text.hpp"

namespace muster::service {

namespace {

template <class E> std::string word(E value) { return std::string{to_string(value)}; }

void put_steps(rest::Campaign::Builder out, const std::vector<campaign_step>& steps) {
  auto list = out.initSteps(static_cast<unsigned>(steps.size()));
  for (unsigned i = 0; i < steps.size(); ++i) {
    list[i].setPhase(text_of(word(steps[i].phase)));
    list[i].setWhen(text_of(rfc3339(steps[i].when)));
    list[i].setBy(text_of(steps[i].by));
    list[i].setText(text_of(steps[i].text));
  }
}

} // namespace

std::string next_command(const campaign& in, const campaign_details& details) {
  const auto about = [&](const char* verb) {
    return std::string{"muster campaign "} + verb + " " + in.group;
  };
  switch (in.phase) {
  case campaign_phase::observing:
    if (in.canaries.empty()) return about("propose") + " --set DIGEST";
    if (details.learnable == "yes") return about("propose");
    return "upgrade the canaries, reboot them where the boot changes, let them attest; then " + about("show");
  case campaign_phase::proposed:
    if (in.approval_required && in.approved_by.empty() && in.proposed)
      return about("approve") + " --set " + to_hex(*in.proposed);
    return about("stage");
  case campaign_phase::staged:
    return "upgrade the other machines; to see which are left: muster reference try " + in.group + " --set "
           + to_hex(in.proposed.value_or(bytes32{})) + "; then " + about("enforce");
  case campaign_phase::expired:
    return about("start") + " again; the set stays on record: propose it with --set "
           + to_hex(in.proposed.value_or(bytes32{}));
  default: return {};
  }
}

void put_campaign(rest::Campaign::Builder out, const campaign& in, const campaign_details& details) {
  out.setNumber(in.number.value);
  out.setGroup(text_of(in.group));
  out.setPhase(text_of(word(in.phase)));
  auto canaries = out.initCanaries(static_cast<unsigned>(details.canaries.size()));
  for (unsigned i = 0; i < details.canaries.size(); ++i) {
    const auto& one = details.canaries[i];
    canaries[i].setNode(text_of(to_string(one.id)));
    canaries[i].setName(text_of(one.name));
    canaries[i].setState(text_of(one.obstacle.empty() ? std::string{"ready"} : one.obstacle));
  }
  out.setQuorum(in.quorum);
  out.setBefore(text_of(to_hex(in.before)));
  if (in.proposed) out.setProposed(text_of(to_hex(*in.proposed)));
  out.setApprovalRequired(in.approval_required);
  out.setProposedBy(text_of(in.proposed_by));
  out.setApprovedBy(text_of(in.approved_by));
  out.setStageEnds(text_of(rfc3339(in.stage_ends)));
  out.setAutomation(text_of(word(in.automation)));
  out.setGuardPercent(in.guard_percent);
  put_steps(out, in.steps);
  auto lines = out.initDifference(static_cast<unsigned>(details.difference.size()));
  for (unsigned i = 0; i < details.difference.size(); ++i)
    lines.set(i, text_of(details.difference[i]));
  out.setSummary(text_of(details.summary));
  out.setLearnable(text_of(details.learnable));
  out.setWhenItEnds(text_of(details.when_it_ends));
  out.setNext(text_of(next_command(in, details)));
}

} // namespace muster::service
