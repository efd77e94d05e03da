#include "node/tb_provisioner/tb_provisioner.hpp"

#include "actors/runtime/guard.hpp"
#include "node/tb_provisioner/advice.hpp"

#include <caf/typed_response_promise.hpp>

namespace muster::node {

namespace {

using promise = caf::typed_response_promise<measured_boot>;

constexpr std::chrono::minutes survey_timeout{5}; // RAC Tools may be busy with another order

void tell(const runtime::log& log, const measured_boot& found) {
  log.info("boot.inspected", {{"tpm", found.tpm}, {"ima_policy", found.ima_policy}});
  for (const auto& sentence : found.advice)
    log.warning("boot.advice", {{"what", sentence}});
}

promise inspect(tb_provisioner_actor::pointer self, const rac_tools_actor& tools, const runtime::log& log) {
  auto answer = self->make_response_promise<promise>();
  self->request(tools, survey_timeout, survey_atom::value)
      .then(
          [answer, log](const boot_survey& seen) mutable {
            auto found = judge(seen);
            tell(log, found);
            answer.deliver(std::move(found));
          },
          [answer](const caf::error&) mutable {
            boot_survey nothing;
            nothing.chip_problem = "it did not answer in time";
            answer.deliver(judge(nothing));
          });
  return answer;
}

} // namespace

tb_provisioner_actor::behavior_type tb_provisioner(tb_provisioner_actor::pointer self, rac_tools_actor tools,
                                                   runtime::log log) {
  runtime::guard(*self, log, "tb_provisioner");
  return {
      [self, tools = std::move(tools), log](inspect_atom) { return inspect(self, tools, log); },
  };
}

} // namespace muster::node
