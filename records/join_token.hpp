// Join tokens, as they are on record (docs/protocol.md 2). The token itself is on no record: only its digest is.
#pragma once

#include "messages/build.hpp"
#include "messages/view.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"
#include "schemas/records.capnp.h"

#include <chrono>
#include <string>
#include <string_view>

namespace muster::service {

/// Whom a token lets in. Zero is nobody.
enum class join_role : std::uint8_t { none = 0, agent = 1 };
constexpr join_role last_of(join_role) noexcept { return join_role::agent; }

inline constexpr std::size_t join_token_size = 32;
inline constexpr std::uint32_t most_join_uses = 100'000;
inline constexpr std::chrono::milliseconds default_join_expiry{std::chrono::hours{24}};
inline constexpr std::chrono::milliseconds longest_join_expiry{std::chrono::hours{24 * 30}};
inline constexpr std::size_t longest_join_label = 64;

/// SHA-256("muster/join-token/1\0" || token). A token is 32 random bytes, so its digest gives nothing away,
/// and a search by digest needs no constant time.
bytes32 join_token_digest(byte_view token);

/// What people call a token: the first 16 hex digits of its digest.
std::string join_token_id(const bytes32& digest);
/// Whether a text has the form of such an id.
constexpr bool is_join_token_id(std::string_view text) noexcept {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

struct join_token {
  bytes32 digest{}; ///< `join_token_digest`; the key of the record
  join_role role = join_role::none;
  std::string group;      ///< of the machines that it admits
  std::string label;      ///< for people; may be empty
  std::uint32_t uses = 0; ///< how many machines it may admit
  wall_time made;
  wall_time expires;
  std::string made_by;
  /// `log_state::after_loss` when it was made. After a loss of records it is not known how often a token of
  /// before was used, so it admits nobody.
  std::uint64_t after_loss = 0;
  wall_time revoked; ///< 0: it was not
  std::string revoked_by;

  friend bool operator==(const join_token&, const join_token&) = default;
};

/// That a token admitted a machine. Written in one transaction with the machine's record, never given back.
struct join_use {
  bytes32 token{}; ///< digest
  wall_time at;
};

record<records::JoinToken> to_record(const join_token& token);
/// fault malformed: as those of record_codec.hpp.
result<join_token> join_token_from(const bytes32& digest, const view<records::JoinToken>& stored);
record<records::JoinUse> to_record(const join_use& use);
result<join_use> join_use_from(const view<records::JoinUse>& stored);

} // namespace muster::service
