#include "crypto/trust_rotation.hpp"

#include "crypto/pem.hpp"
#include "messages/vocabulary/cursor.hpp"
#include "messages/vocabulary/writer.hpp"

#include <algorithm>

namespace muster::crypto {

namespace {

constexpr std::uint8_t request_layout = 1;
constexpr std::string_view request_label = "MUSTER TRUST REQUEST";
constexpr std::string_view list_label = "MUSTER TRUST LIST";
constexpr std::size_t max_service = 64;
constexpr std::size_t max_issuer_key = 256;
constexpr std::size_t max_proof = 256;
constexpr std::size_t max_text = std::size_t{48} * 1024;

fault wrong(const char* what) { return {errc::malformed, std::string{"trust request: "} + what}; }

bytes proven_part(const rotation_request& what) {
  return writer{}
      .sized16(encode(what.proposed))
      .sized16(as_bytes(what.service))
      .sized16(what.issuer ? what.issuer->spki() : bytes{})
      .take();
}

bytes proof_text(byte_view part) { return writer{}.label("muster/trust-request/1").put(part).take(); }

bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= max_service
         && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

/// fault: not a request, or not signed by its issuer's key.
result<rotation_request> read_request(byte_view input) {
  cursor in{input};
  if (in.u8() != request_layout) return wrong("its layout is unknown");
  const auto list = in.take(in.u16_be());
  const auto name = in.take(in.u16_be());
  const auto key = in.take(in.u16_be());
  const auto proof = in.take(in.u16_be());
  if (!in.done() || key.size() > max_issuer_key || proof.size() > max_proof)
    return wrong("a length is not valid");
  auto proposed = parse_trust_list(list);
  if (!proposed) return proposed.fault();
  rotation_request out{std::move(*proposed), std::string{as_text(name)}, {}};
  if (out.proposed.not_after.milliseconds != 0) return wrong("it states an end; only the root sets one");
  if (!is_name(out.service)) return wrong("the name of the service is not valid");
  if (key.empty() != proof.empty()) return wrong("a key without its proof, or a proof without its key");
  if (key.empty()) return out;
  auto issuer = public_key::from_spki(key);
  if (!issuer) return issuer.fault();
  if (issuer->is_rsa()) return wrong("the issuer's key is RSA");
  // The issuer's own key: it proves that the requester has it. Otherwise someone else's key could be
  // certified under the service's name.
  const auto proven = issuer->verify(signature_scheme::ecdsa, hash_algorithm::sha256,
                                     proof_text(proven_part({out.proposed, out.service, *issuer})), proof);
  if (!proven) return fault{errc::mismatch, "trust request: the issuer's key did not sign it"};
  out.issuer = std::move(*issuer);
  return out;
}

} // namespace

result<std::string> make_rotation_request(const rotation_request& what, const private_key* issuer) {
  if (!is_name(what.service))
    return wrong("the name of the service: expected 1 to 64 characters of printable ASCII");
  if (what.issuer.has_value() != (issuer != nullptr)) return wrong("a key without its proof");
  const auto part = proven_part(what);
  bytes proof;
  if (issuer != nullptr) {
    auto made = issuer->sign(hash_algorithm::sha256, proof_text(part));
    if (!made) return made.fault();
    proof = std::move(*made);
  }
  return to_pem(request_label, writer{}.u8(request_layout).put(part).sized16(proof).take());
}

result<rotation_request> read_rotation_request(std::string_view text) {
  if (text.size() > max_text) return fault{errc::limit, "trust request: too long"};
  const auto block = parse_one_pem(text);
  if (!block) return block.fault();
  if (block->label != request_label) return wrong("not a block \"MUSTER TRUST REQUEST\"");
  return read_request(block->der);
}

result<std::string> sign_rotation(const rotation_request& what, const private_key& root, wall_time now,
                                  std::chrono::hours life) {
  const auto spki = root.pub().spki();
  const auto& anchors = what.proposed.anchors;
  const auto own =
      std::ranges::find_if(anchors, [&](const auto& one) { return same(one.fields().spki, spki); });
  if (own == anchors.end())
    return fault{errc::mismatch,
                 "trust request: this key does not belong to an anchor of the proposed list: machines "
                 "would not believe an issuer that it signs"};
  const wall_time end{now.milliseconds + static_cast<std::uint64_t>(std::chrono::milliseconds{life}.count())};
  auto list = make_trust_list(what.proposed.number, anchors, what.proposed.issuers, end);
  if (!list) return list.fault();
  const auto made = sign_trust_list(*list, root);
  if (!made) return made.fault();
  auto out = to_pem(list_label, encode(*made));
  if (!what.issuer) return out;
  const auto as_root = authority::from_pem(own->pem(), root.pem());
  if (!as_root) return as_root.fault();
  const auto issuer = as_root->certify_issuer(purpose::service_tls, what.service.substr(0, 55) + " services",
                                              *what.issuer, {now, end});
  if (!issuer) return issuer.fault();
  return out + issuer->pem();
}

result<signed_rotation> read_signed_rotation(std::string_view text) {
  if (text.size() > max_text) return fault{errc::limit, "signed trust list: too long"};
  auto blocks = parse_pem(text);
  if (!blocks) return blocks.fault();
  if (blocks->size() > 2 || blocks->front().label != list_label
      || (blocks->size() == 2 && blocks->back().label != "CERTIFICATE"))
    return fault{errc::malformed,
                 "signed trust list: expected one block \"MUSTER TRUST LIST\", and at most one "
                 "\"CERTIFICATE\" after it, as `ras ca sign` writes them"};
  signed_rotation out{std::move(blocks->front().der), {}};
  if (blocks->size() == 1) return out;
  auto issuer = certificate::from_der(blocks->back().der);
  if (!issuer) return issuer.fault();
  out.issuer = std::move(*issuer);
  return out;
}

} // namespace muster::crypto
