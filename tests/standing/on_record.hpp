// A machine on record, for tests that inspect a change without storing it.
#pragma once

#include "records/record_codec.hpp"
#include "standing/node_runner.hpp"
#include "tests/liar/memory_store.hpp"

#include <doctest/doctest.h>

namespace muster::testing {

/// Calls `look` once with the settled state of that machine.
inline void look_at(const service::node_record& node, const service::node_state& state,
                    const std::function<void(const service::settled_node&)>& look) {
  using namespace service;
  const auto store = std::make_shared<liar::memory_store>();
  write_batch records;
  records.put<tables::nodes>(node.id, to_record(node));
  records.put<tables::states>(node.id, to_record(state));
  store->apply(records);
  node_register all;
  node_runner runner{{store, {}, {}, {}, {}}, all};
  bool looked = false;
  runner.run(
      node.id,
      [&](const settled_node& at) -> result<node_change> {
        looked = true;
        look(at);
        return fault{errc::conflict, "it is looked at only"};
      },
      [](const result<sequence>&) {});
  REQUIRE(looked);
}

} // namespace muster::testing
