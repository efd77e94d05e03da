#include "crypto/revocation_list.hpp"

#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"

#include <ctime>

namespace muster::crypto {

namespace {

constexpr wall_time never{~std::uint64_t{0}};

struct free_list {
  void operator()(X509_CRL* list) const noexcept { X509_CRL_free(list); }
};

std::string crl_name_of(const X509_NAME* name) {
  const bio_ptr out{BIO_new(BIO_s_mem())};
  require(out != nullptr);
  if (X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) ERR_clear_error();
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return printable(std::string_view{text, static_cast<std::size_t>(std::max(size, 0L))});
}

wall_time crl_time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    ERR_clear_error();
    return never;
  }
  const auto seconds = ::timegm(&parts);
  return {seconds < 0 ? 0 : static_cast<std::uint64_t>(seconds) * 1000};
}

} // namespace

result<revocation_list> revocation_list::from_file(byte_view content) {
  if (content.size() > max_revocation_list) return fault{errc::limit, "crl: it is larger than 1 MiB"};
  auto der = to_bytes(content);
  if (as_text(content).find("-----BEGIN ") != std::string_view::npos) {
    auto block = parse_one_pem(as_text(content));
    if (!block || block->label != "X509 CRL")
      return fault{errc::unsupported, "crl: there is no block X509 CRL"};
    der = std::move(block->der);
  }
  const auto* at = der.data();
  std::shared_ptr<X509_CRL> list{d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())), free_list{}};
  if (!list) return openssl_fault(errc::unsupported, "crl: it is not a revocation list");
  if (at != der.data() + der.size()) return fault{errc::malformed, "crl: bytes after the list"};
  auto issuer = crl_name_of(X509_CRL_get_issuer(list.get()));
  const auto next = crl_time_of(X509_CRL_get0_nextUpdate(list.get()));
  return revocation_list{std::move(list), std::move(issuer), next};
}

bool revocation_list::revokes(const certificate& subject, const certificate& issuer) const {
  if (X509_NAME_cmp(X509_CRL_get_issuer(list_.get()), X509_get_subject_name(issuer.native())) != 0)
    return false;
  // The key of the CA that issued `subject`. The list comes from the operator, so a key that verifies it is
  // that of the right CA.
  if (X509_CRL_verify(list_.get(), X509_get0_pubkey(issuer.native())) != 1) {
    ERR_clear_error();
    return false;
  }
  X509_REVOKED* found = nullptr;
  constexpr int is_revoked = 1; // 2: removed again by a delta list
  return X509_CRL_get0_by_cert(list_.get(), &found, subject.native()) == is_revoked;
}

} // namespace muster::crypto
