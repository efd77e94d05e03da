// A change of a machine: what is on record after it, and what follows from it.
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

/// A table with one record for each machine, which may be written together with a change of that machine.
template <class Table>
concept table_of_node =
    std::same_as<Table, tables::revocations> || std::same_as<Table, tables::ak_certificates> || std::same_as<
        Table, tables::forgotten> || std::same_as<Table, tables::join_uses>;

/// A table of commands.
template <class Table>
concept table_of_commands =
    std::same_as<Table, tables::commands> || std::same_as<Table, tables::ended_commands>;

/// What becomes durable with a change, besides the record and the state of its machine. A change may touch
/// nothing else, and all of it belongs to that machine. Record and state follow from what the change says is
/// on record after it. To put them here as well does not compile, so the two cannot differ.
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
  /// The newest command id that was given out. It becomes durable together with the command that has it.
  void set_newest_command(command_id newest);

  /// Adds an entry about the machine to the log.
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

/// The result of a decided attestation, as it is kept.
struct decided_result {
  record<records::Result> content;
  result_stay stay = result_stay::while_newest;
};

/// Where a change comes from. This decides what remains true if the change cannot be stored.
enum class change_source : std::uint8_t {
  people = 0,   ///< an operator's order: if it cannot be stored, it did not happen
  machine = 1,  ///< what a machine did: it connected, it named another boot, two hosts use it
  evidence = 2, ///< an attestation
  judgement = 3 ///< what is on record, judged by what is in force now
};

/// A change that was decided on a `settled_node`; at first it changes nothing. Nothing in it counts before it
/// is durable; only its bad news is shown at once (standing/unstored_news.hpp).
struct node_change {
  node_change(const settled_node& at, change_source by) : node_change{at.id(), at.entry(), by} {}
  /// A change of what is on record as `before`, for callers without a `node_runner`.
  node_change(const node_id& id, node_entry before, change_source by)
      : after{std::move(before)}, source{by}, batch{id} {}

  /// Removes the machine from the records.
  void forget() { after = {}; }
  void put(node_record node) { after.node = std::make_shared<const node_record>(std::move(node)); }
  void put(node_state state) { after.state = std::make_shared<const node_state>(std::move(state)); }

  /// What is on record after the change; the pointers of the settled node where nothing changes. With a
  /// `result`, `state->result` is none until the result has its number.
  node_entry after;
  change_source source;
  change_batch batch;
  std::optional<decided_result> result;
  std::optional<session_end> ends;     ///< ends the open session, if there is one, for this reason
  std::optional<std::string> moved_to; ///< the open session continues in this group
  std::optional<tuning> tuned;         ///< the open session learns of it
  /// The node's commands as they are for session `session`, and those of them that settled.
  std::optional<command_queue> queue;
  session_epoch session;
  std::vector<command_record> settled;
  std::vector<node_news> news;
};

/// A change, and the answer for its caller once it is durable.
template <class Answer> struct answered_change {
  node_change change;
  Answer answer;
};

/// All that must be stored for a change of what is on record as `before`, its result last: the commit answers
/// with the number of the result. Empty: nothing must be. Takes `batch` and `result` out of the change.
write_batch take_batch(const node_entry& before, node_change& change);

/// The state with the number of its result.
state_ptr numbered(const node_state& state, sequence number);

} // namespace muster::service
