#include "standing/join_offer.hpp"

#include "messages/time_text.hpp"

namespace muster::service {

status check_join_order(const join_token_order& order) {
  if (order.group.empty()) return fault{errc::malformed, "group: is empty"};
  if (order.label.size() > longest_join_label || printable(order.label) != order.label)
    return fault{errc::malformed, "label: expected at most 64 printable characters"};
  if (order.uses == 0 || order.uses > most_join_uses)
    return fault{errc::malformed, "uses: expected a number from 1 to 100000"};
  if (order.expires <= std::chrono::milliseconds{0} || order.expires > longest_join_expiry)
    return fault{errc::malformed, "expires: expected more than 0 and at most 30d, such as 24h"};
  return {};
}

join_token new_join_token(const join_token_order& order, const bytes32& digest, wall_time now,
                          std::uint64_t after_loss) {
  join_token out;
  out.digest = digest;
  out.role = join_role::agent;
  out.group = order.group;
  out.label = order.label;
  out.uses = order.uses;
  out.made = now;
  out.expires = {now.milliseconds + static_cast<std::uint64_t>(order.expires.count())};
  out.made_by = order.by;
  out.after_loss = after_loss;
  return out;
}

std::string describe(const join_token& token) {
  return "token " + join_token_id(token.digest) + (token.label.empty() ? "" : ", label " + token.label)
         + ": group " + token.group + ", " + std::to_string(token.uses) + (token.uses == 1 ? " use" : " uses")
         + ", until " + rfc3339(token.expires);
}

} // namespace muster::service
