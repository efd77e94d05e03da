// A digest over what comes piece by piece: files and streams that are never held whole.
#pragma once

#include "crypto/digest.hpp"

struct evp_md_ctx_st; // EVP_MD_CTX; the type itself stays behind this door

namespace muster::crypto {

/// Movable; one thread at a time.
class running_digest {
public:
  /// fault unsupported: this build of OpenSSL does not offer it (see `supported`).
  static result<running_digest> make(hash_algorithm algorithm);
  /// MD5, for one purpose: to notice that a file is not what a package database lists it as. Whoever can
  /// choose a file's content can give it any MD5 that they prepared: it proves nothing.
  static result<running_digest> make_md5();

  void update(byte_view more);
  /// The digest of all that came. To be called once.
  digest finish();

private:
  struct freed {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  using context_ptr = std::unique_ptr<evp_md_ctx_st, freed>;
  explicit running_digest(context_ptr context) noexcept : context_{std::move(context)} {}
  static result<running_digest> begin(const char* name);

  context_ptr context_;
};

} // namespace muster::crypto
