// What is decided or known, and not on disk yet. A value; not thread-safe (actors/service/store_watch.hpp
// makes it so).
#pragma once

#include "messages/vocabulary/result.hpp"
#include "standing/node_change.hpp"

#include <map>
#include <unordered_map>

namespace muster::service {

/// What no record of a machine says yet.
struct worse_state {
  state_ptr told;             ///< the machine is untrusted, or its lease ended; null: neither
  std::vector<boot_id> named; ///< by hellos that wait for their turn
};

/// By node.
using worse_states = std::unordered_map<node_id, worse_state>;

/// What to show of a machine. If it is untrusted, that is shown instead of the record, which cannot be worse.
/// If its lease ended, that is shown together with whatever else is on record by then. The lease also ends if
/// another boot was named than the one on record by then.
node_state worse_of(node_state recorded, const worse_state& news);

/// Bad news that no record contains yet, and whether commits become durable. News is that a machine is
/// untrusted, or that its lease ended. Each item stays until a record contains that very item, or something
/// later that took all of it into account. Wall time never decides this.
class unstored_news {
public:
  static constexpr std::uint64_t late_ms = 5000;
  /// Identifies news that arrived, or a commit that was sent.
  struct ticket {
    std::uint64_t value = 0;
  };

  ticket sent(boot_time now);
  void answered(ticket which, const status& stored);

  /// A machine sent something by which it is untrusted, and other changes of it may come first. The news is
  /// shown until it had its turn, however that ends. `recorded`: what is on record meanwhile.
  ticket arrived(const node_id& id, const node_state& recorded, std::vector<finding> told);
  /// A machine named its boot, and other changes of it may come first, among them a lease for another boot.
  ticket named(const node_id& id, const boot_id& boot);
  void had_its_turn(const node_id& id, ticket which);
  /// The news did not get a turn: too many changes of the machine wait, or its record cannot be read. It is
  /// true all the same, and is shown until a later attestation is on record.
  void had_no_turn(const node_id& id, ticket which);

  /// A change of what is on record as `before` is on its way to the disk. What it says against the machine is
  /// shown from now on.
  void decided(const node_id& id, const node_state& before, const node_state& after, change_source by);
  /// That change could not be stored. What the machine sent, and how it was judged, is true all the same;
  /// what people ordered did not happen.
  void lost(const node_id& id);
  /// `state` is on record now, by a change from that source. Null: the node was forgotten.
  void landed(const node_id& id, const node_state* state, change_source by);

  /// A caller that shows records must read this first, and the records after it: then news that is on record
  /// by that time is in what it reads.
  worse_states worse_than_recorded() const;
  /// fault busy: the oldest commit under way should have been answered by now.
  status answering(boot_time now) const;
  /// fault busy: commits fail or are late. Then not all that is known is on disk.
  status healthy(boot_time now) const;

private:
  struct arrival {
    ticket which;
    state_ptr shown;             ///< null: a boot was named
    std::optional<boot_id> boot; ///< that boot
  };
  struct item {
    change_source by;
    state_ptr shown;
  };
  struct of_node {
    std::vector<arrival> arrived;
    std::optional<item> under_way;           ///< of the one change that is under way
    std::map<change_source, state_ptr> lost; ///< the worst of each source
    bool empty() const noexcept { return arrived.empty() && !under_way && lost.empty(); }
  };
  ticket arrived(const node_id& id, state_ptr shown, std::optional<boot_id> boot);
  static void keep(of_node& one, change_source by, state_ptr shown);
  void forget_if_empty(const node_id& id);

  std::unordered_map<node_id, of_node> nodes_;
  ticket newest_;
  std::map<std::uint64_t, boot_time> under_way_; ///< commits by ticket: when they were sent
  status last_;
};

} // namespace muster::service
