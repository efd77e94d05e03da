// What a change makes of a machine.
#pragma once

#include "records/store_batch.hpp"
#include "standing/command_queue.hpp"
#include "standing/session_end.hpp"
#include "standing/settled_node.hpp"

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace muster::service {

/// A line for people in the log of the process.
struct node_news {
  struct field {
    std::string_view key;
    std::variant<std::string, std::uint64_t> value;
  };
  enum class weight : std::uint8_t { info, warning, error };

  weight level = weight::info;
  std::string_view event; ///< "verdict"
  std::vector<field> fields;
};

/// The alarm of identity_alarm.hpp was raised.
node_news alarm_news(const node_id& id, std::string found);

/// A table that does not follow from what a change says is on record of its machine.
template <class Table>
concept accompanying_table = !std::same_as<Table, tables::nodes> && !std::same_as<Table, tables::states>;

/// What becomes durable with a change besides the record and the state of its machine. Those follow from what
/// the change says is on record then: to put them here as well does not compile, so that the two cannot
/// differ.
class change_batch : private write_batch {
public:
  template <accompanying_table Table>
  void put(const typename Table::key& key, const record<typename Table::content>& content) {
    write_batch::put<Table>(key, content);
  }
  template <accompanying_table Table> void erase(const typename Table::key& key) {
    write_batch::erase<Table>(key);
  }
  using write_batch::add_boot;
  using write_batch::add_claims;
  using write_batch::append_audit;
  using write_batch::append_log;
  using write_batch::clear_claims;
  using write_batch::clear_log;
  using write_batch::drop_use;
  using write_batch::empty;
  using write_batch::erase_result;
  using write_batch::list_result;
  using write_batch::operations;

  write_batch take() && { return std::move(*this); }
};

/// A decided attestation, as it is kept.
struct decided_result {
  record<records::Result> content;
  result_stay stay = result_stay::while_newest;
};

/// Where a change comes from.
enum class change_source : std::uint8_t {
  people = 0,   ///< an order: if it cannot be stored, it did not happen
  machine = 1,  ///< what a machine did: it came, it named another boot, two hosts use it
  evidence = 2, ///< an attestation
  judgement = 3 ///< what is on record, judged by what is in force now
};

/// Decided on a `settled_node`. Nothing of it holds, and nobody hears of it, before it is durable.
struct node_change {
  /// As it is on record then; the pointers of the settled node where nothing changes. With a `result`,
  /// `state->result` is none until the result has its number.
  node_entry after;
  change_source source = change_source::people;
  change_batch batch;
  std::optional<decided_result> result;
  std::optional<session_end> ends;     ///< the open session, if there is one
  std::optional<std::string> moved_to; ///< the open session continues in this group
  std::optional<tuning> tuned;         ///< the open session hears of it
  /// The commands of the node, as they are for the session of `session`, and those of them that settled.
  std::optional<command_queue> queue;
  session_epoch session;
  std::vector<command_record> settled;
  std::vector<node_news> news;
};

/// All that is to be stored with a change of what is on record as `before`, its result last: the number that
/// the commit answers is the result's. Empty: nothing is. Takes `batch` and `result` out of the change.
write_batch take_batch(const node_id& id, const node_entry& before, node_change& change);

/// The state once its result has a number.
state_ptr numbered(const node_state& state, sequence number);

} // namespace muster::service
