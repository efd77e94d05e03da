#include "records/join_token.hpp"

#include "appraisal/claims/field_check.hpp"
#include "crypto/digest.hpp"

namespace muster::service {

namespace {

constexpr std::uint16_t join_version = 1;
constexpr std::size_t id_digits = 16;
constexpr std::string_view digest_label{"muster/join-token/1\0", 20};

} // namespace

bytes32 join_token_digest(byte_view token) { return crypto::sha256({as_bytes(digest_label), token}); }

std::string join_token_id(const bytes32& digest) { return to_hex(digest).substr(0, id_digits); }

record<records::JoinToken> to_record(const join_token& in) {
  return make_record<records::JoinToken>([&](records::JoinToken::Builder out) {
    out.setVersion(join_version);
    out.setRole(static_cast<std::uint8_t>(in.role));
    out.setGroup(text_of(in.group));
    out.setLabel(text_of(in.label));
    out.setUses(in.uses);
    out.setMadeMs(in.made.milliseconds);
    out.setExpiresMs(in.expires.milliseconds);
    out.setMadeBy(text_of(in.made_by));
    out.setAfterLoss(in.after_loss);
    out.setRevokedMs(in.revoked.milliseconds);
    out.setRevokedBy(text_of(in.revoked_by));
  });
}

result<join_token> join_token_from(const bytes32& digest, const view<records::JoinToken>& stored) {
  return stored.read([&](records::JoinToken::Reader in) -> result<join_token> {
    appraisal::field_check check{"join token"};
    check.version(in.getVersion(), join_version);
    join_token out;
    out.digest = digest;
    out.role = check.value<join_role>("role", in.getRole());
    out.group = text_of(in.getGroup());
    out.label = text_of(in.getLabel());
    out.uses = in.getUses();
    out.made = {in.getMadeMs()};
    out.expires = {in.getExpiresMs()};
    out.made_by = text_of(in.getMadeBy());
    out.after_loss = in.getAfterLoss();
    out.revoked = {in.getRevokedMs()};
    out.revoked_by = text_of(in.getRevokedBy());
    if (out.uses == 0 || out.uses > most_join_uses) check.fail("uses", "not from 1 to 100000");
    return check.done(std::move(out));
  });
}

record<records::JoinUse> to_record(const join_use& in) {
  return make_record<records::JoinUse>([&](records::JoinUse::Builder out) {
    out.setVersion(join_version);
    out.setToken(data_of(in.token));
    out.setAtMs(in.at.milliseconds);
  });
}

result<join_use> join_use_from(const view<records::JoinUse>& stored) {
  return stored.read([&](records::JoinUse::Reader in) -> result<join_use> {
    appraisal::field_check check{"use of a join token"};
    check.version(in.getVersion(), join_version);
    const auto token = check.digest32("token", in.getToken());
    if (!token) check.fail("token", "is empty");
    return check.done(join_use{token.value_or(bytes32{}), {in.getAtMs()}});
  });
}

} // namespace muster::service
