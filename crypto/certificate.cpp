#include "crypto/certificate.hpp"

#include "crypto/certificate_reader.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"

namespace muster::crypto {

namespace {

constexpr std::string_view label = "CERTIFICATE";

struct decoded {
  x509_ptr x509;
  std::size_t size = 0;
};

/// Decodes the certificate at the beginning of `input`.
result<decoded> decode(byte_view input) {
  if (input.size() > max_certificate_size) return fault{errc::limit, "certificate: it is over 16 KiB"};
  const auto* at = input.data();
  x509_ptr x509{d2i_X509(nullptr, &at, static_cast<long>(input.size()))};
  if (!x509) return openssl_fault(errc::malformed, "certificate: it is not X.509");
  const auto size = static_cast<std::size_t>(at - input.data());
  // OpenSSL keeps only the bytes of the signed part, so this encodes everything around it again. If more than
  // one encoding were accepted, one certificate could pass for two.
  if (!same(to_der(x509.get(), i2d_X509), input.first(size)))
    return fault{errc::malformed, "certificate: it is not DER, but another encoding of the same fields"};
  return decoded{std::move(x509), size};
}

bool is_padding(byte_view rest) noexcept {
  const auto all = [&](std::uint8_t filler) {
    return std::ranges::all_of(rest, [filler](std::uint8_t b) { return b == filler; });
  };
  return all(0x00) || all(0xff);
}

} // namespace

struct certificate::parsed {
  x509_ptr x509;
  bytes der;
  certificate_fields fields;
  public_key key;
};

result<certificate> certificate::from_x509(X509* owned, byte_view der) {
  x509_ptr x509{owned};
  auto fields = read_fields(x509.get());
  if (!fields) return fields.fault();
  auto key = public_key::from_spki(fields->spki);
  if (!key) return key.fault();
  return certificate{std::make_shared<const parsed>(
      parsed{std::move(x509), to_bytes(der), std::move(*fields), std::move(*key)})};
}

result<certificate> certificate::from_der(byte_view der) {
  auto found = decode(der);
  if (!found) return found.fault();
  if (found->size != der.size()) return fault{errc::malformed, "certificate: bytes after it"};
  return from_x509(found->x509.release(), der);
}

result<certificate> certificate::from_padded_der(byte_view padded) {
  auto found = decode(padded);
  if (!found) return found.fault();
  if (!is_padding(padded.subspan(found->size)))
    return fault{errc::malformed, "certificate: bytes after it that are not padding"};
  return from_x509(found->x509.release(), padded.first(found->size));
}

result<certificate> certificate::from_pem(std::string_view pem) {
  const auto block = parse_one_pem(pem);
  if (!block) return block.fault();
  if (block->label != label) return fault{errc::malformed, "certificate: not a block CERTIFICATE"};
  return from_der(block->der);
}

result<std::vector<certificate>> certificate::from_file(byte_view content) {
  constexpr std::uint8_t tag_sequence = 0x30;
  std::vector<certificate> out;
  if (!content.empty() && content.front() == tag_sequence) {
    auto one = from_der(content);
    if (!one) return one.fault();
    out.push_back(std::move(*one));
    return out;
  }
  const auto blocks = parse_pem(as_text(content));
  if (!blocks) return blocks.fault();
  for (const auto& block : *blocks) {
    if (block.label != label) return fault{errc::malformed, "certificate: a block is not a CERTIFICATE"};
    auto one = from_der(block.der);
    if (!one) return one.fault();
    out.push_back(std::move(*one));
  }
  return out;
}

const bytes& certificate::der() const noexcept { return parsed_->der; }

std::string certificate::pem() const { return to_pem(label, parsed_->der); }

const certificate_fields& certificate::fields() const noexcept { return parsed_->fields; }

const public_key& certificate::key() const noexcept { return parsed_->key; }

bool certificate::allows(std::string_view usage) const noexcept {
  return std::ranges::find(parsed_->fields.extended_key_usages, usage)
         != parsed_->fields.extended_key_usages.end();
}

bool certificate::valid_at(wall_time at) const noexcept {
  return parsed_->fields.not_before <= at && at <= parsed_->fields.not_after;
}

bool certificate::is_self_signed() const {
  const bool held = X509_self_signed(parsed_->x509.get(), 1) == 1;
  ERR_clear_error();
  return held;
}

X509* certificate::native() const noexcept { return parsed_->x509.get(); }

} // namespace muster::crypto
