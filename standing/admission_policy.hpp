// Which EK certificates the configuration admits. Pure.
#pragma once

#include "crypto/ek_certificate.hpp"
#include "settings/service_settings.hpp"

namespace muster::service {

/// Manufacturers and denials of `admission`. fault malformed: a value that the grammar of settings does not let
/// through.
result<crypto::ek_policy> ek_policy_of(const settings::admission_settings& in);

} // namespace muster::service
