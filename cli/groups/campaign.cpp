#include "cli/client/shown_status.hpp"
#include "cli/client/text_table.hpp"
#include "cli/client/trial.hpp"
#include "cli/groups/group_commands.hpp"
#include "messages/json_write.hpp"

#include <ostream>

namespace muster::cli {

namespace {

std::string campaign_path(const std::string& group, std::string_view rest = {}) {
  return "/v1/groups/" + encoded(group) + "/campaign" + std::string{rest};
}

void print_canaries(std::ostream& out, rest::Campaign::Reader in) {
  if (in.getCanaries().size() == 0) return;
  out << "canaries (" << in.getQuorum() << " must agree)\n";
  for (const auto one : in.getCanaries()) {
    const auto name =
        one.getName().size() != 0 ? text_of(one.getName()) : text_of(one.getNode()).substr(0, 16);
    out << "  " << printable(name) << "  " << printable(text_of(one.getState())) << '\n';
  }
  const auto learnable = text_of(in.getLearnable());
  if (!learnable.empty())
    out << "  " << (learnable == "yes" ? "they agree: it can be proposed" : printable(learnable)) << '\n';
}

/// What of the proposal is printed: every step would print the same lines again.
enum class proposal { differences, summary };

void print_proposal(std::ostream& out, rest::Campaign::Reader in, proposal shown) {
  if (in.getProposed().size() == 0) return;
  out << "proposed    " << printable(text_of(in.getProposed())) << " by "
      << printable(text_of(in.getProposedBy())) << '\n';
  if (in.getApprovedBy().size() != 0)
    out << "approved    by " << printable(text_of(in.getApprovedBy())) << '\n';
  const auto group = printable(text_of(in.getGroup()));
  const auto summary = text_of(in.getSummary());
  if (summary.empty()) return;
  out << "it changes  " << printable(summary);
  if (shown == proposal::summary) {
    out << "; to see what: muster campaign show " << group << '\n';
    return;
  }
  out << '\n';
  for (const auto line : in.getDifference())
    out << "  " << printable(text_of(line)) << '\n';
  out << "to see every file:\n  muster reference export " << printable(text_of(in.getBefore()))
      << " before.set\n  muster reference export " << printable(text_of(in.getProposed()))
      << " proposed.set\n  muster reference diff before.set proposed.set --list\n";
}

void print(std::ostream& out, rest::Campaign::Reader in, proposal shown) {
  out << "campaign " << in.getNumber() << " of group " << printable(text_of(in.getGroup())) << ": "
      << printable(text_of(in.getPhase())) << '\n';
  out << "began from  " << printable(text_of(in.getBefore())) << '\n';
  print_proposal(out, in, shown);
  if (in.getStageEnds().size() != 0)
    out << "both sets pass until " << printable(text_of(in.getStageEnds()))
        << (in.getWhenItEnds().size() != 0 ? "; then " + printable(text_of(in.getWhenItEnds())) : "") << '\n';
  print_canaries(out, in);
  const auto phase = text_of(in.getPhase());
  const bool open = phase == "observing" || phase == "proposed" || phase == "staged";
  if (open && text_of(in.getAutomation()) != "none")
    out << "continues by itself up to: " << printable(text_of(in.getAutomation())) << '\n';
  out << "steps\n";
  for (const auto step : in.getSteps())
    out << "  " << printable(text_of(step.getWhen())) << "  " << printable(text_of(step.getPhase())) << "  "
        << printable(text_of(step.getBy())) << "  " << printable(text_of(step.getText())) << '\n';
  if (in.getNext().size() != 0) out << "next        " << printable(text_of(in.getNext())) << '\n';
}

int show(const surroundings& around, const http_call& call, proposal shown = proposal::differences) {
  const auto got = ask<rest::Campaign>(around, call);
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::Campaign::Reader in) {
    if (around.format == output_format::json)
      around.out << got->json << '\n';
    else
      print(around.out, in, shown);
  });
  return exit_done;
}

} // namespace

int campaigns(const surroundings& around) {
  const auto got = ask<rest::CampaignList>(around, {http_method::get, "/v1/campaigns", {}, survey_patience});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::CampaignList::Reader in) {
    if (around.format == output_format::json) {
      around.out << got->json << '\n';
      return;
    }
    if (in.getCampaigns().size() == 0) {
      around.out << "no campaigns; start one: muster campaign start GROUP --canary NODE\n";
      return;
    }
    text_table table{{"GROUP", "CAMPAIGN", "PHASE", "STAGE ENDS", "NEXT"}};
    for (const auto one : in.getCampaigns()) // the next step can be a whole sentence: `campaign show` has it
      table.add(
          {std::string{text_of(one.getGroup())}, std::to_string(one.getNumber()),
           std::string{text_of(one.getPhase())}, std::string{text_of(one.getStageEnds())},
           one.getNext().size() == 0 ? "" : "muster campaign show " + std::string{text_of(one.getGroup())}});
    around.out << table.text(colours::none, 0);
  });
  return exit_done;
}

int campaign_show(const surroundings& around, const std::string& group) {
  return show(around, {http_method::get, campaign_path(group), {}, survey_patience});
}

int campaign_start(const surroundings& around, const campaign_options& options) {
  const auto rules = to_hex(options.rules);
  auto body = build_json<rest::CampaignRequest>([&](rest::CampaignRequest::Builder out) {
    auto canaries = out.initCanaries(static_cast<unsigned>(options.canaries.size()));
    for (unsigned i = 0; i < options.canaries.size(); ++i)
      canaries.set(i, text_of(options.canaries[i]));
    out.setQuorum(options.quorum);
    out.setRules(text_of(rules));
    out.setApproval(options.approval);
    out.setStageSeconds(options.stage_seconds);
    out.setAutomation(text_of(options.automation));
  });
  return show(around, {http_method::post, campaign_path(options.group), std::move(body), survey_patience});
}

int campaign_step(const surroundings& around, std::string_view verb, const campaign_step_options& options) {
  auto body = build_json<rest::CampaignStepRequest>([&](rest::CampaignStepRequest::Builder out) {
    out.setSet(text_of(options.set));
    out.setForce(options.force);
  });
  return show(around,
              {http_method::post, campaign_path(options.group, "/" + std::string{verb}), std::move(body),
               survey_patience},
              verb == "propose" ? proposal::differences : proposal::summary);
}

} // namespace muster::cli
