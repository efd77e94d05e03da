// A trust list on its way into force, in the CA's folder, and the issuer that it brings.
// Source: docs/protocol.md 1.
//
//   coming/list      the signed list, from before its record in the log until it is in force
//   coming/HEX.key   key of the issuer that it brings; HEX: SHA-256 of its SPKI, as in the list
//   coming/HEX.pem   that issuer's certificate
//
// The order of steps: store the pair, store the list, write its record in the log. Then the list moves to
// lists/ and is in force. Last, the pair replaces services.key and services.pem. If any step is interrupted,
// the next start brings the list into force if it is on record, and else drops it. While a list is here,
// `ras ca export-request` is refused. An export-request that began earlier changes only next.key, which is no
// longer read once the pair is here.
#pragma once

#include "service/privacy_ca/next_trust.hpp"

#include <filesystem>
#include <functional>

namespace muster::service {

/// Call it before writing the record: stores all that is needed to bring `next` into force. Durable when it
/// returns. First finishes what an earlier rotation left. fault conflict: another list is here and may be on
/// record, so ras has to be restarted first; io, ...: nothing has changed.
status store_coming(const std::filesystem::path& ca, const crypto::trust_list& in_force,
                    const next_trust& next);

/// Call it after the record is written: the list here is in force when this returns. fault io: it may be in
/// force; the next start finds out.
status bring_into_force(const std::filesystem::path& ca, std::uint64_t number);

/// If an issuer that `in_force` names is here, it replaces services.key and services.pem. May be interrupted
/// anywhere and called again. fault mismatch, not_found, malformed: the list names the issuer, but its key is
/// another one or missing; nothing is removed.
status finish_rotation(const std::filesystem::path& ca, const crypto::trust_list& in_force);

/// Whether a rotation is unfinished, interrupted or still running. Empty: no; else what has to be done first.
result<std::string> unfinished_rotation(const std::filesystem::path& ca, const crypto::trust_list& in_force);

struct settled_trust {
  enum class outcome : std::uint8_t {
    none = 0, ///< no list was on its way
    in_force, ///< it was on record
    dropped   ///< it was not
  };
  outcome what = outcome::none;
  std::uint64_t number = 0;
};

/// Whether the log of records has the rotation to exactly this encoded list.
using on_record = std::function<result<bool>(std::uint64_t number, byte_view list)>;

/// For a start, after the database was opened: no other process uses this folder then, and the log can be
/// read. Brings the list here into force or drops it, and removes pairs that belong to no list. `in_force`
/// comes from `load_trust`; after the outcome in_force it is outdated, and the caller has to load it again.
/// fault malformed, mismatch, ...: the list is damaged, or does not follow the one in force; io, or a fault
/// of `recorded`: the outcome is not known.
result<settled_trust> settle_coming(const std::filesystem::path& ca, const crypto::trust_list& in_force,
                                    const on_record& recorded);

} // namespace muster::service
