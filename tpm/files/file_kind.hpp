// What kind of file somebody gave: told from its content, so that a mix-up is answered by name.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <cstdint>
#include <string_view>

namespace muster::tpm {

/// Kinds of files that people have at hand when they collect evidence. A kind says what the bytes look like.
/// It promises neither that they parse nor that they are true.
enum class file_kind : std::uint8_t {
  unknown = 0, ///< of none of these kinds
  empty,
  filler, ///< 64 bytes or more, all 00 or all ff: a region that was never written

  quote,            ///< TPMS_ATTEST of type TPM_ST_ATTEST_QUOTE
  other_attest,     ///< TPMS_ATTEST of another type
  sized_attest,     ///< TPM2B_ATTEST
  tpmt_signature,   ///< TPMT_SIGNATURE, of any scheme of the TCG
  ecdsa_signature,  ///< Ecdsa-Sig-Value, DER
  public_area,      ///< TPMT_PUBLIC
  sized_public,     ///< TPM2B_PUBLIC
  sized_private,    ///< TPM2B_PRIVATE
  object_name,      ///< TPM2B_NAME without its size: `tpm2_createak -n`
  tools_context,    ///< a saved context or a credential of tpm2-tools
  tools_handle,     ///< a persistent object as ESYS serializes it
  tools_pcrs,       ///< `tpm2_quote -o` in its own form
  tools_pcr_text,   ///< what `tpm2_pcrread` prints
  tools_event_text, ///< what `tpm2_eventlog` prints
  tools_key_text,   ///< what `tpm2_readpublic` prints

  boot_log,       ///< binary_bios_measurements; the WBCL of Windows has the same form
  ima_list,       ///< binary_runtime_measurements
  ima_list_big,   ///< the same of a big-endian machine
  ima_list_ascii, ///< ascii_runtime_measurements

  bundle,        ///< `muster evidence export`
  reference_set, ///< `muster reference make`, `muster appraise --learn`

  pem_certificate,
  pem_public_key,
  pem_pkcs1_key, ///< RSA PUBLIC KEY
  pem_private_key,
  pem_tss2_key, ///< TSS2 PRIVATE KEY: a key of a TPM for OpenSSL
  pem_request,
  pem_other,
  der_certificate,
  der_public_key, ///< SubjectPublicKeyInfo
  der_private_key,
  der_other,
  ssh_key,

  dsse_envelope,
  keylime_policy,
  json,
  web_token, ///< JWS or JWT
  rim,       ///< SWID tag or another RIM in XML
  xml,
  html, ///< also the head of a web server's answer
  yaml,
  digest_list, ///< md5sums, sha256sums
  hex_text,
  base64_text,
  utf16_text,
  text,

  gzip,
  xz,
  zstd,
  bzip2,
  zip,
  tar,
  cpio,
  elf,
  pe, ///< a program of EFI or Windows
  rpm,
  deb,
  cbor, ///< tagged CBOR: CoRIM, COSE
  last_of = cbor
};

/// With its article, to follow "this is": "a quote of a TPM (TPMS_ATTEST)". "of no known kind" for `unknown`.
std::string_view to_string(file_kind kind) noexcept;

/// The kind of a whole file, in time that is linear in its size. The beginning of a file is
/// enough for every kind whose form does not depend on the size. A signature in plain form has no mark of its
/// own, so its random bytes could look like any kind: parse first, and ask for the kind of what does not parse.
file_kind kind_of(byte_view content) noexcept;

} // namespace muster::tpm
