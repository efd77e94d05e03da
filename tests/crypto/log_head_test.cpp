// What breaks if these fail: a head that the service never signed can stop it,
// or a head that it signed is not recognised.
#include "crypto/log_head.hpp"
#include "messages/vocabulary/writer.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::crypto;

namespace {

log_head sample() {
  log_head out{41, {}, {1'700'000'000'123}, {{}, 3}, {1'700'000'000}};
  out.log.id.fill(0x17);
  out.root.fill(0x5a);
  return out;
}

} // namespace

TEST_CASE("check 33: a signed head verifies with the key that signed it, over the bytes of the protocol") {
  const auto key = private_key::make_ec(curve::p256);
  const auto made = sign_log_head(sample(), key).value();
  CHECK(verify_log_head(made, key.pub()).ok());
  CHECK(!verify_log_head(made, private_key::make_ec(curve::p256).pub()).ok());

  const auto content = writer{}
                           .label("muster/head/2")
                           .put(bytes(16, 0x17))
                           .u16_be(3)
                           .u64_be(1'700'000'000)
                           .u64_be(41)
                           .put(bytes(32, 0x5a))
                           .u64_be(1'700'000'000'123)
                           .take();
  CHECK(key.pub().verify(signature_scheme::ecdsa, hash_algorithm::sha256, content, made.signature).ok());

  for (const auto change : {0, 1, 2, 3, 4, 5}) {
    auto other = made;
    if (change == 0) ++other.head.size;
    if (change == 1) other.head.root[31] ^= 1;
    if (change == 2) ++other.head.time.milliseconds;
    if (change == 3) other.head.log.id[15] ^= 1;
    if (change == 4) ++other.head.log.part;
    if (change == 5) ++other.head.incarnation.value;
    CHECK(verify_log_head(other, key.pub()).fault().code == errc::mismatch);
  }
}

TEST_CASE("heads are read back as they were written, one or several") {
  const auto key = private_key::make_ec(curve::p256);
  const auto one = sign_log_head(sample(), key).value();
  auto later = sample();
  later.size = 42;
  const auto two = sign_log_head(later, key).value();
  CHECK(encode(one).size() <= max_log_head);
  CHECK(parse_log_heads({}).value().empty());
  CHECK(parse_log_heads(encode(one)).value() == std::vector{one});
  auto both = encode(one);
  append(both, encode(two));
  CHECK(parse_log_heads(both).value() == std::vector{one, two});
}

TEST_CASE("text that is not a head is refused") {
  const auto key = private_key::make_ec(curve::p256);
  const auto good = encode(sign_log_head(sample(), key).value());
  for (std::size_t n = 1; n < good.size(); ++n)
    CHECK(parse_log_heads(byte_view{good}.first(n)).fault().code == errc::malformed);
  auto other_layout = good;
  other_layout[0] = 1;
  CHECK(!parse_log_heads(other_layout).ok());
  auto too_far = good;
  too_far[1 + 16 + 2] = 1; // the first byte of the incarnation
  CHECK(!parse_log_heads(too_far).ok());
  auto trailing = good;
  trailing.push_back(1);
  CHECK(!parse_log_heads(trailing).ok());
  auto unsigned_head = bytes(good.begin(), good.begin() + 75);
  append(unsigned_head, bytes{0, 0});
  CHECK(!parse_log_heads(unsigned_head).ok());
  auto long_signature = bytes(good.begin(), good.begin() + 75);
  append(long_signature, bytes{1, 1});
  append(long_signature, bytes(257, 7));
  CHECK(!parse_log_heads(long_signature).ok());
  bytes many;
  for (std::size_t i = 0; i <= max_log_heads; ++i)
    append(many, good);
  CHECK(parse_log_heads(many).fault().code == errc::limit);
}
