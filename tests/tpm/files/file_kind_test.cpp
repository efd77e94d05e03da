// Every kind of file that people mix up with evidence is named for what it is.
#include "crypto/key.hpp"
#include "crypto/pem.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tests/tpm/machines.hpp"
#include "tpm/files/file_kind.hpp"
#include "tpm/files/text_kind.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace muster;
using namespace muster::tpm;

namespace {

bytes of(std::string_view text) { return to_bytes(as_bytes(text)); }
bytes hex(std::string_view digits) { return from_hex(digits).value(); }
bytes joined(bytes a, byte_view b) {
  append(a, b);
  return a;
}
bytes sized(byte_view content) { return writer{}.sized16(content).take(); }

bytes vm(const std::string& file) { return testing::read_test_data("vm/grub-sb/" + file); }

} // namespace

TEST_CASE("binary files are named by their kind") {
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto rsa = crypto::private_key::make_rsa(2048).value();
  const auto quote = vm("quote-sha256.msg");
  auto certify = quote;
  certify[5] = 0x17;
  const auto der_of = [](const std::string& pem) { return crypto::parse_one_pem(pem)->der; };
  // An entry of a big-endian machine, and one of a template that is given by its fields.
  const auto big = joined(joined(hex("0000000a"), bytes(20)), joined(hex("00000006"), of("ima-ng")));
  const auto fields = joined(joined(hex("0a000000"), bytes(20)), joined(hex("09000000"), of("d-ng|n-ng")));
  const auto old_log = joined(joined(hex("00000000"
                                         "08000000"),
                                     bytes(20, 0x11)),
                              joined(hex("04000000"), of("1.05")));
  // _PRIVATE: HMAC of 32 bytes, then what it covers.
  const auto secret = sized(joined(sized(bytes(32, 0x5a)), bytes(90, 0xa5)));
  // "ab" in UTF-16, with a mark and without.
  const struct {
    const char* what;
    bytes content;
    file_kind kind;
  } table[] = {
      {"nothing", {}, file_kind::empty},
      {"zeros", bytes(512), file_kind::filler},
      {"erased", bytes(512, 0xff), file_kind::filler},
      {"quote", quote, file_kind::quote},
      {"certification", certify, file_kind::other_attest},
      {"TPM2B_ATTEST", sized(quote), file_kind::sized_attest},
      {"TPMT_SIGNATURE", vm("quote-sha256.sig"), file_kind::tpmt_signature},
      {"TPM2B_PUBLIC", vm("ak.pub"), file_kind::sized_public},
      {"TPMT_PUBLIC", to_bytes(byte_view{vm("ak.pub")}.subspan(2)), file_kind::public_area},
      {"EK", vm("ek.pub"), file_kind::sized_public},
      {"TPM2B_PRIVATE", secret, file_kind::sized_private},
      {"Name", vm("ak.name"), file_kind::object_name},
      {"context", joined(hex("badcc0de00000001"), bytes(40)), file_kind::tools_context},
      {"ESYS_TR", joined(joined(hex("810100020022000b"), bytes(32, 7)), bytes(60)), file_kind::tools_handle},
      {"PCR values", vm("quote-sha256.pcrs"), file_kind::tools_pcrs},
      {"boot log", vm("binary_bios_measurements"), file_kind::boot_log},
      {"old boot log", old_log, file_kind::boot_log},
      {"IMA list", vm("binary_runtime_measurements"), file_kind::ima_list},
      {"IMA list by fields", fields, file_kind::ima_list},
      {"big-endian IMA list", big, file_kind::ima_list_big},
      {"certificate", vm("nv-0x01c00002.der"), file_kind::der_certificate},
      {"public key", key.pub().spki(), file_kind::der_public_key},
      {"RSA public key", rsa.pub().spki(), file_kind::der_public_key},
      {"private key", der_of(key.pem()), file_kind::der_private_key},
      {"RSA private key", der_of(rsa.pem()), file_kind::der_private_key},
      {"ECDSA signature", key.sign(hash_algorithm::sha256, of("x")).value(), file_kind::ecdsa_signature},
      {"OID in DER", hex("300506032a0304"), file_kind::der_other},
      {"gzip", hex("1f8b0800000000000003"), file_kind::gzip},
      {"xz", hex("fd377a585a000004"), file_kind::xz},
      {"zstd", hex("28b52ffd2400"), file_kind::zstd},
      {"bzip2", of("BZh91AY\x01"), file_kind::bzip2},
      {"zip", joined(of("PK\x03\x04"), bytes(8)), file_kind::zip},
      {"ELF", hex("7f454c460201010000"), file_kind::elf},
      {"PE", joined(of("MZ"), bytes(70, 0x90)), file_kind::pe},
      {"tar", joined(joined(of("name"), bytes(253)), of("ustar")), file_kind::tar},
      {"cpio", of("070701000002d1"), file_kind::cpio},
      {"rpm", hex("edabeedb0300"), file_kind::rpm},
      {"deb", of("!<arch>\ndebian-binary"), file_kind::deb},
      {"CoRIM", hex("d901f5a100"), file_kind::cbor},
      {"UTF-16 with a mark", hex("fffe61006200"), file_kind::utf16_text},
      {"UTF-16 big-endian", hex("feff00610062"), file_kind::utf16_text},
      {"UTF-16 without a mark", hex("6100620063006400650066000d000a00"), file_kind::utf16_text},
      {"bundle", joined(hex("20000000000000000000000003000000"), bytes(24, 9)), file_kind::bundle},
      {"reference set", joined(hex("0000000003000000"), bytes(24, 9)), file_kind::reference_set},
      {"anything", hex("0102030405060708090a0b0c"), file_kind::unknown},
  };
  for (const auto& [what, content, kind] : table) {
    CAPTURE(what);
    CHECK_MESSAGE(kind_of(content) == kind, to_string(kind_of(content)));
  }
}

