// A name for a list of findings: people number findings by the list that they were shown.
#pragma once

#include "messages/vocabulary/finding.hpp"

#include <span>
#include <string>

namespace muster::appraisal {

/// 32 digits of hex over what each finding says, in order: kind, check, subject, expected and found. Another
/// finding, or another order, gives another mark. A level, a sentence and a remedy do not count: they change
/// with the policy and with the version of this service, and the numbers mean the same. A machine chooses
/// texts of its findings, so a mark is too long to be met by trying.
std::string mark_of(std::span<const finding> listed);

} // namespace muster::appraisal
