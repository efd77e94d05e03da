#include "service/rest_api/request.hpp"

#include <array>

namespace muster::service::rest_api {

std::string_view verb_of(const rest_request& request) noexcept {
  constexpr std::array<std::string_view, std::variant_size_v<rest_request>> verbs{"list",
                                                                                  "show",
                                                                                  "order",
                                                                                  "approve",
                                                                                  "name",
                                                                                  "acknowledge",
                                                                                  "revoke",
                                                                                  "forget",
                                                                                  "accept",
                                                                                  "try_reference",
                                                                                  "try_policy",
                                                                                  "incidents",
                                                                                  "campaigns",
                                                                                  "show_campaign",
                                                                                  "start_campaign",
                                                                                  "move_campaign",
                                                                                  "live",
                                                                                  "ready",
                                                                                  "log",
                                                                                  "log status",
                                                                                  "acknowledge head",
                                                                                  "export",
                                                                                  "import_set",
                                                                                  "export_set",
                                                                                  "groups",
                                                                                  "group",
                                                                                  "trust",
                                                                                  "rotate",
                                                                                  "amend",
                                                                                  "make_join_token",
                                                                                  "join_tokens",
                                                                                  "revoke_join_token"};
  static_assert(!verbs.back().empty(), "each request has a verb, in the order of the variant");
  if (const auto* order = std::get_if<order_node>(&request)) return to_string(order->kind);
  return verbs.at(request.index());
}

} // namespace muster::service::rest_api
