// Endorsement keys: the identity of a machine.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "tpm/format/templates.hpp"

#include <optional>

namespace muster::tpm {

/// An EK whose public area has the form that an EK must have. Says nothing about who made it, nor that any
/// TPM holds it: that is shown by activation (`verify_enrolment`) and vouched for by a certificate or a
/// person.
class ek_public {
public:
  /// With padded coordinates (`with_padded_point`), however it was received.
  const public_area& area() const noexcept { return area_; }
  const crypto::public_key& key() const noexcept { return key_; }
  ek_template made_from() const noexcept { return made_from_; }
  const node_id& id() const noexcept { return id_; }
  /// The id of the key with the other y coordinate, p - y. Activation proves x only (TPM 2.0 Part 1, C.6: the
  /// secret is the x of a product), so who holds one of the two keys proves either. None for RSA.
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
///   3. made from a TCG template that we know, so also policy and cipher are as the TCG says
///   4. the key is a key: point on its curve, modulus of the stated length
/// fault denied for 1 and 2, unsupported for 3, malformed for 4.
result<ek_public> verify_ek_form(public_area area);

/// SHA-256 of the TPMT_PUBLIC, without size prefix and with padded coordinates (docs/protocol.md 2). Of what
/// has the form of an EK the template fixes all else, and so one key has one id, whoever writes it and how.
node_id node_id_of(const public_area& ek);

} // namespace muster::tpm
