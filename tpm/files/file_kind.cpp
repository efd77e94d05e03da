#include "tpm/files/file_kind.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "tpm/files/text_kind.hpp"
#include "tpm/format/attest.hpp"
#include "tpm/format/event_type.hpp"
#include "tpm/format/tools_pcrs.hpp"

#include <algorithm>

namespace muster::tpm {

namespace {

constexpr std::size_t least_filler = 64;

bool starts_with(byte_view content, std::string_view magic, std::size_t at = 0) noexcept {
  return content.size() >= at + magic.size() && as_text(content.subspan(at, magic.size())) == magic;
}

bool is_filler(byte_view content) noexcept {
  return content.size() >= least_filler && (content.front() == 0x00 || content.front() == 0xff)
         && std::ranges::all_of(content, [&](std::uint8_t byte) { return byte == content.front(); });
}

/// TPMS_ATTEST (TPM 2.0 Part 2, 10.12.12): magic, then a structure tag 0x8014 to 0x801e.
file_kind attest_kind(byte_view content) noexcept {
  cursor in{content};
  const auto magic = in.u32_be();
  const auto type = in.u16_be();
  if (in.failed() || magic != tpm_generated_value) return file_kind::unknown;
  return type == attest_quote_tag ? file_kind::quote : file_kind::other_attest;
}

/// TPMT_SIGNATURE: a scheme of the TCG (HMAC, RSASSA, RSAPSS, ECDSA, ECDAA, SM2, ECSchnorr), its hash, and
/// sized numbers to the end.
bool is_signature(byte_view content) noexcept {
  cursor in{content};
  const auto scheme = in.u16_be();
  if (scheme != 0x0005
      && (scheme < 0x0014 || scheme > 0x001c || scheme == 0x0015 || scheme == 0x0017 || scheme == 0x0019))
    return false;
  const auto hash = in.u16_be();
  if (in.failed() || hash == 0 || hash > 0x00ff) return false;
  if (scheme == 0x0005) return in.left() == 32 || in.left() == 20 || in.left() == 48 || in.left() == 64;
  // A file that ends early is still one: its parser says where.
  const auto size = in.u16_be();
  return !in.failed() && size >= 16 && size <= 1024;
}

bool is_public_area(byte_view content) noexcept {
  cursor in{content};
  //   TPMI_ALG_PUBLIC: RSA, KEYEDHASH, ECC, SYMCIPHER; TPMI_ALG_HASH nameAlg; TPMA_OBJECT; TPM2B_DIGEST
  const auto type = in.u16_be();
  if (type != 0x0001 && type != 0x0008 && type != 0x0023 && type != 0x0025) return false;
  const auto name_algorithm = hash_algorithm_from(in.u16_be());
  const auto attributes = in.u32_be();
  const auto policy = in.u16_be();
  constexpr std::uint32_t reserved = 0xfff0f309; // bits of TPMA_OBJECT that are always clear
  return !in.failed() && name_algorithm && (attributes & reserved) == 0
         && (policy == 0 || policy == digest_size(*name_algorithm)) && in.left() >= policy + 4U;
}

/// TPM2B_PRIVATE: a size, then the integrity value of _PRIVATE, which is a sized HMAC (Part 2, 12.3.7).
bool is_sized_private(byte_view content) noexcept {
  cursor in{content};
  const auto size = in.u16_be();
  if (in.failed() || size != in.left()) return false;
  const auto integrity = in.u16_be();
  return (integrity == 20 || integrity == 32 || integrity == 48 || integrity == 64)
         && in.left() > integrity + 8U;
}

file_kind sized_kind(byte_view content) noexcept {
  cursor in{content};
  const auto size = in.u16_be();
  if (in.failed() || size != in.left()) return file_kind::unknown;
  if (attest_kind(in.rest()) != file_kind::unknown) return file_kind::sized_attest;
  if (is_public_area(in.rest())) return file_kind::sized_public;
  return is_sized_private(content) ? file_kind::sized_private : file_kind::unknown;
}

bool is_name(byte_view content) noexcept {
  cursor in{content};
  const auto algorithm = hash_algorithm_from(in.u16_be());
  return algorithm && in.left() == digest_size(*algorithm);
}

/// A handle, then a TPM2B_NAME, as Esys_TR_Serialize writes them.
bool is_tools_handle(byte_view content) noexcept {
  cursor in{content};
  const auto range = in.u32_be() >> 24U;
  const auto size = in.u16_be();
  const auto algorithm = hash_algorithm_from(in.u16_be());
  return !in.failed() && (range == 0x01 || range == 0x40 || range == 0x80 || range == 0x81) && algorithm
         && size == 2 + digest_size(*algorithm);
}

file_kind tpm_kind(byte_view content) noexcept {
  if (const auto kind = attest_kind(content); kind != file_kind::unknown) return kind;
  if (starts_with(content, "\xba\xdc\xc0\xde")) return file_kind::tools_context;
  if (const auto kind = sized_kind(content); kind != file_kind::unknown) return kind;
  if (is_name(content)) return file_kind::object_name;
  if (is_tools_handle(content)) return file_kind::tools_handle;
  if (is_signature(content)) return file_kind::tpmt_signature;
  if (is_public_area(content)) return file_kind::public_area;
  return file_kind::unknown;
}

/// The header event names itself at offset 32; in an old log the first event has a type of the TCG, and its
/// data fit into the file.
bool is_boot_log(byte_view content) noexcept {
  if (starts_with(content, "Spec ID Event", 32)) return true;
  cursor in{content};
  //   UINT32 pcrIndex, eventType; BYTE digest[20]; UINT32 eventDataSize
  const auto pcr = in.u32_le();
  const auto type = in.u32_le();
  in.take(20);
  const auto size = in.u32_le();
  const bool known = (type >= 1 && type <= 0x12) || (type >= 0x80000001U && type <= 0x80000010U)
                     || (type >= 0x800000e0U && type <= 0x800000efU);
  return !in.failed() && pcr < pcr_count && known && size <= in.left();
}

/// UINT32 pcr; BYTE digest[20]; UINT32 length of the template's name, and the name: "ima", "ima-…", or its
/// fields, "d-ng|n-ng|…".
template <class U32> bool is_ima_list(byte_view content, U32 u32) noexcept {
  cursor in{content};
  const auto pcr = u32(in);
  in.take(20);
  const auto size = u32(in);
  if (in.failed() || pcr >= pcr_count || size == 0 || size > 128) return false;
  const auto name = as_text(in.take(size));
  return name.starts_with("ima") || name.starts_with("d|") || name.starts_with("d-")
         || name.starts_with("evm-") || name.starts_with("buf|");
}

/// Frames of a bundle: a length, four zeros, and a Cap'n Proto message of one segment.
bool is_bundle(byte_view content) noexcept {
  cursor in{content};
  const auto length = in.u32_le();
  const auto zero = in.u32_le();
  const auto segments = in.u32_le();
  const auto words = in.u32_le();
  return !in.failed() && zero == 0 && length >= 16 && length <= 64U << 20U && length % 8 == 0 && segments == 0
         && std::uint64_t{words} * 8 + 8 == length;
}

/// A flat Cap'n Proto message of one segment, which is the whole file.
bool is_record(byte_view content) noexcept {
  cursor in{content};
  const auto segments = in.u32_le();
  const auto words = in.u32_le();
  return !in.failed() && segments == 0 && words != 0 && in.left() == std::uint64_t{words} * 8;
}

/// The content of a DER element with this tag at the beginning; empty if there is none.
byte_view take_der(cursor& in, std::uint8_t tag) noexcept {
  if (in.u8() != tag) return {};
  std::size_t length = in.u8();
  if (length == 0x81) {
    length = in.u8();
  } else if (length == 0x82) {
    length = in.u16_be();
  } else if (length == 0x83) {
    length = std::size_t{in.u8()} << 16U;
    length |= in.u16_be();
  } else if (length >= 0x80) {
    return {};
  }
  return in.take(length);
}

file_kind der_kind(byte_view content) noexcept {
  constexpr std::uint8_t sequence = 0x30;
  constexpr std::uint8_t integer = 0x02;
  constexpr std::uint8_t bit_string = 0x03;
  constexpr std::uint8_t octet_string = 0x04;
  cursor all{content};
  const auto body = take_der(all, sequence);
  if (!all.done() || body.empty()) return file_kind::unknown;
  cursor in{body};
  if (body.front() == sequence) {
    // A certificate: TBSCertificate, algorithm, signature. A key: algorithm, BIT STRING.
    take_der(in, sequence);
    if (in.failed()) return file_kind::der_other;
    if (!in.rest().empty() && in.rest().front() == bit_string) return file_kind::der_public_key;
    take_der(in, sequence);
    if (!in.failed() && !in.rest().empty() && in.rest().front() == bit_string)
      return file_kind::der_certificate;
    return file_kind::der_other;
  }
  if (body.front() != integer) return file_kind::der_other;
  const auto first = take_der(in, integer);
  if (in.failed() || in.rest().empty()) return file_kind::der_other;
  // PKCS#8, SEC 1 and PKCS#1 begin with a version; a signature has two numbers of a field.
  const bool version = first.size() == 1 && first.front() <= 1;
  if (version
      && (in.rest().front() == sequence || in.rest().front() == octet_string || in.rest().front() == integer))
    return file_kind::der_private_key;
  take_der(in, integer);
  return in.done() ? file_kind::ecdsa_signature : file_kind::der_other;
}

file_kind common_kind(byte_view content) noexcept {
  const struct {
    std::string_view magic;
    file_kind kind;
  } table[] = {
      {"\x1f\x8b\x08", file_kind::gzip},
      {std::string_view{"\xfd"
                        "7zXZ\0",
                        6},
       file_kind::xz},
      {"\x28\xb5\x2f\xfd", file_kind::zstd},
      {"BZh", file_kind::bzip2},
      {"PK\x03\x04", file_kind::zip},
      {"\x7f"
       "ELF",
       file_kind::elf},
      {"MZ", file_kind::pe},
      {"\xed\xab\xee\xdb", file_kind::rpm},
      {"!<arch>\n", file_kind::deb},
      {"070701", file_kind::cpio},
      {"070702", file_kind::cpio},
      {"\xc7\x71", file_kind::cpio},
      {"\xd9\x01\xf4", file_kind::cbor},
      {"\xd9\x01\xf5", file_kind::cbor},
      {"\xd2\x84", file_kind::cbor},
  };
  for (const auto& [magic, kind] : table)
    if (starts_with(content, magic)) return kind;
  return starts_with(content, "ustar", 257) ? file_kind::tar : file_kind::unknown;
}

/// A byte order mark, or a zero in every second byte and none in the others.
bool is_utf16(byte_view content) noexcept {
  if (starts_with(content, "\xff\xfe") || starts_with(content, "\xfe\xff")) return content.size() % 2 == 0;
  constexpr std::size_t looked_at = 256;
  const auto head = content.first(std::min(content.size(), looked_at) & ~std::size_t{1});
  if (head.size() < 8) return false;
  const auto plain = [](std::uint8_t c) {
    return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n' || c == '\t';
  };
  for (const std::size_t low : {0U, 1U}) {
    bool all = true;
    for (std::size_t i = 0; all && i < head.size(); i += 2)
      all = plain(head[i + low]) && head[i + 1 - low] == 0;
    if (all) return true;
  }
  return false;
}

} // namespace

std::string_view to_string(file_kind kind) noexcept {
  switch (kind) {
  case file_kind::unknown: return "of no known kind";
  case file_kind::empty: return "an empty file";
  case file_kind::filler: return "a file in which every byte is 00, or every byte ff";
  case file_kind::quote: return "a quote of a TPM (TPMS_ATTEST)";
  case file_kind::other_attest: return "an attestation of a TPM of another type (TPMS_ATTEST)";
  case file_kind::sized_attest: return "a TPM2B_ATTEST (a TPMS_ATTEST with its size before it)";
  case file_kind::tpmt_signature: return "a signature of a TPM (TPMT_SIGNATURE)";
  case file_kind::ecdsa_signature: return "a plain ECDSA signature (DER)";
  case file_kind::public_area: return "the public part of a TPM key (TPMT_PUBLIC)";
  case file_kind::sized_public: return "the public part of a TPM key (TPM2B_PUBLIC)";
  case file_kind::sized_private: return "the private part of a TPM key (TPM2B_PRIVATE)";
  case file_kind::object_name: return "the Name of a TPM object";
  case file_kind::tools_context: return "a context file of tpm2-tools";
  case file_kind::tools_handle: return "a handle file of tpm2-tools";
  case file_kind::tools_pcrs: return "a file of PCR values (tpm2_quote -o)";
  case file_kind::tools_pcr_text: return "the output of tpm2_pcrread";
  case file_kind::tools_event_text: return "the output of tpm2_eventlog";
  case file_kind::tools_key_text: return "the output of tpm2_readpublic";
  case file_kind::boot_log: return "a boot log (binary_bios_measurements, WBCL)";
  case file_kind::ima_list: return "an IMA list (binary_runtime_measurements)";
  case file_kind::ima_list_big: return "an IMA list of a big-endian machine (binary_runtime_measurements)";
  case file_kind::ima_list_ascii: return "an IMA list as text (ascii_runtime_measurements)";
  case file_kind::bundle: return "an evidence bundle (muster evidence export)";
  case file_kind::reference_set: return "a reference set";
  case file_kind::pem_certificate: return "a PEM certificate";
  case file_kind::pem_public_key: return "a PEM public key";
  case file_kind::pem_pkcs1_key: return "a PEM RSA public key of PKCS#1";
  case file_kind::pem_private_key: return "a PEM private key";
  case file_kind::pem_tss2_key: return "a PEM TSS2 private key";
  case file_kind::pem_request: return "a PEM certificate request";
  case file_kind::pem_other: return "a PEM file that is neither a key nor a certificate";
  case file_kind::der_certificate: return "a DER certificate";
  case file_kind::der_public_key: return "a DER public key";
  case file_kind::der_private_key: return "a DER private key";
  case file_kind::der_other: return "a DER file that is neither a key nor a certificate";
  case file_kind::ssh_key: return "a public key of OpenSSH";
  case file_kind::dsse_envelope: return "a DSSE envelope (JSON)";
  case file_kind::keylime_policy: return "a runtime policy of Keylime (JSON)";
  case file_kind::json: return "a JSON file";
  case file_kind::web_token: return "a JSON web token";
  case file_kind::rim: return "a RIM (XML)";
  case file_kind::xml: return "an XML file";
  case file_kind::html: return "a web page (HTML), such as the error page of a download";
  case file_kind::yaml: return "a YAML file";
  case file_kind::digest_list: return "a list of digests (sha256sum, md5sums)";
  case file_kind::hex_text: return "text in hex";
  case file_kind::base64_text: return "text in base64";
  case file_kind::utf16_text: return "text in UTF-16";
  case file_kind::text: return "a text file";
  case file_kind::gzip: return "a file compressed with gzip";
  case file_kind::xz: return "a file compressed with xz";
  case file_kind::zstd: return "a file compressed with zstd";
  case file_kind::bzip2: return "a file compressed with bzip2";
  case file_kind::zip: return "a zip archive";
  case file_kind::tar: return "a tar archive";
  case file_kind::cpio: return "a cpio archive";
  case file_kind::elf: return "an ELF program";
  case file_kind::pe: return "a PE program (EFI or Windows)";
  case file_kind::rpm: return "an RPM package";
  case file_kind::deb: return "a Debian package or ar archive";
  case file_kind::cbor: return "a CBOR file (CoRIM or COSE)";
  }
  return "of no known kind";
}

file_kind kind_of(byte_view content) noexcept {
  if (content.empty()) return file_kind::empty;
  if (is_filler(content)) return file_kind::filler;
  if (is_boot_log(content)) return file_kind::boot_log;
  if (is_ima_list(content, [](cursor& in) { return in.u32_le(); })) return file_kind::ima_list;
  if (is_ima_list(content, [](cursor& in) { return in.u32_be(); })) return file_kind::ima_list_big;
  if (const auto kind = tpm_kind(content); kind != file_kind::unknown) return kind;
  if (const auto kind = der_kind(content); kind != file_kind::unknown) return kind;
  if (const auto kind = common_kind(content); kind != file_kind::unknown) return kind;
  if (is_utf16(content)) return file_kind::utf16_text;
  if (is_text(content)) return kind_of_text(as_text(content));
  if (is_bundle(content)) return file_kind::bundle;
  if (is_record(content)) return file_kind::reference_set;
  return parse_tools_pcrs(content) ? file_kind::tools_pcrs : file_kind::unknown;
}

} // namespace muster::tpm
