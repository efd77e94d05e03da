#include "service/references/show_trial.hpp"

#include "messages/build.hpp"
#include "records/rest_words.hpp"
#include "service/references/trial_guard.hpp"

namespace muster::service {

frame show_trial(const trial_outcome& tried, const std::string& group, const bytes32& digest,
                 unsigned guard_percent) {
  return frame::adopt(build<rest::Trial>([&](rest::Trial::Builder out) {
    out.setGroup(text_of(group));
    out.setMachines(tried.machines);
    out.setWithoutClaims(tried.without_claims);
    out.setUnreadable(tried.unreadable);
    out.setGood(tried.good);
    out.setTurningBad(tried.turning_bad);
    out.setChanging(tried.changing);
    auto changes = out.initChanges(static_cast<unsigned>(tried.changes.size()));
    for (unsigned i = 0; i < tried.changes.size(); ++i) {
      const auto& one = tried.changes[i];
      changes[i].setNode(text_of(to_string(one.node)));
      changes[i].setName(text_of(one.name));
      changes[i].setFrom(text_of(std::string{to_string(one.from)}));
      changes[i].setTo(text_of(std::string{to_string(one.to)}));
      put_finding(changes[i].initWhy(), one.why);
    }
    auto causes = out.initCauses(static_cast<unsigned>(tried.causes.size()));
    for (unsigned i = 0; i < tried.causes.size(); ++i)
      put_cause(causes[i], tried.causes[i]);
    out.setGuardPercent(static_cast<std::uint8_t>(guard_percent));
    out.setRefused(!check_guard(tried, group, guard_percent).ok());
    out.setDigest(text_of(to_hex(digest)));
  }));
}

} // namespace muster::service
