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

/// A table with a record of each machine that goes with a change of it.
template <class Table>
concept table_of_node =
    std::same_as<Table, tables::revocations> || std::same_as<Table, tables::ak_certificates>;

/// A table of what people ordered of machines.
template <class Table>
concept table_of_commands =
    std::same_as<Table, tables::commands> || std::same_as<Table, tables::ended_commands>;

/// What becomes durable with a change besides the record and the state of its machine: this is all that a
/// change of a machine may touch, and all of it is of that machine. Its record and state follow from what the
/// change says is on record then; to put them here as well does not compile, so that the two cannot differ.
class change_batch : private write_batch {
public:
  explicit change_batch(const node_id& of) : of_{of} {}
  const node_id& of() const noexcept { return of_; }

  template <table_of_node Table> void put(const record<typename Table::content>& content) {
    write_batch::put<Table>(of_, content);
  }
  template <table_of_node Table> void erase() { write_batch::erase<Table>(of_); }
  template <table_of_commands Table>
  void put(const typename Table::key& key, const record<typename Table::content>& content) {
    write_batch::put<Table>(key, content);
  }
  template <table_of_commands Table> void erase(const typename Table::key& key) {
    write_batch::erase<Table>(key);
  }
  /// The newest id of a command that was given, durable with the command that has it.
  void set_newest_command(command_id newest);

  /// An entry of the log, about the machine.
  void enter(wall_time now, std::string by, std::string action, std::string text);
  void add_claims(std::vector<file_claim> files) { write_batch::add_claims(of_, std::move(files)); }
  void clear_claims() { write_batch::clear_claims(of_); }
  void append_log(std::uint32_t log, std::optional<frame> boot, std::vector<appraisal::log_piece> ima) {
    write_batch::append_log(of_, log, std::move(boot), std::move(ima));
  }
  void clear_log(std::uint32_t log) { write_batch::clear_log(of_, log); }
  void list_result(sequence at) { write_batch::list_result(of_, at); }
  void erase_result(sequence at) { write_batch::erase_result(of_, at); }
  using write_batch::add_boot;
  using write_batch::drop_use;
  using write_batch::empty;
  using write_batch::operations;

  write_batch take() && { return std::move(*this); }

private:
  node_id of_;
};

/// A decided attestation, as it is kept.
struct decided_result {
  record<records::Result> content;
  result_stay stay = result_stay::while_newest;
};

/// Where a change comes from: what is true of it if it cannot be stored.
enum class change_source : std::uint8_t {
  people = 0,   ///< an order: if it cannot be stored, it did not happen
  machine = 1,  ///< what a machine did: it came, it named another boot, two hosts use it
  evidence = 2, ///< an attestation
  judgement = 3 ///< what is on record, judged by what is in force now
};

/// Decided on a `settled_node`, and at first no change of it at all. Nothing of it holds, and nobody hears of
/// it, before it is durable.
struct node_change {
  node_change(const settled_node& at, change_source by) : node_change{at.id(), at.entry(), by} {}
  /// Of what is on record as `before`, for who has no `node_runner`.
  node_change(const node_id& id, node_entry before, change_source by)
      : after{std::move(before)}, source{by}, batch{id} {}

  /// The machine is on record no more.
  void forget() { after = {}; }
  void put(node_record node) { after.node = std::make_shared<const node_record>(std::move(node)); }
  void put(node_state state) { after.state = std::make_shared<const node_state>(std::move(state)); }

  /// As it is on record then; the pointers of the settled node where nothing changes. With a `result`,
  /// `state->result` is none until the result has its number.
  node_entry after;
  change_source source;
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

/// A change, and what whoever asked for it hears when it is durable.
template <class Answer> struct answered_change {
  node_change change;
  Answer answer;
};

/// All that is to be stored with a change of what is on record as `before`, its result last: the number that
/// the commit answers is the result's. Empty: nothing is. Takes `batch` and `result` out of the change.
write_batch take_batch(const node_entry& before, node_change& change);

/// The state once its result has a number.
state_ptr numbered(const node_state& state, sequence number);

} // namespace muster::service
