// A hub's link. The first byte says which: frames from below and from above, any bytes; an honest pair of ends under
// the order of events that the bytes choose (tests/net/link/two_ends.hpp); or an end that hears whatever the bytes say.
#include "messages/vocabulary/cursor.hpp"
#include "tests/net/link/two_ends.hpp"

#include <cstdlib>

using namespace muster;
using namespace muster::net::link;

namespace {

struct script final : test::choices {
  explicit script(cursor from) : bytes_left{from} {}
  std::size_t below(std::size_t n) override { return (n > 256 ? bytes_left.u16_le() : bytes_left.u8()) % n; }
  cursor bytes_left;
};

void hold(const test::broken& wrong) {
  if (wrong) std::abort();
}

void run_honest(cursor in) {
  const auto streams = 1U + in.u8() % 14U;
  test::two_ends ends{{streams, std::size_t{in.u8()} * 1000}};
  script chance{in};
  while (chance.bytes_left.left() > 0)
    hold(ends.step(chance));
  hold(ends.settle());
}

stream_message any_message(cursor& in) {
  const stream_id stream{in.u8() % 16U};
  switch (in.u8() % 4) {
  case 0: return stream_open{stream, {}};
  case 1: return stream_data{stream, frame::adopt(bytes(1 + in.u16_le() % largest_slice, 1)), in.u32_le()};
  case 2: return stream_window{stream, std::max(in.u32_le(), 1U)};
  default: return stream_close{stream, static_cast<stream_end>(in.u8() % 6)};
  }
}

/// Whatever the far end says: what it may still send, and what came of it, is bounded.
void run_hostile(cursor in) {
  constexpr link_limits limits{8, 100'000};
  upper_streams end{limits};
  while (in.left() > 0) {
    const auto what = in.u8();
    if (what % 4 == 0) {
      end.send({what / 16U}, frame::adopt(bytes(1 + in.u16_le(), 2)));
    } else if (what % 4 == 1) {
      end.consumed({what / 16U}, in.u16_le());
    } else if (what % 4 == 2) {
      if (what % 8 == 2)
        end.close({what / 16U}, static_cast<stream_end>(in.u8() % 6));
      else
        end.next();
    } else if (!end.take(any_message(in))) {
      return;
    }
    if (end.size() > limits.streams || end.reserved() > limits.pool) std::abort();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  cursor in{{input, size}};
  switch (in.u8() % 4) {
  case 0:
    if (const auto got = parse_up(frame::copy_of(in.rest())); got && !parse_up(frame::adopt(make_up(*got))))
      std::abort();
    break;
  case 1:
    if (const auto got = parse_down(frame::copy_of(in.rest()));
        got && !parse_down(frame::adopt(make_down(*got))))
      std::abort();
    break;
  case 2: run_honest(in); break;
  default: run_hostile(in); break;
  }
  return 0;
}
