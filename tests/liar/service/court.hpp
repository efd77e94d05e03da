// A real service with a group for each law, and the operators' actions on it.
#pragma once

#include "tests/liar/service/wired_machine.hpp"
#include "tests/liar/stage.hpp"

namespace muster::liar {

/// Machines of one kind, judged by one law.
struct group {
  std::size_t cast = 0;
  std::size_t law = 0;
  std::size_t number = 0; ///< tells apart several groups with the same law

  friend auto operator<=>(const group&, const group&) = default;
};

/// A machine as people see it.
struct sight {
  level shown = level::untrusted;
  std::string findings; ///< the JSON of the REST interface

  friend bool operator==(const sight&, const sight&) = default;
};
/// The judge's machine as people would see it.
sight sight_of(const judge& by);

class court {
public:
  /// Starts `ras` in `folder` with these groups. Imports and accepts the sets of `on` first, and brings the
  /// policies into force by a restart afterwards, because a policy may deny something in a set.
  static result<std::unique_ptr<court>> open(const std::filesystem::path& folder, stage& on,
                                             const std::vector<group>& groups);

  /// Enrols an unknown machine into that group.
  result<std::unique_ptr<wired_machine>> enrol(const group& into);
  status move(const wired_machine& who, const group& to);
  /// The machine as people see it, once set and policy of that group have judged it.
  /// fault timeout: they have not.
  result<sight> look(const wired_machine& who, const group& in);
  /// `muster reference accept GROUP --from NODE --force`. fault denied: the machine may not teach.
  status learn(const group& in, const wired_machine& from);
  status restart();

  /// The log file of `ras`; and below, what the service says about a machine.
  std::filesystem::path log() const { return service_.log(); }
  std::string words_of(const wired_machine& who);

private:
  struct in_force {
    std::string name;
    std::string reference; ///< hex
    std::string policy;    ///< hex
  };

  court(bench::service started, lab::vendor vendor)
      : service_{std::move(started)}, vendor_{std::move(vendor)} {}
  status make_group(stage& on, const group& which);
  status write_policies(stage& on);
  status wait_for_policies();

  bench::service service_;
  lab::vendor vendor_;
  std::map<group, in_force> groups_;
};

} // namespace muster::liar
