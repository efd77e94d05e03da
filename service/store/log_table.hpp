// Raw logs of machines: numbered pieces; large ones are shared.
#pragma once

#include "records/store_port.hpp"
#include "service/store/environment.hpp"

namespace muster::service {

/// Appends to the log. Extends the newest piece if the two together are small.
status append_log(const environment& env, const transaction& in, const node_id& id, std::uint32_t log,
                  const std::optional<frame>& boot, const std::vector<appraisal::log_piece>& ima);

status clear_log(const environment& env, const transaction& in, const node_id& id, std::uint32_t log);

/// Piece `index` of a log. Empty if there is none: the piece before was the last one.
result<std::optional<kept_log_piece>> log_piece_of(const environment& env, const transaction& in,
                                                   const node_id& id, std::uint32_t log, std::uint32_t index);

} // namespace muster::service
