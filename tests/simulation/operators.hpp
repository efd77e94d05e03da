// Operators who do everything at once. They send the requests that REST's bridge would send for them.
#pragma once

#include "tests/simulation/agent.hpp"

namespace muster::simulation {

/// The names and groups that operators give to machines.
inline constexpr const char* machine_names[] = {"one", "two", "three"};
inline constexpr const char* group_names[] = {"web", "db"};

using operators_actor = caf::typed_actor<caf::reacts_to<go_atom>>;

/// How often operators act, and which acts they do.
struct habits {
  std::chrono::milliseconds pause{0}; ///< longest pause between two acts; 0: they do nothing
  bool revokes = false;
  bool forgets = false;
  bool teaches = false;
  bool reloads = false;
  bool campaigns = false;
};

/// Losses of records that are on record and not acknowledged.
std::vector<service::head_name> standing_losses(const service::store_reader& reader);

class operators_state {
public:
  using self_pointer = operators_actor::stateful_pointer<operators_state>;
  void begin(self_pointer self, surroundings& around, std::vector<attester>& machines, const habits& how);
  void go();

private:
  void act();
  template <class Then, class... Message> void change(Then then, Message... message);
  void rename(const attester& one);
  void move(const attester& one);
  void revoke(const attester& one);
  void forget(const attester& one);
  void accept(const attester& one);
  void attest(const attester& one);
  void acknowledge(const attester& one);
  void acknowledge_loss(const service::head_name& shown_by);
  void approve(const attester& one);
  void reload();
  void campaign(const attester& canary);
  void begin_campaign(const attester& canary);

  self_pointer self_ = nullptr;
  surroundings* around_ = nullptr;
  std::vector<attester>* machines_ = nullptr;
  const habits* how_ = nullptr;
};

operators_actor::behavior_type operators(operators_state::self_pointer self, surroundings* around,
                                         std::vector<attester>* machines, const habits* how);

} // namespace muster::simulation
