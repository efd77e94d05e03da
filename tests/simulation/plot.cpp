#include "tests/simulation/plot.hpp"

namespace muster::simulation {

plot plot_of(std::uint64_t seed) {
  liar::dice dice{seed ^ 0x706c6f74};
  plot out;
  out.machines = 2 + dice.below(3);
  out.people.pause = std::chrono::milliseconds{50 + dice.below(1500)};
  out.people.revokes = dice.one_in(6);
  out.people.forgets = dice.one_in(4);
  out.people.teaches = dice.one_in(4);
  out.people.reloads = dice.one_in(3);
  out.from_nothing = dice.one_in(16);
  out.machines_do = {4 + dice.below(30), 6 + dice.below(40), 6 + dice.below(40), 4 + dice.below(30),
                     6 + dice.below(40)};
  if (dice.one_in(3)) out.disk.fails_one_in = 2 + dice.below(20);
  if (dice.one_in(4)) out.disk.cuts_one_in = 10 + dice.below(60);
  if (dice.one_in(2)) out.crashes_one_in = 200 + dice.below(800);
  if (dice.one_in(2)) out.hangs_one_in = 100 + dice.below(400);
  if (dice.one_in(3)) out.jumps_one_in = 100 + dice.below(400);
  out.steps = 100 + dice.below(500);
  out.people.campaigns = dice.one_in(3);
  if (dice.one_in(4)) out.seconds_one_in = 40 + dice.below(160);
  out.relays = dice.one_in(3);
  if (dice.one_in(4)) out.restores_one_in = 60 + dice.below(200);
  if (dice.one_in(3)) out.stops_one_in = 100 + dice.below(400);
  out.ships_heads = dice.one_in(3);
  return out;
}

std::string to_string(const plot& of) {
  const auto word = [](const char* name, std::size_t n) {
    return std::string{" "} + name + "=" + std::to_string(n);
  };
  return "machines=" + std::to_string(of.machines) + word("steps", of.steps)
         + word("people", static_cast<std::size_t>(of.people.pause.count()))
         + word("revokes", of.people.revokes) + word("forgets", of.people.forgets)
         + word("teaches", of.people.teaches) + word("fails", of.disk.fails_one_in)
         + word("cuts", of.disk.cuts_one_in) + word("crashes", of.crashes_one_in)
         + word("hangs", of.hangs_one_in) + word("jumps", of.jumps_one_in)
         + word("implants", of.machines_do.implants_one_in) + word("reboots", of.machines_do.reboots_one_in)
         + word("drops", of.machines_do.drops_one_in) + word("dawdles", of.machines_do.dawdles_one_in)
         + word("breaks-off", of.machines_do.breaks_off_one_in) + word("reloads", of.people.reloads)
         + word("campaigns", of.people.campaigns) + word("from-nothing", of.from_nothing)
         + word("second-hosts", of.seconds_one_in) + word("relays", of.relays)
         + word("restores", of.restores_one_in) + word("stops", of.stops_one_in)
         + word("ships-heads", of.ships_heads);
}

} // namespace muster::simulation
