#include "service/rest_api/join_requests.hpp"

#include "schemas/rest.capnp.h"
#include "settings/scalar.hpp"

#include <array>

namespace muster::service::rest_api {

routed read_make_join_token(const asked& in) {
  static constexpr std::array<std::string_view, 1> required{"group"};
  return with_body<rest::JoinTokenRequest>(in, required, [](rest::JoinTokenRequest::Reader body) -> routed {
    if (const auto good = check_word("group", text_of(body.getGroup())); !good)
      return bad_request(good.fault());
    join_token_order wanted;
    wanted.group = copy_of(body.getGroup());
    wanted.label = copy_of(body.getLabel());
    if (body.getUses() != 0) wanted.uses = body.getUses();
    if (body.getExpires().size() != 0) {
      const auto expires = settings::parse_duration(text_of(body.getExpires()));
      if (!expires) return wrong_field("expires: " + expires.fault().check);
      wanted.expires = *expires;
    }
    if (const auto good = check_join_order(wanted); !good) return wrong_field(good.fault().check);
    return rest_request{make_join_token{std::move(wanted)}};
  });
}

routed read_revoke_join_token(const asked& in) {
  if (!is_join_token_id(in.segment))
    return wrong_field("path: expected the id of a join token, which is 16 digits of hex");
  return rest_request{revoke_join_token{in.segment}};
}

} // namespace muster::service::rest_api
