#include "crypto/running_digest.hpp"

#include "crypto/openssl.hpp"

namespace muster::crypto {

void running_digest::freed::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

result<running_digest> running_digest::begin(const char* name) {
  const std::unique_ptr<EVP_MD, freed_by<EVP_MD_free>> method{EVP_MD_fetch(nullptr, name, nullptr)};
  context_ptr context{EVP_MD_CTX_new()};
  require(context != nullptr);
  if (method == nullptr || EVP_DigestInit_ex2(context.get(), method.get(), nullptr) != 1)
    return openssl_fault(errc::unsupported, "digest: OpenSSL does not offer " + std::string{name} + " here");
  return running_digest{std::move(context)};
}

result<running_digest> running_digest::make(hash_algorithm algorithm) {
  switch (algorithm) {
  case hash_algorithm::sha1: return begin("SHA1");
  case hash_algorithm::sha256: return begin("SHA256");
  case hash_algorithm::sha384: return begin("SHA384");
  case hash_algorithm::sha512: return begin("SHA512");
  case hash_algorithm::sm3_256: return begin("SM3");
  }
  return fault{errc::unsupported, "digest: an unknown algorithm"};
}

result<running_digest> running_digest::make_md5() { return begin("MD5"); }

void running_digest::update(byte_view more) {
  require(EVP_DigestUpdate(context_.get(), more.data(), more.size()) == 1);
}

digest running_digest::finish() {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context_.get(), raw.data(), &size) == 1);
  return digest{byte_view{raw}.first(size)};
}

} // namespace muster::crypto
