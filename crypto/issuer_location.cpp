#include "crypto/issuer_location.hpp"

#include "crypto/openssl.hpp"

namespace muster::crypto {

namespace {

constexpr std::size_t max_location = 512;

using access_ptr = std::unique_ptr<AUTHORITY_INFO_ACCESS, freed_by<AUTHORITY_INFO_ACCESS_free>>;

std::string location_text(const ASN1_STRING* uri) {
  const auto* raw = reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri));
  const auto text = printable({raw, static_cast<std::size_t>(ASN1_STRING_length(uri))}, max_location);
  std::string out;
  for (const char c : text)
    c == ' ' ? out += "%20" : out += c;
  return out;
}

} // namespace

std::vector<std::string> issuer_locations(const certificate& one) {
  const access_ptr access{
      static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(one.native(), NID_info_access, nullptr, nullptr))};
  std::vector<std::string> out;
  if (!access) {
    ERR_clear_error();
    return out;
  }
  const int count = sk_ACCESS_DESCRIPTION_num(access.get());
  for (int i = 0; i < count && out.size() < max_issuer_locations; ++i) {
    const auto* entry = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (OBJ_obj2nid(entry->method) != NID_ad_ca_issuers || entry->location->type != GEN_URI) continue;
    if (auto text = location_text(entry->location->d.uniformResourceIdentifier); !text.empty())
      out.push_back(std::move(text));
  }
  return out;
}

} // namespace muster::crypto
