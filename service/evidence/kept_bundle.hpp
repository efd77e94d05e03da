// From the store to a bundle: what is kept of an attestation, verified again while it is written.
#pragma once

#include "messages/vocabulary/standing.hpp"
#include "records/store_port.hpp"

#include <functional>

namespace muster::service {

/// Takes the bytes of a bundle in their order.
using bundle_sink = std::function<status(byte_view)>;

struct written_bundle {
  verdict recorded = verdict::none;  ///< as it stands on record
  verdict concluded = verdict::none; ///< what the evidence gives now: the bundle's result
};

/// The largest bundle, bytes.
inline constexpr std::uint64_t max_bundle = std::uint64_t{1} << 30U;

/// Writes the bundle of attestation `number` of `id`, or of the newest that verified: with the findings, the
/// policy and the set that stand on record for it. The result in it is what `bundle_verification` concludes
/// over the very parts that were written. fault not_found: nothing is kept, or what judged it is not;
/// conflict: what is kept does not verify; limit; or what `out` answers.
result<written_bundle> write_bundle(const store_reader& store, const node_id& id,
                                    std::optional<attestation_number> number, wall_time now,
                                    const bundle_sink& out);

} // namespace muster::service
