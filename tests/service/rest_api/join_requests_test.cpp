// Requests about join tokens: what they mean, and what is refused before any actor is asked.
#include "service/rest_api/route.hpp"

#include <doctest/doctest.h>

namespace join_requests_test {

using namespace muster;
using namespace muster::service;
using namespace muster::service::rest_api;

namespace {

routed ask(std::string_view method, std::string_view target, std::string_view body = {}) {
  return route({method, target, "application/json", body});
}

join_token_order ordered(std::string_view body) {
  const auto in = ask("POST", "/v1/join-tokens", body);
  const auto* request = std::get_if<rest_request>(&in);
  REQUIRE(request != nullptr);
  return std::get<make_join_token>(*request).wanted;
}

std::string complaint(const routed& in) {
  const auto* out = std::get_if<problem>(&in);
  REQUIRE(out != nullptr);
  CHECK(out->status == 400);
  return out->detail.substr(0, out->detail.find(':'));
}

} // namespace

TEST_CASE("a token is ordered for a group, with one use for a day unless the request says otherwise") {
  const auto bare = ordered(R"({"group":"web"})");
  CHECK(bare.group == "web");
  CHECK(bare.uses == 1);
  CHECK(bare.expires == std::chrono::hours{24});
  const auto all = ordered(R"({"group":"web","uses":40,"expires":"30d","label":"rack 7"})");
  CHECK(all.uses == 40);
  CHECK(all.expires == std::chrono::hours{24 * 30});
  CHECK(all.label == "rack 7");
}

TEST_CASE("an order for a token that is out of bounds is refused, with the field") {
  const auto wrong = [](std::string_view body) { return complaint(ask("POST", "/v1/join-tokens", body)); };
  CHECK(wrong("{}") == "group");
  CHECK(wrong(R"({"group":""})") == "group");
  CHECK(wrong(R"({"group":"a b"})") == "group");
  CHECK(wrong(R"({"group":"web","uses":100001})") == "uses");
  CHECK(wrong(R"({"group":"web","expires":"31d"})") == "expires");
  CHECK(wrong(R"({"group":"web","expires":"0s"})") == "expires");
  CHECK(wrong(R"({"group":"web","expires":"soon"})") == "expires");
  CHECK(wrong(R"({"group":"web","label":"a\nb"})") == "label");
  CHECK(wrong(R"({"group":"web","label":")" + std::string(65, 'x') + R"("})") == "label");
  CHECK(complaint(ask("DELETE", "/v1/join-tokens/0123")) == "path");
  CHECK(complaint(ask("DELETE", "/v1/join-tokens/" + std::string(64, 'a')))
        == "path"); // never the token itself
}

} // namespace join_requests_test
