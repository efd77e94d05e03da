#include "node/ra_agent/trust_delivery.hpp"

#include "crypto/digest.hpp"

namespace muster::node {

trust_delivery take_trust_lists(const crypto::trust_list& before, std::span<const bytes> lists) {
  trust_delivery out{before, {}, {}};
  for (const auto& one : lists) {
    auto next = crypto::verify_next_trust_list(out.now, one);
    if (!next) {
      out.refused = next.fault();
      continue;
    }
    out.now = std::move(next->list);
    out.newest = one;
  }
  return out;
}

bytes trust_file_of(byte_view signed_list) {
  auto out = to_bytes(signed_list);
  append(out, crypto::sha256(signed_list));
  return out;
}

result<crypto::signed_trust_list> read_trust_file(byte_view content) {
  if (content.size() < sizeof(bytes32)) return fault{errc::malformed, "it is cut off"};
  const auto list = content.first(content.size() - sizeof(bytes32));
  if (!same(crypto::sha256(list), content.last(sizeof(bytes32))))
    return fault{errc::mismatch, "it is damaged"};
  return crypto::parse_signed_trust_list(list);
}

} // namespace muster::node
