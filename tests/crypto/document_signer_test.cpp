// Who may sign manifests. What breaks if these fail: the holder of any certificate under the operator's root,
// a web server's for example, can publish the values that every machine is compared with.
#include "crypto/document_signer.hpp"
#include "tests/crypto/lab_pki.hpp"

using namespace muster;
using namespace muster::crypto;
using namespace muster::crypto::testing;

namespace {

certificate_template named(const char* name) {
  certificate_template out;
  out.common_name = name;
  out.not_before = now;
  out.not_after = plus(now, year);
  return out;
}

/// A root, an optional issuer that is restricted to some usages, and a signer that names some.
struct signing_pki {
  certificate root;
  std::vector<certificate> between;
  certificate signer;

  signing_pki(const std::vector<std::string>& usages,
              const std::optional<std::vector<std::string>>& restricted_to = std::nullopt)
      : root{root_of()}, between{between_of(root, restricted_to)}, signer{signer_of(usages)} {}

  status verify() const { return verify_document_signer(signer, between, std::vector{root}, now); }

private:
  static certificate ca(const char* name, const certificate* by, const std::vector<std::string>& usages) {
    auto what = named(name);
    what.is_ca = true;
    what.key_usage = key_usage::ca;
    what.extended_key_usages = usages;
    return sign_certificate(what, some_key().pub(), by, some_key()).value();
  }
  static certificate root_of() { return ca("root", nullptr, {}); }
  static std::vector<certificate> between_of(const certificate& root,
                                             const std::optional<std::vector<std::string>>& usages) {
    if (!usages) return {};
    return {ca("issuer", &root, *usages)};
  }
  certificate signer_of(const std::vector<std::string>& usages) const {
    auto what = named("signer");
    what.extended_key_usages = usages;
    return sign_certificate(what, some_key().pub(), between.empty() ? &root : &between[0], some_key())
        .value();
  }
};

} // namespace

TEST_CASE("check 27: a signer of manifests must be issued for code signing, and so must each CA that "
          "restricts usages") {
  const std::string code{oid::code_signing};
  const std::string server{oid::server_auth};
  const std::string any{oid::any_extended_key_usage};
  using usages = std::vector<std::string>;
  struct row {
    const char* what;
    usages signer;
    std::optional<usages> issuer;
    bool may;
  };
  const row rows[] = {
      {"code signing", {code}, std::nullopt, true},
      {"code signing among others", {server, code}, std::nullopt, true},
      {"a web server", {server}, std::nullopt, false},
      {"no usage named", {}, std::nullopt, false},
      {"any usage is no usage in particular", {any}, std::nullopt, false},
      {"an issuer without restriction", {code}, usages{}, true},
      {"an issuer for code", {code}, usages{code}, true},
      {"an issuer for anything", {code}, usages{any}, true},
      {"an issuer for web servers", {code}, usages{server}, false},
  };
  for (const auto& r : rows) {
    CAPTURE(std::string{r.what});
    const signing_pki pki{r.signer, r.issuer};
    const auto got = pki.verify();
    CHECK(got.ok() == r.may);
    if (!got) CHECK(got.fault().code == errc::denied);
    // An operator who names the certificate itself has examined it.
    CHECK(verify_document_signer(pki.signer, {}, std::vector{pki.signer}, now).ok());
  }
}
