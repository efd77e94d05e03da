// The one field of a record that is known only when it is stored.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <cstdint>

namespace muster {

/// Replaces `resultSequence` in the canonical bytes of a records::State. `placeholder` is what stands there
/// now; false, and nothing is changed, if something else does. `placeholder` and `value` are not 0, so the
/// bytes stay canonical.
[[nodiscard]] bool stamp_result_sequence(mutable_bytes state, std::uint64_t placeholder,
                                         std::uint64_t value) noexcept;

} // namespace muster
