// A name for a list of findings, and the command that takes numbers of it.
#pragma once

#include "messages/vocabulary/finding.hpp"

#include <span>
#include <string>
#include <string_view>

namespace muster::appraisal {

/// 32 digits of hex over what each finding says, in order: kind, check, subject, expected and found. Another
/// finding, or another order, gives another mark. A level, a sentence and a remedy do not count: they change
/// with the policy and with the version of this service, and the numbers mean the same. A machine chooses
/// texts of its findings, so a mark is too long to be met by trying.
std::string mark_of(std::span<const finding> listed);

/// How an operator makes what one finding is about part of the reference, and nothing else. Where machine,
/// number and mark are known, they take the place of NODE, N and LIST.
inline constexpr std::string_view amend_command =
    "muster reference amend GROUP --from NODE --finding N --listed LIST";

} // namespace muster::appraisal
