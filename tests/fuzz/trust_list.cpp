// Trust lists from the network and a disk, and the two texts that go between a service and its root. Whatever
// parses is written to the same bytes, and is not signed by a key in force.
#include "crypto/trust_rotation.hpp"

#include <cstdlib>

using namespace muster;

namespace {

crypto::trust_list list_of_nobody() {
  crypto::trust_list out;
  out.anchors.push_back(
      crypto::authority::make_root("Fuzz Root", {{1'767'225'600'000}, {1'798'761'600'000}})->cert());
  return out;
}

void take_list(byte_view input) {
  static const auto before = list_of_nobody();
  const auto parsed = crypto::parse_signed_trust_list(input);
  if (parsed && !same(crypto::encode(*parsed), input)) std::abort();
  if (crypto::verify_next_trust_list(before, input).ok()) std::abort();
}

void take_text(std::string_view text) {
  const auto request = crypto::read_rotation_request(text);
  if (request && request->proposed.number == 0) std::abort();
  if (const auto back = crypto::read_signed_rotation(text)) take_list(back->list);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  take_list({input, size});
  take_text(as_text({input, size}));
  if (const auto list = crypto::parse_trust_list({input, size}))
    if (!same(crypto::encode(*list), {input, size})) std::abort();
  return 0;
}
