// Evidence as frames for the service. Pure.
#pragma once

#include "actors/node/evidence.hpp"

namespace muster::node {

/// Part 0.
bytes evidence_frame(const quoted_evidence& evidence);
/// Part `part` = 1, 2, 3, ...
bytes log_frame(const log_part& log, std::uint32_t part);
/// Sent instead of evidence, or of the rest of it: the reason, printable and cut to size.
bytes unable_frame(attestation_number number, const fault& why);

} // namespace muster::node
