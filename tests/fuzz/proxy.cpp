// What a proxy may say, cut as the first byte of the input tells. Whatever comes: no answer is taken beyond its end, and
// the end does not depend on the cut.
#include "net/proxy/http_connect.hpp"
#include "net/proxy/socks5.hpp"

#include <cstdlib>
#include <optional>

using namespace muster;

namespace {

struct outcome {
  bool open = false;
  std::size_t used = 0;
  std::optional<fault> why;
  bytes said;
  friend bool operator==(const outcome&, const outcome&) = default;
};

template <class Way> outcome talk(Way way, byte_view answer, std::size_t step) {
  outcome out;
  append(out.said, way.take_output().view());
  while (!way.open() && !answer.empty()) {
    const auto piece = answer.first(std::min(step, answer.size()));
    const auto used = way.feed(piece);
    if (!used) return {false, 0, used.fault(), out.said};
    const auto more = way.take_output();
    if (*used == 0 || *used > piece.size()) std::abort();
    if (*used < piece.size() && !way.open() && more.empty()) std::abort();
    out.used += *used;
    append(out.said, more.view());
    answer = answer.subspan(*used);
  }
  out.open = way.open();
  if (!out.open && way.ended().check.empty()) std::abort();
  return out;
}

template <class Way> void take(byte_view answer, std::size_t step, const net::proxy_credentials* own) {
  const tcp_address where{"ras.example.org", 4280};
  const auto whole = talk(Way::ask(where, own).value(), answer, std::max<std::size_t>(answer.size(), 1));
  if (talk(Way::ask(where, own).value(), answer, step) != whole) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  if (size == 0) return 0;
  const auto own = net::parse_proxy_credentials(crypto::secret{to_bytes(as_bytes("user:password"))});
  const byte_view answer{input + 1, size - 1};
  const std::size_t step = 1 + input[0] / 2;
  const auto* shown = input[0] % 2 == 1 ? &*own : nullptr;
  take<net::http_connect>(answer, step, shown);
  take<net::socks5>(answer, step, shown);
  return 0;
}
