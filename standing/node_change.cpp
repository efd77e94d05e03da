#include "standing/node_change.hpp"

namespace muster::service {

node_news alarm_news(const node_id& id, std::string found) {
  return {node_news::weight::error, "alarm", {{"node", to_string(id)}, {"found", std::move(found)}}};
}

} // namespace muster::service
