// What is decided and not on disk. A value; not for threads (actors/service/store_watch.hpp).
#pragma once

#include "messages/vocabulary/result.hpp"
#include "standing/node_change.hpp"

#include <map>
#include <unordered_map>

namespace muster::service {

/// What no record of a machine says yet.
struct worse_state {
  state_ptr told;             ///< it is untrusted, or its lease ended; null: neither
  std::vector<boot_id> named; ///< by hellos that wait for their turn
};

/// By node.
using worse_states = std::unordered_map<node_id, worse_state>;

/// What is to be shown of a machine. That it is untrusted is shown in the place of the record, which cannot
/// be worse. That its lease ended is shown with whatever else is on record by then; it ends, too, where
/// another boot was named than is on record by then.
node_state worse_of(node_state recorded, const worse_state& news);

/// Bad news that no record contains yet, and whether commits become durable. News is that a machine is
/// untrusted, or that its lease ended. Each item stays until a record contains that very item, or something
/// later that looked at all of it: no clock of the wall decides that.
class unstored_news {
public:
  static constexpr std::uint64_t late_ms = 5000;
  /// Names news that arrived, or a commit that was sent.
  struct ticket {
    std::uint64_t value = 0;
  };

  ticket sent(boot_time now);
  void answered(ticket which, const status& stored);

  /// A machine told something by which it is untrusted, and other changes of it may come first: that is shown
  /// until it had its turn, however that ends. `recorded` is what is on record meanwhile.
  ticket arrived(const node_id& id, const node_state& recorded, std::vector<finding> told);
  /// A machine named its boot, and other changes of it may come first, a lease of another boot among them.
  ticket named(const node_id& id, const boot_id& boot);
  void had_its_turn(const node_id& id, ticket which);
  /// It did not get a turn: too much of the machine waits, or its record cannot be read. It is true all the
  /// same, and shown until a later attestation is on record.
  void had_no_turn(const node_id& id, ticket which);

  /// A change of what is on record as `before` is on its way to the disk. What it says against the machine is
  /// shown from now on.
  void decided(const node_id& id, const node_state& before, const node_state& after, change_source by);
  /// That change could not be stored. What the machine told, and how it was judged, is true all the same;
  /// what people ordered did not happen.
  void lost(const node_id& id);
  /// `state` is on record now, by a change of that source; null: the node is forgotten.
  void landed(const node_id& id, const node_state* state, change_source by);

  /// Whoever shows records reads this first: news that are on record by then are in what he reads.
  worse_states worse_than_recorded() const;
  /// fault busy: the oldest commit that was sent has no answer yet, and should have one.
  status answering(boot_time now) const;
  /// fault busy: commits fail, or are late. Then what is on disk is not all that is known.
  status healthy(boot_time now) const;

private:
  struct arrival {
    ticket which;
    state_ptr shown;             ///< null: a boot was named
    std::optional<boot_id> boot; ///< that one
  };
  struct item {
    change_source by;
    state_ptr shown;
  };
  struct of_node {
    std::vector<arrival> arrived;
    std::optional<item> under_way;           ///< of the one change that is
    std::map<change_source, state_ptr> lost; ///< the worst of each source
    bool empty() const noexcept { return arrived.empty() && !under_way && lost.empty(); }
  };
  ticket arrived(const node_id& id, state_ptr shown, std::optional<boot_id> boot);
  static void keep(of_node& one, change_source by, state_ptr shown);
  void forget_if_empty(const node_id& id);

  std::unordered_map<node_id, of_node> nodes_;
  ticket newest_;
  std::map<std::uint64_t, boot_time> under_way_; ///< by ticket: since when
  status last_;
};

} // namespace muster::service
