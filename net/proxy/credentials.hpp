// The user and the password that a proxy wants.
#pragma once

#include "crypto/secret.hpp"
#include "messages/vocabulary/result.hpp"

#include <string_view>

namespace muster::net {

/// "user:password", wiped when it ends. The user has no colon (RFC 7617 2).
class proxy_credentials {
public:
  proxy_credentials(crypto::secret whole, std::size_t user) noexcept
      : whole_{std::move(whole)}, user_{user} {}

  byte_view whole() const noexcept { return whole_.view(); }
  byte_view user() const noexcept { return whole_.view().first(user_); }
  byte_view password() const noexcept { return whole_.view().subspan(user_ + 1); }

private:
  crypto::secret whole_;
  std::size_t user_ = 0;
};

/// The content of a file: one line "user:password" with or without a line end. Each has 1 to 255 bytes
/// (RFC 1929 2) and no control characters. fault malformed: anything else; it never quotes the file.
result<proxy_credentials> parse_proxy_credentials(const crypto::secret& content);

} // namespace muster::net
