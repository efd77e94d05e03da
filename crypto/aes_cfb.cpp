#include "crypto/key.hpp"
#include "crypto/openssl.hpp"

namespace muster::crypto {

namespace {

enum class direction : int { decrypt = 0, encrypt = 1 };
constexpr std::size_t max_message = 64UL * 1024;

const EVP_CIPHER* cipher_for(std::size_t key_size) noexcept {
  switch (key_size) {
  case 16: return EVP_aes_128_cfb128();
  case 24: return EVP_aes_192_cfb128();
  case 32: return EVP_aes_256_cfb128();
  default: return nullptr;
  }
}

result<bytes> run(direction way, byte_view key, byte_view input) {
  const auto* cipher = cipher_for(key.size());
  if (cipher == nullptr) return fault{errc::unsupported, "aes-cfb: key is not 16, 24 or 32 bytes"};
  if (input.size() > max_message) return fault{errc::limit, "aes-cfb: over 64 KiB"};
  const cipher_ctx_ptr context{EVP_CIPHER_CTX_new()};
  // A zero IV is safe here because the key is derived for this one message.
  constexpr std::array<std::uint8_t, 16> iv{};
  bytes out(input.size());
  int size = 0;
  require(
      context
      && EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), iv.data(), static_cast<int>(way)) == 1
      && EVP_CipherUpdate(context.get(), out.data(), &size, input.data(), static_cast<int>(input.size())) == 1
      && static_cast<std::size_t>(size) == out.size());
  return out;
}

} // namespace

result<bytes> encrypt_aes_cfb(byte_view key, byte_view plain) { return run(direction::encrypt, key, plain); }

result<bytes> decrypt_aes_cfb(byte_view key, byte_view sealed) {
  return run(direction::decrypt, key, sealed);
}

} // namespace muster::crypto
