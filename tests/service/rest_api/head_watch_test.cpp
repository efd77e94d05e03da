// Heads that one parser takes and another reads otherwise, whatever pieces they come in.
#include "service/rest_api/head_watch.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

using namespace muster::service::rest_api;

namespace {

/// Where the first byte was replaced; npos: nowhere.
std::size_t refused_at(std::string text, std::mt19937& random) {
  head_watch watch;
  for (std::size_t at = 0; at < text.size();) {
    const auto piece = std::min<std::size_t>(1 + random() % 20, text.size() - at);
    watch.look({text.data() + at, piece});
    at += piece;
  }
  return text.find('\0');
}

} // namespace

TEST_CASE("a head is refused at the byte that makes it none, in whatever pieces it comes") {
  constexpr auto nowhere = std::string::npos;
  const std::string good = "GET /x HTTP/1.1\r\nHost: m\r\n\r\n";
  struct row {
    std::string text;
    std::size_t at;
  };
  const row rows[] = {
      {good, nowhere},
      {"GET /x HTTP/1.0\n\n", nowhere},
      {"GET /x HTTP/1.1\r\nA:b : c\r\nB:\t \r\n\r\n", nowhere},
      {"POST /x HTTP/1.1\r\ncontent-LENGTH: 12\r\n\r\nA : b\r\n\r\nxyz.", nowhere},
      {"GET /x HTTP/9.9\r\n\r\n", 12},
      {"GET /x http/1.1\r\n\r\n", 7},
      {"GET /x HTTP/1.2\r\n\r\n", 14},
      {"GET /x HTTP/1.11\r\n\r\n", 15},
      {"GET /x HTTP/1.1 \r\n\r\n", 15},
      {"GET /x\r\n\r\n", 6},
      {"GET /x HTTP/1.1\r\nHost : m\r\n\r\n", 21},
      {"GET /x HTTP/1.1\r\nHost: m\r\n folded\r\n\r\n", 26},
      {"GET /x HTTP/1.1\r\nno colon\r\n\r\n", 19},
      {"GET /x HTTP/1.1\rHost: m\r\n\r\n", 16},
  };
  std::mt19937 random{5};
  for (const auto& one : rows)
    for (int pieces = 0; pieces < 30; ++pieces) {
      CAPTURE(one.text);
      CHECK(refused_at(one.text, random) == one.at);
      // Behind a request with a body, and behind one without.
      const auto body = good.substr(0, good.size() - 2) + "Content-Length: 9\r\n\r\n1 : 3\n\n\n9";
      CHECK(refused_at(good + one.text, random) == (one.at == nowhere ? nowhere : good.size() + one.at));
      CHECK(refused_at(body + one.text, random) == (one.at == nowhere ? nowhere : body.size() + one.at));
    }
}
