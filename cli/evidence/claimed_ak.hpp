// An attestation key as a person hands it over: from a file.
#pragma once

#include "tpm/evidence/ak.hpp"

namespace muster::cli {

/// Reads TPM2B_PUBLIC (tpm2-tools: `-u FILE`, `-f tss`), TPMT_PUBLIC, or PEM. PEM says nothing about the
/// key's attributes and scheme: they are taken to be those of Muster's own AKs, so only P-256 (ECDSA,
/// SHA-256) and RSA-2048 (RSASSA, SHA-256) work that way. fault malformed, unsupported, denied (see
/// `verify_ak_form`).
result<tpm::trusted_ak> parse_claimed_ak(byte_view content);

} // namespace muster::cli
