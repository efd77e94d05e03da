// One life of the service from a seed: turmoil, then quiet, with the properties checked throughout.
#pragma once

#include "tests/simulation/plot.hpp"
#include "tests/simulation/seeded_random.hpp"

#include <deque>

namespace muster::simulation {

/// A node as the service shows it.
struct shown_node {
  node_id id;
  std::string name;
  std::string group;
  std::string shown;
  bool connected = false;
};

class life;

/// An enrolled fleet with a reference for each group, as an earlier life left it.
struct beginning {
  disk kept;
  std::vector<attester> machines;
  std::uint64_t at_ms = 0; ///< since the world began
};

/// Made once for each number of machines, and cached.
const beginning& beginning_of(std::size_t machines);

class life {
public:
  /// `log` receives the service's log lines.
  life(std::uint64_t seed, const plot& what, runtime::log log);
  ~life();

  /// Enrols the fleet and teaches each group; nothing else happens. Returns the first violation; empty: none.
  std::string begin();
  /// Call after `begin`; ends the life.
  void leave_to(beginning& out);

  /// Runs the whole life. Returns the first violation; empty: none.
  std::string run();
  std::uint64_t steps() const noexcept { return world_.steps(); }
  /// Whether bad news about a machine had to wait while its record was still good.
  bool news_waited() const noexcept { return news_waited_; }

private:
  void begin_service();
  void end_process();
  enum class disk_is : std::uint8_t { as_it_was, older };
  void read_records(disk_is now);
  void read_record(const service::store_reader& reader, const node_id& id, node_history& node, disk_is now);
  void note_loss(std::uint64_t leaves);
  void crash();
  void stop();
  void watch_stop();
  /// Copies the disk; called again, puts that copy in the place of the disk.
  void restore();
  void second_host();
  void stop_second_hosts(const std::optional<node_id>& of = {});
  void turmoil();
  /// Runs until no actor can run, then lets time pass; repeats while `more` returns true.
  template <class More> void run_while(More&& more);
  void quiet_for(std::chrono::milliseconds time);
  void teach(const std::string& group, std::size_t machine);
  void look();
  void check_leases();
  template <class Answer, class Handle, class... Message>
  std::optional<Answer> ask(const Handle& whom, Message... message);

  // Properties. The first violation is kept.
  void check_records();
  void check_shown();
  void check_lull();
  void check_end();
  void check_machine(std::size_t which);
  void check_names();
  void check_alarm(const node_id& id, node_history& node);
  void check_questions();
  void check_greeting(const attester& host, const agent_view& view);
  void check_second_hosts();
  void check_loss();
  void end_alarms();
  void end_losses();
  bool serves() const noexcept { return service_ != nullptr && !service_->stopping(); }
  void wrong(std::string what);

  /// A second host of a machine's identity.
  struct second {
    attester host;
    agent_view view;
    agent_actor runs;
  };

  plot plot_;
  seeded_random random_;
  world world_;
  runtime::log log_;
  disk disk_;
  std::unique_ptr<disk> copy_; ///< an earlier state of the disk
  service::configuration configured_;
  ledger book_;
  surroundings around_;
  std::vector<attester> machines_;
  std::vector<agent_view> views_;
  std::vector<agent_actor> agents_;
  std::deque<second> seconds_;
  habits people_;
  operators_actor operators_;
  std::unique_ptr<process> service_;
  std::uint64_t back_at_ms_ = 0; ///< when the service starts again
  std::uint64_t stopped_at_ms_ = 0;
  sequence newest_;
  std::vector<shown_node> shown_;
  std::string wrong_;
  bool news_waited_ = false;
};

} // namespace muster::simulation
