// Reads the fields promised by certificate.hpp from OpenSSL's decoded object. Internal to this folder.
#pragma once

#include "crypto/certificate.hpp"

namespace muster::crypto {

/// All fields. A field that is malformed, occurs twice or is over its cap is a fault.
result<certificate_fields> read_fields(x509_st* x509);

} // namespace muster::crypto
