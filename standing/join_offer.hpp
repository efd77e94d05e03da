// What a join token says about a machine that asks for admission, and what people say when they make one.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "records/join_token.hpp"

#include <optional>

namespace muster::service {

/// What is known of the token that came with a proof, and of its EK.
struct join_offer {
  std::optional<join_token>
      token{}; ///< may admit one more agent now; empty: none came, or it is not accepted
  /// This EK was admitted once and forgotten, or is on record as the use of a token. No token admits it again.
  bool known_before = false;
};

/// Why a token did not count. The agent is told this much, and not what is wrong with a token.
enum class join_refusal : std::uint8_t {
  none = 0,         ///< none came, or it was not needed
  not_accepted = 1, ///< unknown, expired, used up or revoked
  known_machine = 2 ///< this EK is, or was, on record: the token was not looked at
};

/// An operator's order for a new token.
struct join_token_order {
  std::string group;
  std::string label;
  std::uint32_t uses = 1;
  std::chrono::milliseconds expires = default_join_expiry; ///< from now
  std::string by{};
};

/// fault malformed: the text begins with the field and says what is expected of it.
status check_join_order(const join_token_order& order);

/// The record of a new token. Caller: `check_join_order` holds.
join_token new_join_token(const join_token_order& order, const bytes32& digest, wall_time now,
                          std::uint64_t after_loss);

/// For the log of records: "token ID, label LABEL: group G, 3 uses, until TIME".
std::string describe(const join_token& token);

} // namespace muster::service
