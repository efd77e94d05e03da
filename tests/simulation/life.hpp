// One life of the service from a seed: turmoil, then quiet, and what must hold all the time.
#pragma once

#include "tests/simulation/operators.hpp"
#include "tests/simulation/seeded_random.hpp"

namespace muster::simulation {

/// What the seed decides before anything happens. 0: never.
struct plot {
  std::size_t machines = 3;
  habits people;
  temper machines_do;
  disk_mood disk;
  std::size_t crashes_one_in = 0; ///< of the steps
  std::size_t hangs_one_in = 0;   ///< of the steps
  std::size_t jumps_one_in = 0;   ///< of the steps
  std::size_t steps = 0;          ///< of turmoil
  bool from_nothing = false;      ///< every machine has to enrol
};

plot plot_of(std::uint64_t seed);
std::string to_string(const plot& of);

/// What is shown of a node.
struct shown_node {
  node_id id;
  std::string name;
  std::string group;
  std::string shown;
  bool connected = false;
};

class life;

/// A fleet that is in, with a reference for each group, as a life left it.
struct beginning {
  disk kept;
  std::vector<attester> machines;
  std::uint64_t at_ms = 0; ///< since the world began
};

/// Made once for each number of machines.
const beginning& beginning_of(std::size_t machines);

class life {
public:
  /// `log` gets the lines of the service.
  life(std::uint64_t seed, const plot& what, runtime::log log);
  ~life();

  /// Lets the fleet in, and teaches each group; nothing else happens. What was wrong.
  std::string begin();
  /// After `begin`; nothing runs any more.
  void leave_to(beginning& out);

  /// Whatever was wrong first; empty: nothing was.
  std::string run();
  std::uint64_t steps() const noexcept { return world_.steps(); }

private:
  void begin_service();
  void crash();
  bool turmoil_step();
  /// Runs until nothing is to be done, then lets time pass; `more` says whether to go on.
  template <class More> void run_while(More&& more);
  void quiet_for(std::chrono::milliseconds time);
  void teach(const std::string& group, std::size_t machine);
  void look();

  // Properties; they note what is wrong first.
  void check_records();
  void check_shown();
  void check_lull();
  void check_end();
  void check_names();
  void wrong(std::string what);

  plot plot_;
  seeded_random random_;
  world world_;
  runtime::log log_;
  disk disk_;
  service::configuration configured_;
  ledger book_;
  surroundings around_;
  std::vector<attester> machines_;
  std::vector<agent_view> views_;
  std::vector<agent_actor> agents_;
  habits people_;
  operators_actor operators_;
  std::unique_ptr<process> service_;
  std::uint64_t back_at_ms_ = 0; ///< when the service starts again
  sequence newest_;
  std::vector<shown_node> shown_;
  std::string wrong_;
};

} // namespace muster::simulation
