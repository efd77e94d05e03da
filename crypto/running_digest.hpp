// A digest over data that arrives in pieces: files and streams that are never held whole.
#pragma once

#include "crypto/digest.hpp"

struct evp_md_ctx_st; // EVP_MD_CTX; headers see only this declaration

namespace muster::crypto {

/// Movable; for use by one thread at a time.
class running_digest {
public:
  /// fault unsupported: this build of OpenSSL does not offer it (see `supported`).
  static result<running_digest> make(hash_algorithm algorithm);
  /// MD5, for one purpose only: to notice that a file differs from what a package database lists. It proves
  /// nothing against an attacker, who can prepare two files with the same MD5.
  static result<running_digest> make_md5();

  void update(byte_view more);
  /// The digest of everything passed to `update`. Call it once.
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
