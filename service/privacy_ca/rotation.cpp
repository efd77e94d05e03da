#include "service/privacy_ca/rotation.hpp"

#include "actors/runtime/guard.hpp"
#include "actors/service/store_it.hpp"
#include "messages/time_text.hpp"
#include "records/record_codec.hpp"
#include "service/privacy_ca/coming_trust.hpp"
#include "service/privacy_ca/trust_files.hpp"
#include "service/privacy_ca/trust_record.hpp"
#include "service/privacy_ca/trust_status.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

struct rotation_state {
  rotation_deps deps;
  crypto::trust_list in_force;
  crypto::authority services;
  bool busy = false;
  bool stuck = false; ///< only the next start can find out which list is in force

  explicit rotation_state(rotation_deps d)
      : deps{std::move(d)}, in_force{deps.keys->in_force}, services{deps.keys->services} {}
};

using rotation_pointer = rotation_actor::pointer;
using shared_state = std::shared_ptr<rotation_state>;

/// Gives machines the list from now on, and shows this service under the list's issuer. fault: a part failed
/// that a restart has to finish.
status use(rotation_state& state, const next_trust& next) {
  const auto& deps = state.deps;
  const auto& list = next.list.list;
  auto lists = *deps.board->now();
  lists.push_back({list.number, next.encoded});
  deps.board->tell(std::move(lists));
  state.in_force = list;
  state.services = next.services;
  const auto shown = deps.own->rotate(next.services, list);
  const auto finished = finish_rotation(deps.folder, list);
  const auto published = publish_anchors(deps.anchor, list.anchors);
  for (const auto* one : {&shown, &finished, &published})
    if (!*one) return *one;
  return {};
}

/// Called with the Store's answer. Every fault is io here: the disk holds a part, and the next start
/// continues from it.
status put_into_force(rotation_state& state, const next_trust& next, const commit_outcome& stored) {
  const auto list = "list " + std::to_string(next.list.list.number);
  if (!stored)
    return fault{errc::io, list + " is not in force, and may be on record: " + stored.fault().check
                               + "; hand it in again, or restart ras, which brings it into force if it is"};
  if (auto moved = bring_into_force(state.deps.folder, next.list.list.number); !moved) {
    state.stuck = true;
    return fault{errc::io, list + " is on record, and is in force after the next start: "
                               + moved.fault().check + "; restart ras"};
  }
  if (auto used = use(state, next); !used)
    return fault{errc::io,
                 list + " is in force, and not all of it is done: " + used.fault().check + "; restart ras"};
  return {};
}

caf::typed_response_promise<commit_outcome> rotate(rotation_pointer self, const shared_state& state,
                                                   const std::string& text, const std::string& by) {
  auto promise = self->make_response_promise<commit_outcome>();
  const auto& deps = state->deps;
  const auto refuse = [&](const fault& why) {
    deps.log.warning("trust_list.refused", {{"by", by}, runtime::fault_code(why), runtime::fault_check(why)});
    promise.deliver(commit_outcome{why});
    return promise;
  };
  if (state->busy) return refuse({errc::busy, "another rotation is under way"});
  if (state->stuck) return refuse({errc::busy, "a list may be in force; restart ras first"});
  const auto key = load_next_key(deps.folder);
  if (!key) return refuse(key.fault());
  const auto now = deps.clock->wall();
  auto next = verify_rotation(text, state->in_force, state->services, *key, now);
  if (!next) return refuse(next.fault());
  if (auto room = room_for_trust_list(deps.board->now()->size()); !room) return refuse(room.fault());
  if (auto kept = store_coming(deps.folder, state->in_force, *next); !kept) return refuse(kept.fault());
  write_batch batch;
  batch.append_audit(audit_entry(now, by, std::string{rotation_action}, {}, rotation_text(*next)));
  state->busy = true;
  store_it(self, deps.store, std::move(batch).seal(),
           [state, promise, next = std::move(*next), by](const commit_outcome& stored) mutable {
             state->busy = false;
             const auto done = put_into_force(*state, next, stored);
             const auto& log = state->deps.log;
             if (done)
               log.warning("trust_list.rotated", {{"list", next.list.list.number},
                                                  {"until", rfc3339(next.list.list.not_after)},
                                                  {"by", by}});
             else
               log.error("trust_list.not_rotated",
                         {{"list", next.list.list.number}, runtime::fault_check(done.fault())});
             promise.deliver(done ? stored : commit_outcome{done.fault()});
           });
  return promise;
}

/// fault: the store cannot be read.
result<std::vector<node_id>> enrolled_nodes(const store_reader& store) {
  std::vector<node_id> out;
  for (std::optional<node_id> after;;) {
    const auto found = store.page<tables::nodes>(after, store_reader::max_page);
    if (!found) return found.fault();
    for (const auto& one : *found) {
      if (!one.record) continue; // damaged; reported where nodes are shown
      const auto node = node_from(one.key, *one.record);
      if (node && node->standing == standing::enrolled) out.push_back(one.key);
    }
    if (found->size() < store_reader::max_page) return out;
    after = found->back().key;
  }
}

rest_answer show(const rotation_state& state) {
  const auto enrolled = enrolled_nodes(*state.deps.reader);
  if (!enrolled) return enrolled.fault();
  return trust_status(state.in_force, state.deps.own->issuer(), *enrolled, state.deps.board->told());
}

rotation_actor::behavior_type rotation(rotation_pointer self, rotation_deps deps) {
  runtime::guard(*self, deps.log, "rotation");
  const auto state = std::make_shared<rotation_state>(std::move(deps));
  return {
      [self, state](rotate_atom, const std::string& text, const std::string& by) {
        return rotate(self, state, text, by);
      },
      [state](show_atom) { return show(*state); },
  };
}

} // namespace

rotation_actor spawn_rotation(caf::actor_system& system, rotation_deps deps) {
  return system.spawn<caf::detached>(rotation, std::move(deps));
}

} // namespace muster::service
