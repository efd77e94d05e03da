// RAC Tools on a simulated machine, called as the RA Agent calls them.
#pragma once

#include "actors/runtime/system_config.hpp"
#include "node/rac_tools/rac_tools.hpp"
#include "tests/lab/workshop.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

namespace muster::test {

inline runtime::log silent() {
  return runtime::log::to([](std::string_view) {}, runtime::log_level::error);
}

class agent_tools {
public:
  explicit agent_tools(const lab::machine& machine) : system_{config_}, self_{system_} {
    settings::platform_files files;
    files.boot_id = machine.boot_id().string();
    files.boot_log = machine.boot_log().string();
    files.ima_log = machine.ima_log().string();
    files.facts = machine.facts().string();
    clock_ = must(runtime::make_machine_clock(files.boot_id));
    tools_ = node::spawn_rac_tools(
        system_, {must(tpm::parse_chip_address(machine.tpm_address())), files, clock_, silent()});
  }
  ~agent_tools() { self_->send_exit(tools_, caf::exit_reason::user_shutdown); }
  agent_tools(const agent_tools&) = delete;
  agent_tools& operator=(const agent_tools&) = delete;

  template <class Answer, class... Question> Answer ask(Question&&... question) {
    std::optional<Answer> out;
    self_->request(tools_, std::chrono::seconds{60}, std::forward<Question>(question)...)
        .receive([&](Answer& answer) { out = std::move(answer); },
                 [](const caf::error&) { FAIL("RAC Tools did not answer"); });
    return std::move(*out);
  }

  result<node::quoted_evidence> quote(const node::evidence_order& order) {
    return ask<result<node::quoted_evidence>>(order);
  }
  result<node::log_part> read(attestation_number number) {
    return ask<result<node::log_part>>(node::read_atom::value, number);
  }

  const runtime::clock& clock() const { return *clock_; }
  const node::rac_tools_actor& actor() const { return tools_; }

private:
  runtime::system_config config_{{2, 64}};
  caf::actor_system system_;
  caf::scoped_actor self_;
  std::shared_ptr<const runtime::clock> clock_;
  node::rac_tools_actor tools_;
};

} // namespace muster::test
