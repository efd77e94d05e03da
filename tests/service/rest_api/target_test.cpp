#include "service/rest_api/target.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service::rest_api;

TEST_CASE("a target is decoded once, part by part") {
  const auto read = parse_target("/v1/nodes/a%20b%2Fc?limit=5&group=x%26y");
  REQUIRE(read);
  CHECK(read->segments
        == std::vector<std::string>{"v1", "nodes", "a b/c"}); // an encoded slash is not a separator
  REQUIRE(read->query.size() == 2);
  CHECK(read->query[0] == std::pair<std::string, std::string>{"limit", "5"});
  CHECK(read->query[1] == std::pair<std::string, std::string>{"group", "x&y"});

  CHECK(parse_target("/%2541")->segments == std::vector<std::string>{"%41"}); // never decoded twice
  CHECK(parse_target("/a+b")->segments == std::vector<std::string>{"a+b"});   // a plus is a plus
  CHECK(parse_target("/")->segments.empty());
  CHECK(parse_target("/a?k=")->query[0].second.empty());
  CHECK(parse_target("/a?k=v=w")->query[0].second == "v=w");
}

TEST_CASE("a target that two readers could understand differently is refused") {
  for (const char* text : {"",
                           "v1/nodes",
                           "*",
                           "http://host/v1",
                           "//v1",
                           "/v1//nodes",
                           "/v1/",
                           "/.",
                           "/..",
                           "/v1/../etc",
                           "/%2e%2e",
                           "/%2E",
                           "/a%",
                           "/a%4",
                           "/a%zz",
                           "/a%0a",
                           "/a%00",
                           "/a%7f",
                           "/a%ff",
                           "/a%c3%a9",
                           "/a b",
                           "/a\xc3\xa9",
                           "/a\"",
                           "/a<b",
                           "/a\\b",
                           "/a#b",
                           "/a?b",
                           "/a?",
                           "/a?b=1&",
                           "/a?b=1&b=2",
                           "/a?b=1&%62=2",
                           "/a?b=%0d%0aX"}) {
    CAPTURE(text);
    const auto read = parse_target(text);
    REQUIRE_FALSE(read);
    CHECK(read.fault().code == errc::malformed);
  }
}

TEST_CASE("the size of a target is bounded") {
  const auto limited = [](const std::string& text) {
    const auto read = parse_target(text);
    return !read && read.fault().code == errc::limit;
  };
  CHECK(parse_target("/" + std::string(2047, 'a')));
  CHECK(limited("/" + std::string(2048, 'a')));
  CHECK(parse_target("/1/2/3/4/5/6/7/8"));
  CHECK(limited("/1/2/3/4/5/6/7/8/9"));
  std::string many = "/a?";
  for (int i = 0; i < 17; ++i)
    many += (i == 0 ? "k" : "&k") + std::to_string(i) + "=1";
  CHECK(limited(many));
}
