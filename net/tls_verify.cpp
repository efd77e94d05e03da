#include "net/tls_verify.hpp"

#include "messages/vocabulary/ids.hpp"

namespace muster::net {

namespace {

using store_ctx_ptr = std::unique_ptr<X509_STORE_CTX, freed_by<&X509_STORE_CTX_free>>;
using general_names_ptr = std::unique_ptr<GENERAL_NAMES, freed_by<&GENERAL_NAMES_free>>;

constexpr int deepest_chain = 3;
constexpr int security_level = 2; // 112 bits
constexpr std::size_t longest_uri = 256;

refusal refused(const char* check, int x509_error = X509_V_ERR_APPLICATION_VERIFICATION) {
  return {fault{errc::untrusted, check}, x509_error};
}

/// The one URI among the subject alternative names, or nothing.
std::optional<std::string> only_uri_of(X509& certificate) {
  const general_names_ptr names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr))};
  if (!names) return std::nullopt;
  std::optional<std::string> found;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const auto* text = name->d.uniformResourceIdentifier;
    if (found || ASN1_STRING_length(text) > static_cast<int>(longest_uri)) return std::nullopt;
    found.emplace(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                  static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  return found;
}

bool is_id(std::string_view text) noexcept {
  constexpr std::size_t longest_id = 64;
  return !text.empty() && text.size() <= longest_id && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
           || c == '_';
  });
}

struct claim {
  peer_role role;
  std::string id;
};

std::optional<claim> claim_of(const std::string& uri) {
  for (const auto role : {peer_role::node, peer_role::verifier, peer_role::hub}) {
    const auto prefix = "muster:" + std::string{to_string(role)} + ':';
    if (!uri.starts_with(prefix)) continue;
    auto id = uri.substr(prefix.size());
    if (!is_id(id)) return std::nullopt;
    if (role == peer_role::node) {
      const auto node = node_id_from(id);
      if (!node || to_string(*node) != id) return std::nullopt;
    }
    return claim{role, std::move(id)};
  }
  return std::nullopt;
}

/// X509_V_OK, or why there is no chain from `leaf` to one of `anchors`.
int verify_chain(X509& leaf, STACK_OF(X509) * sent, X509_STORE& anchors, int purpose) {
  const store_ctx_ptr ctx{X509_STORE_CTX_new()};
  if (!ctx || X509_STORE_CTX_init(ctx.get(), &anchors, &leaf, sent) != 1) return X509_V_ERR_OUT_OF_MEM;
  auto* param = X509_STORE_CTX_get0_param(ctx.get());
  // An issuer is an anchor by itself, whether or not its root is known here.
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_depth(param, deepest_chain);
  X509_VERIFY_PARAM_set_auth_level(param, security_level);
  X509_VERIFY_PARAM_set_purpose(param, purpose);
  if (X509_verify_cert(ctx.get()) == 1) return X509_V_OK;
  const int error = X509_STORE_CTX_get_error(ctx.get());
  return error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error;
}

refusal chain_refused(int x509_error) {
  // The text is OpenSSL's own for that number; nothing of the certificate is in it.
  return {fault{errc::untrusted,
                std::string{"tls: certificate chain: "} + X509_verify_cert_error_string(x509_error)},
          x509_error};
}

/// OpenSSL takes a certificate without EKU for every purpose; we do not.
bool has_extended_usage(X509& leaf, std::uint32_t usage) {
  return (X509_get_extension_flags(&leaf) & EXFLAG_XKUSAGE) != 0
         && (X509_get_extended_key_usage(&leaf) & usage) != 0;
}

bool is_ca(X509& leaf) { return (X509_get_extension_flags(&leaf) & EXFLAG_CA) != 0; }

} // namespace

std::optional<refusal> judge_client(X509& leaf, STACK_OF(X509) * sent,
                                    const std::vector<issuer_store>& issuers, handshake_notes& notes) {
  const auto uri = only_uri_of(leaf);
  if (!uri) return refused("tls: client certificate has not exactly one URI name");
  auto claimed = claim_of(*uri);
  if (!claimed) return refused("tls: client certificate names no role of ours");
  const auto of_role = std::ranges::find(issuers, claimed->role, &issuer_store::role);
  if (of_role == issuers.end()) return refused("tls: that role may not speak this protocol");
  // Trusted because the configuration lists these issuers for the very role that the certificate claims.
  if (const int error = verify_chain(leaf, sent, *of_role->anchors, X509_PURPOSE_SSL_CLIENT);
      error != X509_V_OK)
    return chain_refused(error);
  if (!has_extended_usage(leaf, XKU_SSL_CLIENT))
    return refused("tls: client certificate lacks clientAuth", X509_V_ERR_INVALID_PURPOSE);
  if (is_ca(leaf)) return refused("tls: client certificate is a CA", X509_V_ERR_INVALID_PURPOSE);
  notes.role = claimed->role;
  notes.id = std::move(claimed->id);
  return std::nullopt;
}

std::optional<refusal> judge_service(X509& leaf, STACK_OF(X509) * sent, X509_STORE& anchors,
                                     const std::string& name) {
  // Trusted because the agent's configuration holds these anchors.
  if (const int error = verify_chain(leaf, sent, anchors, X509_PURPOSE_SSL_SERVER); error != X509_V_OK)
    return chain_refused(error);
  if (!has_extended_usage(leaf, XKU_SSL_SERVER))
    return refused("tls: service certificate lacks serverAuth", X509_V_ERR_INVALID_PURPOSE);
  if (is_ca(leaf)) return refused("tls: service certificate is a CA", X509_V_ERR_INVALID_PURPOSE);
  constexpr unsigned flags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_WILDCARDS;
  if (X509_check_host(&leaf, name.data(), name.size(), flags, nullptr) != 1)
    return refused("tls: service certificate is not for the configured name", X509_V_ERR_HOSTNAME_MISMATCH);
  return std::nullopt;
}

} // namespace muster::net
