// Raw logs of machines: numbered pieces, the large ones shared.
#pragma once

#include "records/store_port.hpp"
#include "service/store/environment.hpp"

namespace muster::service {

/// Adds behind what is there; extends the newest piece while both together are small.
status append_log(const environment& env, const transaction& in, const node_id& id, std::uint32_t log,
                  const std::optional<frame>& boot, const std::vector<appraisal::log_piece>& ima);

status clear_log(const environment& env, const transaction& in, const node_id& id, std::uint32_t log);

/// Piece `index` of a log; empty: there is none, so the one before was the last.
result<std::optional<kept_log_piece>> log_piece_of(const environment& env, const transaction& in,
                                                   const node_id& id, std::uint32_t log, std::uint32_t index);

} // namespace muster::service
