#include "crypto/timestamp_token.hpp"

#include "crypto/digest.hpp"
#include "crypto/key_strength.hpp"
#include "crypto/openssl.hpp"

#include <openssl/ts.h>

#include <ctime>

namespace muster::crypto {

namespace {

using pkcs7_ptr = std::unique_ptr<PKCS7, freed_by<PKCS7_free>>;
using info_ptr = std::unique_ptr<TS_TST_INFO, freed_by<TS_TST_INFO_free>>;
using store_ptr = std::unique_ptr<X509_STORE, freed_by<X509_STORE_free>>;

fault bad(std::string_view why, errc code) { return openssl_fault(code, "time stamp: " + std::string{why}); }

std::optional<hash_algorithm> strong_hash(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  switch (OBJ_obj2nid(object)) {
  case NID_sha256: return hash_algorithm::sha256;
  case NID_sha384: return hash_algorithm::sha384;
  case NID_sha512: return hash_algorithm::sha512;
  default: return std::nullopt;
  }
}

status check_imprint(TS_TST_INFO* info, byte_view covered) {
  auto* imprint = TS_TST_INFO_get_msg_imprint(info);
  const auto algorithm = strong_hash(TS_MSG_IMPRINT_get_algo(imprint));
  if (!algorithm) return bad("its imprint is not by SHA-256, SHA-384 or SHA-512", errc::unsupported);
  const auto* stated = TS_MSG_IMPRINT_get_msg(imprint);
  const byte_view value{ASN1_STRING_get0_data(stated), static_cast<std::size_t>(ASN1_STRING_length(stated))};
  if (!same(value, hash(*algorithm, covered).view()))
    return bad("it is of something else than this signature", errc::mismatch);
  return {};
}

status check_signer(PKCS7* token, std::span<const certificate> roots, wall_time at) {
  auto* signers = PKCS7_get_signer_info(token);
  if (sk_PKCS7_SIGNER_INFO_num(signers) != 1) return bad("it does not have one signer", errc::malformed);
  if (!strong_hash(sk_PKCS7_SIGNER_INFO_value(signers, 0)->digest_alg))
    return bad("it is not signed with SHA-256, SHA-384 or SHA-512", errc::unsupported);
  const store_ptr store{X509_STORE_new()};
  require(store != nullptr);
  for (const auto& root : roots)
    require(X509_STORE_add_cert(store.get(), root.native()) == 1);
  // With a time set, OpenSSL does not read the clock.
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()),
                             static_cast<std::time_t>(at.milliseconds / 1000));
  // Path to a root with the purpose of time stamps, signing certificate (RFC 5035), signature.
  X509* signer = nullptr;
  const bool held = TS_RESP_verify_signature(token, nullptr, store.get(), &signer) == 1;
  const x509_ptr owned{signer};
  if (!held)
    return bad("no authority for time stamps under the named root signed it, or its "
               "certificate is not valid at this time",
               errc::untrusted);
  const auto read = certificate::from_der(to_der(owned.get(), i2d_X509));
  if (!read) return read.fault();
  return verify_key_strength(read->key());
}

result<wall_time> time_of(const TS_TST_INFO* info) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &parts) != 1)
    return bad("its time cannot be read", errc::malformed);
  const auto seconds = ::timegm(&parts);
  if (seconds < 0) return bad("its time cannot be read", errc::malformed);
  return wall_time{static_cast<std::uint64_t>(seconds) * 1000};
}

} // namespace

result<wall_time> verify_timestamp(byte_view token, byte_view covered, std::span<const certificate> roots,
                                   wall_time at) {
  const auto* next = token.data();
  const pkcs7_ptr read{d2i_PKCS7(nullptr, &next, static_cast<long>(token.size()))};
  if (read == nullptr || next != token.data() + token.size() || !PKCS7_type_is_signed(read.get()))
    return bad("it is not a token of RFC 3161", errc::malformed);
  const info_ptr info{PKCS7_to_TS_TST_INFO(read.get())};
  if (info == nullptr || TS_TST_INFO_get_version(info.get()) != 1)
    return bad("it is not a token of RFC 3161", errc::malformed);
  if (auto ok = check_imprint(info.get(), covered); !ok) return ok.fault();
  if (auto ok = check_signer(read.get(), roots, at); !ok) return ok.fault();
  auto time = time_of(info.get());
  if (time && time->milliseconds > at.milliseconds) return bad("its time is in the future", errc::denied);
  ERR_clear_error();
  return time;
}

} // namespace muster::crypto
