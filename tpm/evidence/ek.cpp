#include "tpm/evidence/ek.hpp"

#include "crypto/digest.hpp"
#include "messages/vocabulary/writer.hpp"

#include <span>
#include <string_view>

namespace muster::tpm {

namespace {

/// The primes of the fields (FIPS 186-4, D.1.2.3 and D.1.2.4).
constexpr std::string_view p256 = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
constexpr std::string_view p384 = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
                                  "ffffffff0000000000000000ffffffff";

/// a - b for big-endian numbers of the same length; b is not above a.
bytes difference(bytes a, byte_view b) {
  unsigned borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const unsigned less = b[i] + borrow;
    borrow = a[i] < less ? 1 : 0;
    a[i] = static_cast<std::uint8_t>(a[i] + (borrow << 8U) - less);
  }
  return a;
}

} // namespace

ek_public::ek_public(public_area area, crypto::public_key key, ek_template made_from)
    : area_{std::move(area)}, key_{std::move(key)}, made_from_{made_from}, id_{node_id_of(area_)} {}

result<ek_public> verify_ek_form(public_area area) {
  using namespace object_attribute;
  if (!area.has(restricted | decrypt | fixed_tpm | fixed_parent | sensitive_data_origin))
    return fault{errc::denied, "ek: not a restricted decryption key that was created in its TPM"};
  if (area.has(sign)) return fault{errc::denied, "ek: it may also sign"};
  if (area.name_algorithm() == hash_algorithm::sha1)
    return fault{errc::denied, "ek: name algorithm is SHA-1"};
  const auto made_from = ek_template_from(area);
  if (!made_from)
    return fault{errc::unsupported, "ek: not made from template L-1, L-2, H-1, H-2, H-3 or H-6"};
  auto key = key_of(area);
  if (!key) return key.fault();
  return ek_public{with_padded_point(std::move(area)), *std::move(key), *made_from};
}

std::optional<node_id> ek_public::mirrored_id() const {
  const auto* point = area_.ecc();
  if (point == nullptr) return std::nullopt;
  auto prime = from_hex(point->curve == ecc_curve::nist_p384 ? p384 : p256);
  if (!prime || prime->size() != point->y.size()) return std::nullopt;
  writer out;
  out.put(area_.template_part()).sized16(point->x).sized16(difference(*std::move(prime), point->y));
  return node_id{crypto::sha256(out.view())};
}

node_id node_id_of(const public_area& ek) { return {crypto::sha256(with_padded_point(ek).raw())}; }

} // namespace muster::tpm
