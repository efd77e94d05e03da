// From findings to the verdict, in one expression.
#pragma once

#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/finding.hpp"
#include "messages/vocabulary/standing.hpp"

#include <span>

namespace muster::appraisal {

enum class reference_state : std::uint8_t { absent = 0, present = 1 };

/// The worst finding decides: a failure gives contraindicated. Without a reference there is nothing to
/// affirm, and any other verdict is none. The cap of the endorsement level limits what is left. An unknown
/// severity counts as failure.
verdict verdict_of(std::span<const finding> findings, endorsement vouched_by, const policy& p,
                   reference_state reference) noexcept;

} // namespace muster::appraisal
