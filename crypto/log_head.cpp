#include "crypto/log_head.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "messages/vocabulary/writer.hpp"

namespace muster::crypto {

namespace {

constexpr std::uint8_t head_layout = 2;
constexpr std::size_t max_head_signature = 256;

bytes signed_part(const log_head& head) {
  return writer{}
      .label("muster/head/2")
      .put(head.log.id)
      .u16_be(head.log.part)
      .u64_be(head.incarnation.value)
      .u64_be(head.size)
      .put(head.root)
      .u64_be(head.time.milliseconds)
      .take();
}

bytes signed_part(const log_acknowledgement& what) {
  return writer{}
      .label("muster/acknowledge/2")
      .u64_be(what.loss.before.value)
      .u64_be(what.size)
      .put(what.root)
      .u64_be(what.when.milliseconds)
      .put(as_bytes(what.who))
      .take();
}

} // namespace

std::string to_string(const log_name& name) {
  return to_hex(name.id) + (name.part == 0 ? std::string{} : '.' + std::to_string(name.part));
}

result<bytes> sign_acknowledgement(const log_acknowledgement& what, const private_key& key) {
  return key.sign(hash_algorithm::sha256, signed_part(what));
}

status verify_acknowledgement(const log_acknowledgement& what, byte_view signature, const public_key& key) {
  return key.verify(signature_scheme::ecdsa, hash_algorithm::sha256, signed_part(what), signature);
}

result<signed_log_head> sign_log_head(const log_head& head, const private_key& key) {
  auto signature = key.sign(hash_algorithm::sha256, signed_part(head));
  if (!signature) return signature.fault();
  return signed_log_head{head, std::move(*signature)};
}

status verify_log_head(const signed_log_head& head, const public_key& key) {
  return key.verify(signature_scheme::ecdsa, hash_algorithm::sha256, signed_part(head.head), head.signature);
}

bytes encode(const signed_log_head& head) {
  return writer{}
      .u8(head_layout)
      .put(head.head.log.id)
      .u16_be(head.head.log.part)
      .u64_be(head.head.incarnation.value)
      .u64_be(head.head.size)
      .put(head.head.root)
      .u64_be(head.head.time.milliseconds)
      .sized16(head.signature)
      .take();
}

result<std::vector<signed_log_head>> parse_log_heads(byte_view input) {
  std::vector<signed_log_head> out;
  cursor in{input};
  while (in.left() != 0) {
    if (out.size() == max_log_heads) return fault{errc::limit, "log head: there are more than four"};
    signed_log_head one;
    if (in.u8() != head_layout) return fault{errc::malformed, "log head: unknown layout"};
    const auto id = in.take(one.head.log.id.size());
    one.head.log.part = in.u16_be();
    one.head.incarnation = {in.u64_be()};
    one.head.size = in.u64_be();
    const auto root = in.take(one.head.root.size());
    one.head.time = {in.u64_be()};
    const auto signature = in.take(in.u16_be());
    if (in.failed() || signature.empty() || signature.size() > max_head_signature)
      return fault{errc::malformed, "log head: its length is not valid"};
    if (one.head.incarnation > max_incarnation)
      return fault{errc::malformed, "log head: its incarnation is not valid"};
    std::ranges::copy(id, one.head.log.id.begin());
    std::ranges::copy(root, one.head.root.begin());
    one.signature = to_bytes(signature);
    out.push_back(std::move(one));
  }
  return out;
}

} // namespace muster::crypto
