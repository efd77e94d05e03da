#include "crypto/path.hpp"

#include "crypto/openssl.hpp"

#include <openssl/x509_vfy.h>

#include <ctime>

namespace muster::crypto {

namespace {

constexpr int max_depth = 8;

using store_ctx_ptr = std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>>;
/// Owns the stack but not the certificates in it.
struct free_stack {
  void operator()(STACK_OF(X509) * stack) const noexcept { sk_X509_free(stack); }
};
using stack_ptr = std::unique_ptr<STACK_OF(X509), free_stack>;

stack_ptr stack_of(std::span<const certificate> certificates) {
  stack_ptr out{sk_X509_new_null()};
  require(out != nullptr);
  for (const auto& one : certificates)
    require(sk_X509_push(out.get(), one.native()) > 0);
  return out;
}

fault fault_of(X509_STORE_CTX* context) {
  const int error = X509_STORE_CTX_get_error(context);
  const int depth = X509_STORE_CTX_get_error_depth(context);
  auto code = errc::untrusted;
  if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID) code = errc::expired;
  if (error == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION) code = errc::denied;
  return openssl_fault(code, "chain: " + std::string{X509_verify_cert_error_string(error)} + " at depth "
                                 + std::to_string(depth));
}

path_defect defect_of(int error) noexcept {
  switch (error) {
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
  case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
  case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
  case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return path_defect::no_issuer;
  case X509_V_ERR_CERT_HAS_EXPIRED:
  case X509_V_ERR_CERT_NOT_YET_VALID: return path_defect::other_time;
  case X509_V_ERR_PERMITTED_VIOLATION:
  case X509_V_ERR_EXCLUDED_VIOLATION:
  case X509_V_ERR_SUBTREE_MINMAX:
  case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
  case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
  case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
  case X509_V_ERR_INVALID_CA:
  case X509_V_ERR_PATH_LENGTH_EXCEEDED:
  case X509_V_ERR_KEYUSAGE_NO_CERTSIGN: return path_defect::constraint;
  case X509_V_ERR_CERT_SIGNATURE_FAILURE: return path_defect::signature;
  default: return path_defect::other;
  }
}

/// The certificate at which OpenSSL gave up.
certificate ended_at(X509_STORE_CTX* context, const certificate& leaf,
                     std::span<const certificate> intermediates, std::span<const certificate> anchors) {
  const auto* current = X509_STORE_CTX_get_current_cert(context);
  for (const auto list : {intermediates, anchors})
    for (const auto& one : list)
      if (one.native() == current) return one;
  return leaf;
}

} // namespace

std::variant<std::vector<certificate>, path_failure> find_path(const certificate& leaf,
                                                               std::span<const certificate> intermediates,
                                                               std::span<const certificate> anchors,
                                                               wall_time at) {
  if (leaf.fields().is_ca)
    return path_failure{{errc::denied, "chain: the leaf is a CA"}, path_defect::leaf, leaf};
  const auto untrusted = stack_of(intermediates);
  const auto trusted = stack_of(anchors);
  const store_ctx_ptr context{X509_STORE_CTX_new()};
  require(context && X509_STORE_CTX_init(context.get(), nullptr, leaf.native(), untrusted.get()) == 1);
  X509_STORE_CTX_set0_trusted_stack(context.get(), trusted.get());
  auto* rules = X509_STORE_CTX_get0_param(context.get());
  // With a time set, OpenSSL does not read the clock.
  X509_VERIFY_PARAM_set_time(rules, static_cast<std::time_t>(at.milliseconds / 1000));
  X509_VERIFY_PARAM_set_depth(rules, max_depth);
  if (X509_verify_cert(context.get()) != 1) {
    const auto defect = defect_of(X509_STORE_CTX_get_error(context.get()));
    auto last = ended_at(context.get(), leaf, intermediates, anchors);
    return path_failure{fault_of(context.get()), defect, std::move(last)};
  }

  std::vector<certificate> path{leaf};
  const auto* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 1; i < sk_X509_num(chain); ++i) {
    const auto* x509 = sk_X509_value(chain, i);
    const auto is_it = [x509](const certificate& one) { return one.native() == x509; };
    const auto anchor = std::ranges::find_if(anchors, is_it);
    const auto middle = std::ranges::find_if(intermediates, is_it);
    if (anchor == anchors.end() && middle == intermediates.end())
      return path_failure{{errc::internal, "chain: a certificate is not one of those that were given"},
                          path_defect::other,
                          leaf};
    path.push_back(anchor != anchors.end() ? *anchor : *middle);
    // OpenSSL accepts a root without BasicConstraints as a CA.
    if (!path.back().fields().is_ca)
      return path_failure{
          {errc::untrusted, "chain: an issuer is not marked as CA"}, path_defect::constraint, path.back()};
  }
  if (path.size() < 2)
    return path_failure{{errc::denied, "chain: the leaf is itself an anchor"}, path_defect::leaf, leaf};
  return path;
}

result<std::vector<certificate>> verify_path(const certificate& leaf,
                                             std::span<const certificate> intermediates,
                                             std::span<const certificate> anchors, wall_time at) {
  auto found = find_path(leaf, intermediates, anchors, at);
  if (const auto* failed = std::get_if<path_failure>(&found)) return failed->why;
  return std::get<0>(std::move(found));
}

status verify_usage(std::span<const certificate> path, std::string_view usage) {
  if (!path.front().allows(usage)) return fault{errc::denied, "chain: the leaf does not name the key usage"};
  for (const auto& ca : path.subspan(1))
    if (!ca.fields().extended_key_usages.empty() && !ca.allows(usage)
        && !ca.allows(oid::any_extended_key_usage))
      return fault{errc::denied, "chain: an issuer is restricted to other key usages"};
  return {};
}

} // namespace muster::crypto
