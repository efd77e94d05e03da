#include "crypto/certificate_reader.hpp"

#include "crypto/openssl.hpp"

#include <chrono>
#include <ctime>

namespace muster::crypto {

namespace {

constexpr std::size_t max_name_text = 1024;
constexpr std::size_t max_attribute = 256;

byte_view view_of(const ASN1_STRING* text) noexcept {
  if (text == nullptr) return {};
  return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string dotted(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  // An OID that does not fit is not one that we know.
  if (size <= 0 || size >= static_cast<int>(text.size())) return "?";
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string name_text(const X509_NAME* name) {
  const bio_ptr out{BIO_new(BIO_s_mem())};
  require(out != nullptr);
  if (X509_NAME_print_ex(out.get(), name, 0,
                         XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB))
      < 0)
    ERR_clear_error();
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  if (size <= 0) return {};
  return printable({text, static_cast<std::size_t>(size)}, max_name_text);
}

result<wall_time> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1)
    return openssl_fault(errc::malformed, "certificate: a time is not valid");
  using namespace std::chrono;
  const year_month_day day{year{parts.tm_year + 1900}, month{static_cast<unsigned>(parts.tm_mon + 1)},
                           std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
  const auto seconds_of_day = parts.tm_hour * 3600 + parts.tm_min * 60 + parts.tm_sec;
  const auto since_1970 = std::int64_t{sys_days{day}.time_since_epoch().count()} * 86'400 + seconds_of_day;
  if (!day.ok() || since_1970 < 0) return fault{errc::malformed, "certificate: a time before 1970"};
  return wall_time{static_cast<std::uint64_t>(since_1970) * 1000};
}

/// Decodes the one extension `nid`. Null if it is absent; a fault if it occurs twice or is malformed.
template <class T, auto Free>
result<std::unique_ptr<T, freed_by<Free>>> extension_of(const X509* x509, int nid, int& critical) {
  std::unique_ptr<T, freed_by<Free>> found{static_cast<T*>(X509_get_ext_d2i(x509, nid, &critical, nullptr))};
  // OpenSSL: -1 absent, -2 more than one; 0 and 1 with a null pointer: present, but undecodable.
  if (!found && critical != -1)
    return openssl_fault(errc::malformed, "certificate: an extension is malformed or is there twice");
  return found;
}

/// IA5String of a URI or DNS name. With a NUL or a blank inside, two readers could see two names.
result<std::string> visible_text(const ASN1_STRING* text) {
  const auto raw = view_of(text);
  if (raw.empty() || raw.size() > max_attribute
      || !std::ranges::all_of(raw, [](std::uint8_t c) { return c > 0x20 && c < 0x7f; }))
    return fault{errc::malformed, "certificate: a name that is empty, over 256 bytes or not visible ASCII"};
  return std::string{as_text(raw)};
}

status read_attributes(const X509_NAME* name, std::vector<directory_attribute>& out) {
  const int count = X509_NAME_entry_count(name);
  if (out.size() + static_cast<std::size_t>(count) > max_certificate_entries)
    return fault{errc::limit, "certificate: more than 64 directory attributes"};
  for (int i = 0; i < count; ++i) {
    auto* entry = X509_NAME_get_entry(name, i);
    std::uint8_t* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    if (size < 0) return openssl_fault(errc::malformed, "certificate: a directory attribute is not text");
    out.push_back({dotted(X509_NAME_ENTRY_get_object(entry)),
                   std::string{as_text({utf8, static_cast<std::size_t>(size)})}});
    OPENSSL_free(utf8);
    if (out.back().value.size() > max_attribute)
      return fault{errc::limit, "certificate: a directory attribute is over 256 bytes"};
  }
  return {};
}

status read_alternative_name(const X509* x509, certificate_fields& out) {
  int critical = -1;
  auto names = extension_of<GENERAL_NAMES, GENERAL_NAMES_free>(x509, NID_subject_alt_name, critical);
  if (!names) return names.fault();
  if (!*names) return {};
  out.alternative_name = critical == 1 ? criticality::critical : criticality::not_critical;
  const int count = sk_GENERAL_NAME_num(names->get());
  if (count > static_cast<int>(max_certificate_entries))
    return fault{errc::limit, "certificate: more than 64 alternative names"};
  for (int i = 0; i < count; ++i) {
    int kind = 0;
    auto* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names->get(), i), &kind);
    if (kind == GEN_DIRNAME) {
      auto read = read_attributes(static_cast<const X509_NAME*>(value), out.directory_names);
      if (!read) return read;
    } else if (kind == GEN_URI || kind == GEN_DNS) {
      auto text = visible_text(static_cast<const ASN1_STRING*>(value));
      if (!text) return text.fault();
      (kind == GEN_URI ? out.uris : out.dns_names).push_back(std::move(*text));
    }
  }
  return {};
}

status read_extended_key_usages(const X509* x509, certificate_fields& out) {
  int critical = -1;
  auto usages = extension_of<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>(x509, NID_ext_key_usage, critical);
  if (!usages) return usages.fault();
  const int count = *usages ? sk_ASN1_OBJECT_num(usages->get()) : 0;
  if (count > static_cast<int>(max_certificate_entries))
    return fault{errc::limit, "certificate: more than 64 extended key usages"};
  for (int i = 0; i < count; ++i)
    out.extended_key_usages.push_back(dotted(sk_ASN1_OBJECT_value(usages->get(), i)));
  return {};
}

} // namespace

result<certificate_fields> read_fields(X509* x509) {
  // This makes OpenSSL read and cache what its own chain checks need; later calls only read, from any thread.
  const auto flags = X509_get_extension_flags(x509);
  if ((flags & EXFLAG_INVALID) != 0)
    return openssl_fault(errc::malformed, "certificate: an extension is malformed or is there twice");
  certificate_fields out;
  out.subject = name_text(X509_get_subject_name(x509));
  out.issuer = name_text(X509_get_issuer_name(x509));
  const auto serial = view_of(X509_get0_serialNumber(x509));
  out.serial = to_bytes(serial.subspan(static_cast<std::size_t>(
      std::ranges::find_if(serial, [](std::uint8_t b) { return b != 0; }) - serial.begin())));
  const auto from = time_of(X509_get0_notBefore(x509));
  if (!from) return from.fault();
  const auto until = time_of(X509_get0_notAfter(x509));
  if (!until) return until.fault();
  out.not_before = *from;
  out.not_after = *until;
  out.spki = to_der(X509_get_X509_PUBKEY(x509), i2d_X509_PUBKEY);
  out.is_ca = (flags & EXFLAG_BCONS) != 0 && (flags & EXFLAG_CA) != 0;
  if (auto read = read_extended_key_usages(x509, out); !read) return read.fault();
  if (auto read = read_alternative_name(x509, out); !read) return read.fault();
  out.subject_key_id = to_bytes(view_of(X509_get0_subject_key_id(x509)));
  out.authority_key_id = to_bytes(view_of(X509_get0_authority_key_id(x509)));
  return out;
}

} // namespace muster::crypto
