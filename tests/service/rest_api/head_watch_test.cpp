// Request heads that two parsers would read differently, in pieces of any size.
#include "service/rest_api/head_watch.hpp"

#include <doctest/doctest.h>
#include <kj/compat/http.h>

#include <iterator>
#include <random>
#include <string>
#include <string_view>

using namespace muster::service::rest_api;

namespace {

/// The position of the first byte that was replaced; npos: none was.
std::size_t refused_at(std::string text, std::mt19937& random) {
  head_watch watch;
  for (std::size_t at = 0; at < text.size();) {
    const auto piece = std::min<std::size_t>(1 + random() % 20, text.size() - at);
    watch.look({text.data() + at, piece});
    at += piece;
  }
  return text.find('\0');
}

/// A head of lines made from the characters that separate lines, up to its empty line.
std::string odd_head(std::mt19937& random) {
  constexpr std::string_view parts[] = {"\r", "\n", "\r\n", " ", "\t", ":", "X", "Y: 1", "Content-Length: 5"};
  std::string lines;
  for (auto n = 1 + random() % 12; n > 0; --n)
    lines += parts[random() % std::size(parts)];
  lines += "\r\n\r\n";
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const bool first = at == 0 || lines[at - 1] == '\n';
    const auto end = first && lines[at] == '\n'               ? at + 1
                     : first && lines.substr(at, 2) == "\r\n" ? at + 2
                                                              : 0;
    if (end != 0) return "GET /x HTTP/1.1\r\n" + lines.substr(0, end);
  }
  return "GET /x HTTP/1.1\r\n" + lines;
}

/// Whether one of its lines, as RFC 9112 separates them, is the Content-Length header.
bool a_line_has_length(const std::string& head) {
  return head.find("\nContent-Length:") != std::string::npos;
}

bool kj_reads_length(const kj::HttpHeaderTable& table, std::string head, bool& taken) {
  kj::HttpHeaders headers{table};
  taken = headers.tryParseRequest(kj::arrayPtr(head.data(), head.size())).is<kj::HttpHeaders::Request>();
  bool out = false;
  headers.forEach([&](kj::StringPtr name, kj::StringPtr) { out = out || name == "Content-Length"; });
  return out;
}

} // namespace

TEST_CASE("in every head that passes, KJ finds a body length exactly where a line starts with its name") {
  kj::HttpHeaderTable::Builder builder;
  const auto table = builder.build();
  std::mt19937 random{7};
  unsigned passed = 0;
  for (int n = 0; n < 20'000; ++n) {
    const auto head = odd_head(random);
    bool taken = false;
    const bool read = kj_reads_length(*table, head, taken);
    if (!taken || refused_at(head, random) != std::string::npos) continue;
    CAPTURE(head);
    CHECK(read == a_line_has_length(head));
    ++passed;
  }
  CHECK(passed > 100);
}

TEST_CASE("a malformed head is refused at the byte that makes it so, however its bytes are split") {
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
      {"GET /x HTTP/1.1\r\nX: a\rContent-Length: 5\r\n\r\n", 22},
      {"GET /x HTTP/1.1\r\nX: a\r\r\n\r\n", 22},
      {"GET /x HTTP/1.1\r\n\rHost: m\r\n\r\n", 18},
  };
  std::mt19937 random{5};
  for (const auto& one : rows)
    for (int pieces = 0; pieces < 30; ++pieces) {
      CAPTURE(one.text);
      CHECK(refused_at(one.text, random) == one.at);
      // After a request with a body, and after one without.
      const auto body = good.substr(0, good.size() - 2) + "Content-Length: 9\r\n\r\n1 : 3\n\n\n9";
      CHECK(refused_at(good + one.text, random) == (one.at == nowhere ? nowhere : good.size() + one.at));
      CHECK(refused_at(body + one.text, random) == (one.at == nowhere ? nowhere : body.size() + one.at));
    }
}
