// What breaks if this fails: a token has other uses, group or end after a restart, or a damaged one admits.
#include "records/join_token.hpp"

#include <doctest/doctest.h>

namespace join_token_test {

using namespace muster;
using namespace muster::service;

namespace {

join_token a_token() {
  join_token out;
  out.digest = bytes32{7};
  out.role = join_role::agent;
  out.group = "web";
  out.label = "rack 7";
  out.uses = 40;
  out.made = {1000};
  out.expires = {2000};
  out.made_by = "uid=0 pid=1";
  out.after_loss = 9;
  out.revoked = {1500};
  out.revoked_by = "uid=1 pid=2";
  return out;
}

template <class T> view<T> viewed(const record<T>& one) { return parse_view<T>(one.message()).value(); }

} // namespace

TEST_CASE("a join token and its use are read as they were written") {
  const auto token = a_token();
  CHECK(join_token_from(token.digest, viewed(to_record(token))).value() == token);
  const auto use = join_use_from(viewed(to_record(join_use{bytes32{7}, {3000}})));
  CHECK(use.value().token == bytes32{7});
  CHECK(use->at.milliseconds == 3000);
}

TEST_CASE("a record of a join token that this program does not understand is a fault") {
  const auto broken = [](auto&& change) {
    auto token = a_token();
    change(token);
    return !join_token_from(token.digest, viewed(to_record(token))).ok();
  };
  CHECK(broken([](join_token& one) { one.role = static_cast<join_role>(2); })); // a later version's hubs
  CHECK(broken([](join_token& one) { one.uses = 0; }));
  CHECK(broken([](join_token& one) { one.uses = most_join_uses + 1; }));
  const auto no_token =
      make_record<records::JoinUse>([](records::JoinUse::Builder out) { out.setVersion(1); });
  CHECK_FALSE(join_use_from(viewed(no_token)).ok());
  const auto newer = make_record<records::JoinToken>([](records::JoinToken::Builder out) {
    out.setVersion(2);
    out.setUses(1);
  });
  CHECK_FALSE(join_token_from({}, viewed(newer)).ok());
}

TEST_CASE("check 49: a token's digest is over a label and the token, and its id is the digest's beginning") {
  // printf 'muster/join-token/1\0' and 32 bytes ab, by sha256sum
  const auto digest = join_token_digest(bytes(32, 0xab));
  CHECK(to_hex(digest) == "e9a71100366e2a679cf3313bfacdf4788549565bbdeb4ae8c9155272b91cb0e6");
  CHECK(join_token_id(digest) == to_hex(digest).substr(0, 16));
  CHECK(is_join_token_id(join_token_id(digest)));
  for (const auto* wrong : {"", "0123", "0123456789ABCDEF", "0123456789abcdef0", "0123456789abcdeg"})
    CHECK_FALSE(is_join_token_id(wrong));
}

} // namespace join_token_test
