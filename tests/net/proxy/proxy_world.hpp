// What the tests of both ways share: every cut of what a proxy may say.
#pragma once

#include "net/proxy/http_connect.hpp"
#include "net/proxy/socks5.hpp"

#include <doctest/doctest.h>

#include <string>

namespace muster::net::test {

inline proxy_credentials secret_of(std::string_view text) {
  auto read = parse_proxy_credentials(crypto::secret{to_bytes(as_bytes(text))});
  REQUIRE(read);
  return std::move(*read);
}

inline std::string sent(auto& way) { return std::string{as_text(way.take_output().view())}; }

/// How one talk ended.
struct outcome {
  bool open = false;
  std::size_t used = 0; ///< of the proxy's bytes
  std::optional<fault> why;
  std::string said; ///< everything that was sent
  friend bool operator==(const outcome&, const outcome&) = default;
};

/// Feeds `answer` in pieces: one of `first` bytes, then pieces of `step`. Output is taken after each.
template <class Way> outcome talk(Way way, std::string_view answer, std::size_t first, std::size_t step) {
  outcome out;
  out.said = sent(way);
  auto rest = as_bytes(answer);
  for (auto size = first; !way.open() && !rest.empty(); size = step) {
    const auto piece = rest.first(std::min(std::max<std::size_t>(size, 1), rest.size()));
    const auto used = way.feed(piece);
    if (!used) return {false, 0, used.fault(), out.said};
    REQUIRE(*used <= piece.size());
    REQUIRE(*used > 0);
    out.used += *used;
    const auto more = sent(way);
    CHECK((*used == piece.size() || way.open() || !more.empty()));
    out.said += more;
    rest = rest.subspan(*used);
  }
  out.open = way.open();
  return out;
}

/// What happens does not depend on how the network cuts the bytes.
template <class Make> outcome in_every_cut(Make make, std::string_view answer) {
  const auto whole = talk(make(), answer, answer.size(), 1);
  for (std::size_t cut = 0; cut <= answer.size(); ++cut) {
    CAPTURE(cut);
    CHECK(talk(make(), answer, cut, answer.size()) == whole);
  }
  CHECK(talk(make(), answer, 1, 1) == whole);
  return whole;
}

} // namespace muster::net::test
