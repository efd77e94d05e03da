#include "tpm/evidence/ek.hpp"

#include "crypto/digest.hpp"

namespace muster::tpm {

ek_public::ek_public(public_area area, crypto::public_key key, ek_template made_from)
    : area_{std::move(area)}, key_{std::move(key)}, made_from_{made_from}, id_{node_id_of(area_)} {}

result<ek_public> verify_ek_form(public_area area) {
  using namespace object_attribute;
  if (!area.has(restricted | decrypt | fixed_tpm | fixed_parent | sensitive_data_origin))
    return fault{errc::denied, "ek: not a restricted decryption key that was born in its TPM"};
  if (area.has(sign)) return fault{errc::denied, "ek: may sign"};
  if (area.name_algorithm() == hash_algorithm::sha1)
    return fault{errc::denied, "ek: name algorithm is SHA-1"};
  const auto made_from = ek_template_from(area);
  if (!made_from) return fault{errc::unsupported, "ek: not made from template L-1, L-2 or H-3"};
  auto key = key_of(area);
  if (!key) return key.fault();
  return ek_public{with_padded_point(std::move(area)), *std::move(key), *made_from};
}

node_id node_id_of(const public_area& ek) { return {crypto::sha256(with_padded_point(ek).raw())}; }

} // namespace muster::tpm
