// Reads what certificate.hpp promises out of OpenSSL's decoded object. Inside this folder only.
#pragma once

#include "crypto/certificate.hpp"

namespace muster::crypto {

/// All fields, or the fault of the first that is malformed, stands there twice, or is over its cap.
result<certificate_fields> read_fields(x509_st* x509);

} // namespace muster::crypto
