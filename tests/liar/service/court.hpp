// A real service with a group for each law, and what people do there.
#pragma once

#include "tests/liar/service/wired_machine.hpp"
#include "tests/liar/stage.hpp"

namespace muster::liar {

/// Machines like that one, judged by that law.
struct group {
  std::size_t cast = 0;
  std::size_t law = 0;
  std::size_t number = 0; ///< of several with one law

  friend auto operator<=>(const group&, const group&) = default;
};

/// What people see of a machine.
struct sight {
  level shown = level::untrusted;
  std::string findings; ///< JSON, as REST has them

  friend bool operator==(const sight&, const sight&) = default;
};
/// What they would see of the judge's machine.
sight sight_of(const judge& by);

class court {
public:
  /// Starts `ras` in `folder` with these groups: the sets of `on` are imported and accepted, then their
  /// policies come into force by a restart, since a policy may deny what a set has.
  static result<std::unique_ptr<court>> open(const std::filesystem::path& folder, stage& on,
                                             const std::vector<group>& groups);

  /// A machine that nothing is known of, in that group.
  result<std::unique_ptr<wired_machine>> enrol(const group& into);
  status move(const wired_machine& who, const group& to);
  /// What people see of it, once it is judged by set and policy of that group. fault timeout: it is not.
  result<sight> look(const wired_machine& who, const group& in);
  /// `muster reference accept GROUP --from NODE --force`. fault denied: nothing is learnt from it.
  status learn(const group& in, const wired_machine& from);
  status restart();

  /// What `ras` wrote, and what it said of a machine.
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
