#include "crypto/pem.hpp"

#include "crypto/openssl.hpp"

#include <openssl/pem.h>

namespace muster::crypto {

namespace {

constexpr std::string_view opening = "-----BEGIN ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view white_space = " \t\r\n";

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::size_t count_openings(std::string_view text) noexcept {
  std::size_t count = 0;
  for (auto at = text.find(opening); at != std::string_view::npos; at = text.find(opening, at + 1))
    ++count;
  return count;
}

result<pem_block> read_block(BIO* in) {
  char* name = nullptr;
  char* header = nullptr;
  std::uint8_t* data = nullptr;
  long size = 0;
  if (PEM_read_bio(in, &name, &header, &data, &size) != 1)
    return openssl_fault(errc::malformed, "pem: a block is not whole");
  pem_block out{name, bytes(data, data + size)};
  const bool plain = *header == '\0';
  OPENSSL_free(name);
  OPENSSL_free(header);
  // It may be a private key.
  OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  if (!plain) return fault{errc::unsupported, "pem: a block is encrypted or has headers"};
  return out;
}

} // namespace

result<std::vector<pem_block>> parse_pem(std::string_view text) {
  if (text.size() > max_pem_size) return fault{errc::limit, "pem: it is longer than 1 MiB"};
  const auto count = count_openings(text);
  if (count == 0) return fault{errc::malformed, "pem: there is no block"};
  if (count > max_pem_blocks) return fault{errc::limit, "pem: more than 64 blocks"};
  const bio_ptr in{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  require(in != nullptr);
  std::vector<pem_block> out;
  for (std::size_t i = 0; i < count; ++i) {
    auto block = read_block(in.get());
    if (!block) return block.fault();
    out.push_back(std::move(*block));
  }
  return out;
}

result<pem_block> parse_one_pem(std::string_view text) {
  text = trimmed(text);
  if (!text.starts_with(opening) || !text.ends_with(dashes) || count_openings(text) != 1)
    return fault{errc::malformed, "pem: expected exactly one block"};
  auto blocks = parse_pem(text);
  if (!blocks) return blocks.fault();
  return std::move(blocks->front());
}

std::string to_pem(std::string_view label, byte_view der) {
  const bio_ptr out{BIO_new(BIO_s_mem())};
  const std::string name{label};
  require(out && PEM_write_bio(out.get(), name.c_str(), "", der.data(), static_cast<long>(der.size())) > 0);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

} // namespace muster::crypto
