// Endorsement keys: the identity of a machine.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "tpm/format/templates.hpp"

#include <optional>

namespace muster::tpm {

/// An EK whose public area has the form that an EK must have. This says neither who made it nor that any TPM
/// holds it: activation proves that a TPM does (`verify_enrolment`), and a certificate or a person vouches
/// for its maker.
class ek_public {
public:
  /// With padded coordinates (`with_padded_point`), whatever form was received.
  const public_area& area() const noexcept { return area_; }
  const crypto::public_key& key() const noexcept { return key_; }
  ek_template made_from() const noexcept { return made_from_; }
  const node_id& id() const noexcept { return id_; }
  /// The id of the key with the other y coordinate, p - y. Activation proves only x (TPM 2.0 Part 1, C.6: the
  /// secret is the x of a product), so a holder of either key can prove both. Empty for RSA.
  std::optional<node_id> mirrored_id() const;

private:
  friend result<ek_public> verify_ek_form(public_area area);
  ek_public(public_area area, crypto::public_key key, ek_template made_from);

  public_area area_;
  crypto::public_key key_;
  ek_template made_from_;
  node_id id_;
};

/// Checks the form of an EK (docs/protocol.md 2.2):
///   1. attributes: restricted, decrypt, fixedTPM, fixedParent, sensitiveDataOrigin set; sign clear
///   2. no SHA-1 as name algorithm
///   3. made from a TCG template that we know, so policy and cipher, too, are as the TCG specifies
///   4. the area has a valid key: the point is on its curve, the modulus has the stated length
/// fault denied for 1 and 2, unsupported for 3, malformed for 4.
result<ek_public> verify_ek_form(public_area area);

/// SHA-256 of the TPMT_PUBLIC, without size prefix and with padded coordinates (docs/protocol.md 2). In an
/// area that has the form of an EK the template fixes everything else. So one key has one id, however its
/// area is written.
node_id node_id_of(const public_area& ek);

} // namespace muster::tpm
