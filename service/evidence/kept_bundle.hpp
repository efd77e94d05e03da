// Writes a bundle from what the store keeps of an attestation, and verifies it again while it is written.
#pragma once

#include "messages/vocabulary/standing.hpp"
#include "records/store_port.hpp"

#include <functional>

namespace muster::service {

/// Takes the bytes of a bundle in order.
using bundle_sink = std::function<status(byte_view)>;

struct written_bundle {
  verdict recorded = verdict::none;  ///< as it is on record
  verdict concluded = verdict::none; ///< what the evidence gives now: the bundle's result
};

/// Size of the largest bundle, in bytes.
inline constexpr std::uint64_t max_bundle = std::uint64_t{1} << 30U;

/// Writes the bundle of attestation `number` of `id`, or of the newest one that verified, with the findings,
/// the policy and the set that are on record for it. The result in the bundle is what `bundle_verification`
/// concludes from the very parts that were written. fault not_found: the attestation, or what judged it, is
/// not kept; conflict: what is kept does not verify; limit; or the fault of `out`.
result<written_bundle> write_bundle(const store_reader& store, const node_id& id,
                                    std::optional<attestation_number> number, wall_time now,
                                    const bundle_sink& out);

} // namespace muster::service
