// What breaks if this fails: two machines get the same name, or a free name is refused.
#include "standing/node_register.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <vector>

using namespace muster;
using namespace muster::service;

namespace {

constexpr std::uint8_t fleet_size = 5;
const std::vector<std::string> names_to_try{"", "web-1", "web-2", "db"};

node_id node_number(std::uint8_t number) {
  node_id out;
  out.raw[0] = number;
  return out;
}

/// The rules of the register, each decided by a search through all names.
class oracle {
public:
  bool taken(const std::string& name, const node_id& id) const {
    const auto found = names_.find(name);
    return found != names_.end() && found->second != id;
  }
  void hold(const node_record& wanted) {
    take(wanted.name, wanted.id);
    if (wanted.candidate) take(wanted.candidate->name, wanted.id);
  }
  void settle(const node_record& node) {
    forget(node.id);
    hold(node);
  }
  void forget(const node_id& id) {
    std::erase_if(names_, [&](const auto& one) { return one.second == id; });
  }

private:
  void take(const std::string& name, const node_id& id) {
    if (!name.empty()) names_.try_emplace(name, id);
  }
  std::map<std::string, node_id> names_;
};

} // namespace

TEST_CASE("check 30: the register answers like a search through every name, whatever is held, settled and "
          "forgotten") {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 dice{seed};
    const auto below = [&](std::size_t n) { return dice() % n; };
    node_register all;
    oracle said;
    for (unsigned i = 0; i < 200; ++i) {
      node_record node;
      node.id = node_number(static_cast<std::uint8_t>(below(fleet_size)));
      node.name = names_to_try.at(below(names_to_try.size()));
      if (below(2) == 0) node.candidate.emplace().name = names_to_try.at(below(names_to_try.size()));
      switch (below(3)) {
      case 0:
        all.hold(node);
        said.hold(node);
        break;
      case 1:
        all.settle(node);
        said.settle(node);
        break;
      default: all.forget(node.id); said.forget(node.id);
      }
      for (std::uint8_t each = 0; each < fleet_size; ++each)
        for (const auto& name : names_to_try)
          REQUIRE(all.taken(name, node_number(each)) == said.taken(name, node_number(each)));
    }
  }
}
