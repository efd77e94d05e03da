#include "crypto/certificate_template.hpp"

#include "crypto/openssl.hpp"
#include "crypto/secret.hpp"

#include <ctime>

namespace muster::crypto {

namespace {

constexpr std::size_t serial_size = 20;

using object_ptr = std::unique_ptr<ASN1_OBJECT, freed_by<ASN1_OBJECT_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using general_name_ptr = std::unique_ptr<GENERAL_NAME, freed_by<GENERAL_NAME_free>>;
using general_names_ptr = std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>>;
using usages_ptr = std::unique_ptr<EXTENDED_KEY_USAGE, freed_by<EXTENDED_KEY_USAGE_free>>;
using constraints_ptr = std::unique_ptr<BASIC_CONSTRAINTS, freed_by<BASIC_CONSTRAINTS_free>>;
using string_ptr = std::unique_ptr<ASN1_STRING, freed_by<ASN1_STRING_free>>;
using time_ptr = std::unique_ptr<ASN1_TIME, freed_by<ASN1_TIME_free>>;
using name_ptr = std::unique_ptr<X509_NAME, freed_by<X509_NAME_free>>;

fault not_encodable(const char* what) {
  return openssl_fault(errc::malformed, std::string{"certificate-template: "} + what);
}

const std::uint8_t* text_of(const std::string& text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

object_ptr object_from(const std::string& dotted) { return object_ptr{OBJ_txt2obj(dotted.c_str(), 1)}; }

bool add(X509* to, int nid, void* value, criticality how) {
  return X509_add1_ext_i2d(to, nid, value, how == criticality::critical ? 1 : 0, X509V3_ADD_DEFAULT) == 1;
}

/// Adds an extension from a constant in the language of OpenSSL's configuration. Never pass foreign text
/// here: in that language it could say anything.
bool add_configured(X509* to, X509V3_CTX* context, int nid, std::string_view constant) {
  const extension_ptr made{X509V3_EXT_conf_nid(nullptr, context, nid, std::string{constant}.c_str())};
  return made && X509_add_ext(to, made.get(), -1) == 1;
}

void set_serial(X509* to) {
  auto raw = make_random(serial_size);
  // Positive, and always of full length (RFC 5280, 4.1.2.2).
  raw[0] = static_cast<std::uint8_t>((raw[0] & 0x7fU) | 0x40U);
  const bignum_ptr number{BN_bin2bn(raw.data(), static_cast<int>(raw.size()), nullptr)};
  require(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(to)) != nullptr);
}

void set_times(X509* to, const certificate_template& what) {
  const time_ptr from{ASN1_TIME_set(nullptr, static_cast<std::time_t>(what.not_before.milliseconds / 1000))};
  const time_ptr until{ASN1_TIME_set(nullptr, static_cast<std::time_t>(what.not_after.milliseconds / 1000))};
  require(from && until && X509_set1_notBefore(to, from.get()) == 1
          && X509_set1_notAfter(to, until.get()) == 1);
}

status set_subject(X509* to, const certificate_template& what) {
  if (what.common_name.empty()) return {};
  if (X509_NAME_add_entry_by_NID(X509_get_subject_name(to), NID_commonName, MBSTRING_UTF8,
                                 text_of(what.common_name), static_cast<int>(what.common_name.size()), -1, 0)
      != 1)
    return not_encodable("common name");
  return {};
}

status add_constraints(X509* to, const certificate_template& what) {
  const constraints_ptr constraints{BASIC_CONSTRAINTS_new()};
  require(constraints != nullptr);
  constraints->ca = what.is_ca ? 0xff : 0;
  if (what.path_length) {
    constraints->pathlen = ASN1_INTEGER_new();
    require(constraints->pathlen && ASN1_INTEGER_set(constraints->pathlen, *what.path_length) == 1);
  }
  require(add(to, NID_basic_constraints, constraints.get(), criticality::critical));
  return {};
}

status add_usages(X509* to, const certificate_template& what) {
  if (what.extended_key_usages.empty()) return {};
  const usages_ptr usages{EXTENDED_KEY_USAGE_new()};
  require(usages != nullptr);
  for (const auto& dotted : what.extended_key_usages) {
    auto usage = object_from(dotted);
    if (!usage) return not_encodable("extended key usage");
    require(sk_ASN1_OBJECT_push(usages.get(), usage.release()) > 0);
  }
  require(add(to, NID_ext_key_usage, usages.get(), criticality::not_critical));
  return {};
}

void push_text(GENERAL_NAMES* names, int kind, const std::string& text) {
  string_ptr value{ASN1_STRING_type_new(V_ASN1_IA5STRING)};
  general_name_ptr name{GENERAL_NAME_new()};
  require(value && name && ASN1_STRING_set(value.get(), text.data(), static_cast<int>(text.size())) == 1);
  GENERAL_NAME_set0_value(name.get(), kind, value.release());
  require(sk_GENERAL_NAME_push(names, name.release()) > 0);
}

status push_directory(GENERAL_NAMES* names, const std::vector<directory_attribute>& attributes) {
  name_ptr directory{X509_NAME_new()};
  general_name_ptr name{GENERAL_NAME_new()};
  require(directory && name);
  for (const auto& one : attributes) {
    const auto type = object_from(one.oid);
    if (!type
        || X509_NAME_add_entry_by_OBJ(directory.get(), type.get(), MBSTRING_UTF8, text_of(one.value),
                                      static_cast<int>(one.value.size()), -1, 0)
               != 1)
      return not_encodable("directory attribute");
  }
  GENERAL_NAME_set0_value(name.get(), GEN_DIRNAME, directory.release());
  require(sk_GENERAL_NAME_push(names, name.release()) > 0);
  return {};
}

status add_alternative_name(X509* to, const certificate_template& what) {
  if (what.uris.empty() && what.dns_names.empty() && what.directory_names.empty()) return {};
  const general_names_ptr names{GENERAL_NAMES_new()};
  require(names != nullptr);
  for (const auto& uri : what.uris)
    push_text(names.get(), GEN_URI, uri);
  for (const auto& dns : what.dns_names)
    push_text(names.get(), GEN_DNS, dns);
  if (!what.directory_names.empty())
    if (auto pushed = push_directory(names.get(), what.directory_names); !pushed) return pushed;
  require(add(to, NID_subject_alt_name, names.get(), what.alternative_name));
  return {};
}

status add_others(X509* to, const certificate_template& what) {
  for (const auto& one : what.others) {
    const auto type = object_from(one.oid);
    const string_ptr value{ASN1_STRING_type_new(V_ASN1_OCTET_STRING)};
    require(value && ASN1_STRING_set(value.get(), one.der.data(), static_cast<int>(one.der.size())) == 1);
    const extension_ptr made{type ? X509_EXTENSION_create_by_OBJ(
                                 nullptr, type.get(), one.how == criticality::critical ? 1 : 0, value.get())
                                  : nullptr};
    if (!made || X509_add_ext(to, made.get(), -1) != 1) return not_encodable("extension");
  }
  return {};
}

status add_extensions(X509* to, const certificate_template& what, const certificate* issuer) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer != nullptr ? issuer->native() : to, to, nullptr, nullptr, 0);
  if (auto added = add_constraints(to, what); !added) return added;
  if (!what.key_usage.empty() && !add_configured(to, &context, NID_key_usage, what.key_usage))
    return not_encodable("key usage");
  if (auto added = add_usages(to, what); !added) return added;
  if (auto added = add_alternative_name(to, what); !added) return added;
  if (!add_configured(to, &context, NID_subject_key_identifier, "hash")
      || !add_configured(to, &context, NID_authority_key_identifier, "keyid"))
    return not_encodable("key identifiers");
  return add_others(to, what);
}

} // namespace

result<certificate> sign_certificate(const certificate_template& what, const public_key& subject,
                                     const certificate* issuer, const private_key& issuer_key) {
  const x509_ptr made{X509_new()};
  require(made && X509_set_version(made.get(), X509_VERSION_3) == 1
          && X509_set_pubkey(made.get(), subject.native().get()) == 1);
  set_serial(made.get());
  set_times(made.get(), what);
  if (auto set = set_subject(made.get(), what); !set) return set.fault();
  const auto* issuer_name =
      issuer != nullptr ? X509_get_subject_name(issuer->native()) : X509_get_subject_name(made.get());
  require(X509_set_issuer_name(made.get(), issuer_name) == 1);
  if (auto added = add_extensions(made.get(), what, issuer); !added) return added.fault();
  if (X509_sign(made.get(), issuer_key.native(), EVP_sha256()) <= 0)
    return openssl_fault(errc::unsupported, "certificate-template: the issuer's key does not sign");
  // Parse it the way any other reader will.
  return certificate::from_der(to_der(made.get(), i2d_X509));
}

} // namespace muster::crypto
