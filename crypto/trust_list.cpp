#include "crypto/trust_list.hpp"

#include "crypto/digest.hpp"
#include "messages/vocabulary/cursor.hpp"
#include "messages/vocabulary/writer.hpp"

#include <algorithm>

namespace muster::crypto {

namespace {

constexpr std::uint8_t trust_layout = 1;
constexpr std::size_t max_trust_signature = 256;

bytes signed_text(const trust_list& list) {
  return writer{}.label("muster/trust/1").put(encode(list)).take();
}

bool in_order(const std::vector<certificate>& anchors) {
  return std::ranges::adjacent_find(anchors,
                                    [](const auto& a, const auto& b) {
                                      return !std::ranges::lexicographical_compare(a.der(), b.der());
                                    })
         == anchors.end();
}

status check_anchor(const certificate& one) {
  if (one.der().size() > max_trust_anchor_size)
    return fault{errc::limit, "trust list: an anchor is over 2 KiB"};
  if (!one.fields().is_ca) return fault{errc::denied, "trust list: an anchor is not a CA"};
  // It could not sign the next list, and machines that have only this list would stay with it for ever.
  if (!signs_trust_lists(one.key()))
    return fault{errc::denied, "trust list: the key of an anchor is neither P-256 nor P-384"};
  return {};
}

status check(const trust_list& list) {
  if (list.number == 0) return fault{errc::malformed, "trust list: its number is 0"};
  if (list.anchors.empty() || list.issuers.empty())
    return fault{errc::malformed, "trust list: it has no anchor, or no issuer"};
  if (list.anchors.size() > max_trust_anchors || list.issuers.size() > max_trust_issuers)
    return fault{errc::limit, "trust list: more than 4 anchors, or more than 16 issuers"};
  for (const auto& one : list.anchors)
    if (auto good = check_anchor(one); !good) return good;
  if (!in_order(list.anchors)
      || std::ranges::adjacent_find(list.issuers, std::ranges::greater_equal{}) != list.issuers.end())
    return fault{errc::malformed, "trust list: its entries are out of order, or one is in it twice"};
  return {};
}

result<certificate> read_anchor(cursor& in) {
  const std::size_t size = in.u16_be();
  if (size == 0 || size > max_trust_anchor_size)
    return fault{errc::limit, "trust list: the length of an anchor is not valid"};
  const auto der = in.take(size);
  if (in.failed()) return fault{errc::malformed, "trust list: it ends in an anchor"};
  auto out = certificate::from_der(der);
  if (!out) return fault{out.fault().code, "trust list: anchor: " + out.fault().check};
  return out;
}

result<trust_list> read_list(cursor& in) {
  trust_list out;
  //   UINT64 number; UINT8 anchors
  out.number = in.u64_be();
  const unsigned anchors = in.u8();
  if (anchors > max_trust_anchors) return fault{errc::limit, "trust list: more than 4 anchors"};
  for (unsigned i = 0; i < anchors; ++i) {
    auto one = read_anchor(in);
    if (!one) return one.fault();
    out.anchors.push_back(std::move(*one));
  }
  //   UINT8 issuers; UINT64 not after
  const unsigned issuers = in.u8();
  if (issuers > max_trust_issuers) return fault{errc::limit, "trust list: more than 16 issuers"};
  for (unsigned i = 0; i < issuers; ++i) {
    const auto name = in.take(sizeof(bytes32));
    if (in.failed()) break;
    std::ranges::copy(name, out.issuers.emplace_back().begin());
  }
  out.not_after = {in.u64_be()};
  if (in.failed()) return fault{errc::malformed, "trust list: it is cut off"};
  if (auto good = check(out); !good) return good.fault();
  return out;
}

} // namespace

bytes32 issuer_name_of(const certificate& issuer) { return sha256(issuer.fields().spki); }

bool signs_trust_lists(const public_key& key) noexcept {
  const auto group = key.ec_curve();
  return group == curve::p256 || group == curve::p384;
}

result<trust_list> make_trust_list(std::uint64_t number, std::vector<certificate> anchors,
                                   std::vector<bytes32> issuers, wall_time not_after) {
  std::ranges::sort(anchors, [](const auto& a, const auto& b) {
    return std::ranges::lexicographical_compare(a.der(), b.der());
  });
  std::ranges::sort(issuers);
  trust_list out{number, std::move(anchors), std::move(issuers), not_after};
  if (auto good = check(out); !good) return good.fault();
  return out;
}

result<signed_trust_list> sign_trust_list(const trust_list& list, const private_key& key) {
  if (!signs_trust_lists(key.pub()))
    return fault{errc::denied, "trust list: only a key on P-256 or P-384 signs one"};
  auto signature = key.sign(hash_algorithm::sha256, signed_text(list));
  if (!signature) return signature.fault();
  return signed_trust_list{list, std::move(*signature)};
}

bytes encode(const trust_list& list) {
  writer out;
  out.u64_be(list.number).u8(static_cast<std::uint8_t>(list.anchors.size()));
  for (const auto& one : list.anchors)
    out.sized16(one.der());
  out.u8(static_cast<std::uint8_t>(list.issuers.size()));
  for (const auto& one : list.issuers)
    out.put(one);
  return out.u64_be(list.not_after.milliseconds).take();
}

bytes encode(const signed_trust_list& list) {
  return writer{}.u8(trust_layout).put(encode(list.list)).sized16(list.signature).take();
}

result<trust_list> parse_trust_list(byte_view input) {
  cursor in{input};
  auto out = read_list(in);
  if (out && !in.done()) return fault{errc::malformed, "trust list: trailing bytes"};
  return out;
}

result<signed_trust_list> parse_signed_trust_list(byte_view input) {
  if (input.size() > max_trust_list) return fault{errc::limit, "trust list: too long"};
  cursor in{input};
  if (in.u8() != trust_layout) return fault{errc::malformed, "trust list: unknown layout"};
  auto list = read_list(in);
  if (!list) return list.fault();
  const auto signature = in.take(in.u16_be());
  if (!in.done() || signature.empty() || signature.size() > max_trust_signature)
    return fault{errc::malformed, "trust list: the length of the signature is not valid, or bytes follow it"};
  return signed_trust_list{std::move(*list), to_bytes(signature)};
}

bool takes(const trust_list& list, std::span<const certificate> chain) {
  if (chain.size() < 2 || std::ranges::find(list.anchors, chain.back()) == list.anchors.end()) return false;
  return list.number == 0 || std::ranges::find(list.issuers, issuer_name_of(chain[1])) != list.issuers.end();
}

result<signed_trust_list> verify_next_trust_list(const trust_list& before, byte_view input) {
  auto next = parse_signed_trust_list(input);
  if (!next) return next;
  if (next->list.number <= before.number)
    return fault{errc::conflict, "trust list: number " + std::to_string(next->list.number) + " is not above "
                                     + std::to_string(before.number) + ", which is in force"};
  const auto text = signed_text(next->list);
  // The keys of the anchors in force: the machine's root user chose the first ones, and each list chose the
  // next ones.
  const auto signed_it = [&](const certificate& anchor) {
    return signs_trust_lists(anchor.key())
           && anchor.key()
                  .verify(signature_scheme::ecdsa, hash_algorithm::sha256, text, next->signature)
                  .ok();
  };
  if (std::ranges::none_of(before.anchors, signed_it))
    return fault{errc::mismatch, "trust list: number " + std::to_string(next->list.number)
                                     + " is not signed by an anchor in force"};
  return next;
}

} // namespace muster::crypto
