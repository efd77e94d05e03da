// An attestation key that a user gives in a file.
#pragma once

#include "tpm/evidence/ak.hpp"

namespace muster::cli {

/// Reads TPM2B_PUBLIC (tpm2-tools: `-u FILE`, `-f tss`), TPMT_PUBLIC, or PEM. PEM says nothing about the
/// key's attributes and scheme; they are assumed to be those of Muster's own AKs, so PEM works for P-256
/// (ECDSA, SHA-256) and RSA-2048 (RSASSA, SHA-256) only. fault malformed, unsupported, denied (see
/// `verify_ak_form`).
result<tpm::trusted_ak> parse_claimed_ak(byte_view content);

} // namespace muster::cli
