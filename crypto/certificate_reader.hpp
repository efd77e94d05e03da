// Reads the fields promised by certificate.hpp from OpenSSL's decoded object. For use inside this folder
// only.
#pragma once

#include "crypto/certificate.hpp"

namespace muster::crypto {

/// All fields. A field that is malformed, occurs twice or is over its cap is a fault.
result<certificate_fields> read_fields(x509_st* x509);

} // namespace muster::crypto
