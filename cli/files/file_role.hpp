// What a file that a command opens has to be, and the sentence for one that is something else.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "tpm/files/file_kind.hpp"

#include <string>

namespace muster::cli {

/// The files that the offline commands open.
enum class file_role : std::uint8_t {
  ak,            ///< muster appraise --ak
  quote,         ///< --quote
  signature,     ///< --signature
  pcrs,          ///< --pcrs
  boot_log,      ///< --event-log, muster eventlog
  ima_list,      ///< --ima-log, muster imalog
  bundle,        ///< --bundle
  anchor,        ///< --anchor, muster reference make --rim-root
  log_key,       ///< --key
  reference_set, ///< --reference, muster reference make --base
  keylime,       ///< muster reference make --keylime
  rim            ///< muster reference make --rim
};

/// The fault of a file that did not parse as what it should be. If its content is of another known kind, the
/// fault names that kind: "this is a PEM certificate, not a quote; give what tpm2_quote -m wrote". Otherwise it
/// is `why`.
fault named(byte_view content, file_role role, fault why);

/// fault malformed, as `named`: the content is of another known kind. Content of no known kind passes, because
/// its parser says what is wrong with it; only an IMA list has to begin with an entry.
status check_kind(byte_view content, file_role role);

} // namespace muster::cli
