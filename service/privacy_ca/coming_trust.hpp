// A trust list that is on its way into force, in the CA's folder, and the issuer that it brings.
// Source: docs/protocol.md 1.
//
//   coming/list      the signed list, from before its record in the log until it is in force
//   coming/HEX.key   key of the issuer that it brings; HEX: SHA-256 of its SPKI, as the list names it
//   coming/HEX.pem   its certificate
//
// The order: the pair, the list, its record in the log; then the list goes to lists/ and is in force; then
// the pair takes the place of services.key and services.pem. Wherever that is cut off, the next start brings
// a list into force that is on record, and drops one that is not. While a list is here `ras ca
// export-request` is refused; one that began before touches next.key only, which nobody reads once the pair
// is here.
#pragma once

#include "service/privacy_ca/next_trust.hpp"

#include <filesystem>
#include <functional>

namespace muster::service {

/// Before the record: all that is needed to bring `next` into force without anything else. Durable when it
/// returns. Finishes what an earlier rotation left. fault conflict: another list is here that is perhaps on
/// record, so ras has to be restarted first; io, ...: nothing has changed.
status store_coming(const std::filesystem::path& ca, const crypto::trust_list& in_force,
                    const next_trust& next);

/// Behind the record: the list that is here is in force from when this returns. fault io: perhaps it is; the
/// next start knows.
status bring_into_force(const std::filesystem::path& ca, std::uint64_t number);

/// The issuer that `in_force` names and that is here takes the place of services.key and services.pem. Can be
/// cut off anywhere, and called again. fault mismatch, not_found, malformed: the list names it, and its key
/// is another one or gone: nothing is removed.
status finish_rotation(const std::filesystem::path& ca, const crypto::trust_list& in_force);

/// What a rotation left that was cut off, or that is running. Empty: nothing; else what to do first.
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

/// Whether the rotation to this list, as it is encoded, is in the log of records.
using on_record = std::function<result<bool>(std::uint64_t number, byte_view list)>;

/// For a start, when the database is open: nobody else runs on this folder then, and the log can be read.
/// Pairs that belong to no list go, too. `in_force` is what `load_trust` gave; after outcome in_force it is
/// an old one. fault malformed, mismatch, ...: the list is damaged, or does not follow the one in force; io,
/// or what `recorded` says: it is not known.
result<settled_trust> settle_coming(const std::filesystem::path& ca, const crypto::trust_list& in_force,
                                    const on_record& recorded);

} // namespace muster::service
