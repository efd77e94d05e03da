// What a change makes of a machine.
#pragma once

#include "records/store_batch.hpp"
#include "standing/command_queue.hpp"
#include "standing/session_end.hpp"
#include "standing/settled_node.hpp"

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

/// Decided on a `settled_node`. Nothing of it holds, and nobody hears of it, before `batch` is durable.
struct node_change {
  node_entry after;                    ///< as it is on record then
  write_batch batch;                   ///< empty: nothing is to be stored
  std::optional<session_end> ends;     ///< the open session, if there is one
  std::optional<std::string> moved_to; ///< the open session continues in this group
  std::optional<tuning> tuned;         ///< the open session hears of it
  /// The commands of the node, as they are for the session of `session`, and those of them that settled.
  std::optional<command_queue> queue;
  session_epoch session;
  std::vector<command_record> settled;
  std::vector<node_news> news;
};

} // namespace muster::service