TEST_CASE("text is named by its kind") {
  const std::string digits40(40, 'a');
  const std::string digits64(64, 'b');
  const struct {
    std::string content;
    file_kind kind;
  } table[] = {
      {"-----BEGIN CERTIFICATE-----\nAA==\n", file_kind::pem_certificate},
      {"Certificate:\n  Data:\n-----BEGIN CERTIFICATE-----\n", file_kind::pem_certificate},
      {"-----BEGIN PUBLIC KEY-----\n", file_kind::pem_public_key},
      {"\r\n-----BEGIN PUBLIC KEY-----\r\n", file_kind::pem_public_key},
      {"-----BEGIN RSA PUBLIC KEY-----\n", file_kind::pem_pkcs1_key},
      {"-----BEGIN PRIVATE KEY-----\n", file_kind::pem_private_key},
      {"-----BEGIN EC PRIVATE KEY-----\n", file_kind::pem_private_key},
      {"-----BEGIN TSS2 PRIVATE KEY-----\n", file_kind::pem_tss2_key},
      {"-----BEGIN CERTIFICATE REQUEST-----\n", file_kind::pem_request},
      {"-----BEGIN PGP SIGNATURE-----\n", file_kind::pem_other},
      {"-----BEGIN ", file_kind::pem_other},
      {"ssh-rsa AAAAB3Nza user@host\n", file_kind::ssh_key},
      {R"({"payload": "e30=", "payloadType": "x", "signatures": []})", file_kind::dsse_envelope},
      {R"({"meta": {"version": 1}, "digests": {}, "excludes": []})", file_kind::keylime_policy},
      {"[1, 2]", file_kind::json},
      {"\xef\xbb\xbf{}", file_kind::json},
      {"[section]\nkey=value\n", file_kind::text},
      {"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA-_AA", file_kind::web_token},
      {"<?xml version=\"1.0\"?><SoftwareIdentity/>", file_kind::rim},
      {"<?xml version=\"1.0\"?><a/>", file_kind::xml},
      {"<!DOCTYPE HTML><title>404 Not Found</title>", file_kind::html},
      {"\n<html><body>403</body></html>", file_kind::html},
      {"HTTP/1.1 502 Bad Gateway\r\n", file_kind::html},
      {"10 " + digits40 + " ima-ng sha256:" + digits64 + " boot_aggregate\n", file_kind::ima_list_ascii},
      {"  sha1:\n    0 : 0x" + digits40 + "\n", file_kind::tools_pcr_text},
      {"sha256:\r\n  23: 0x" + digits64 + "\r\n", file_kind::tools_pcr_text},
      {"sha1:\nsha256:\n  0 : 0x" + digits64 + "\n", file_kind::tools_pcr_text},
      {"---\nversion: 1\nevents:\n- EventNum: 0\n  PCRIndex: 0\n", file_kind::tools_event_text},
      {"name: 000b" + digits64 + "\nname-alg:\n  value: sha256\n", file_kind::tools_key_text},
      {digits64 + "  /usr/bin/ls\n", file_kind::digest_list},
      {digits64 + "\n" + digits64 + "\n", file_kind::hex_text},
      {"QUJD" + std::string(60, 'z') + "\nQQ==\n", file_kind::base64_text},
      {"# rules\nima:\n  exclude: []\n", file_kind::yaml},
      {"---\n- a\n", file_kind::yaml},
      {"no permission", file_kind::text},
      {" \n", file_kind::text},
  };
  for (const auto& [content, kind] : table) {
    CAPTURE(content);
    CHECK_MESSAGE(kind_of(as_bytes(content)) == kind, to_string(kind_of(as_bytes(content))));
  }
}

TEST_CASE("each kind has words of its own") {
  std::set<std::string_view> all;
  for (unsigned i = 0; i <= static_cast<unsigned>(file_kind::last_of); ++i)
    all.insert(to_string(static_cast<file_kind>(i)));
  CHECK(all.size() == static_cast<unsigned>(file_kind::last_of) + 1);
}

TEST_CASE("evidence of each real machine is of its kind, whatever its end") {
  for (const std::string machine : testing::machines) {
    CAPTURE(machine);
    const auto boot = testing::read_test_data("vm/" + machine + "/binary_bios_measurements");
    const auto ima = testing::read_test_data("vm/" + machine + "/binary_runtime_measurements");
    const auto pcrs = testing::read_test_data("vm/" + machine + "/pcrread.txt");
    CHECK(kind_of(byte_view{boot}.first(1000)) == file_kind::boot_log);
    CHECK(kind_of(byte_view{ima}.first(1000)) == file_kind::ima_list);
    CHECK(kind_of(pcrs) == file_kind::tools_pcr_text);
  }
}
