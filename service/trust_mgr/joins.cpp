// Join tokens: making and ending them, and what they say about a machine that proved itself.
#include "actors/service/store_it.hpp"
#include "records/record_codec.hpp"
#include "service/trust_mgr/trust_mgr.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

constexpr std::size_t erased_at_once = 256;
constexpr std::size_t most_sources_shown = 8;
constexpr const char* action = "join token";

fault rolled_back() {
  return {errc::busy, "join token: the service's records were rolled back; an operator must acknowledge that "
                      "first (muster log head)"};
}

} // namespace

/// The token counts in memory before it is durable, so that orders at the same time share one bound. Nobody
/// knows it until then.
trust_mgr_state::promise<made_join_reply> trust_mgr_state::make_join_token(const join_token_order& in) {
  auto reply = self_->make_response_promise<made_join_reply>();
  const auto refuse = [&reply](const fault& why) {
    reply.deliver(made_join_reply{why});
    return reply;
  };
  if (const auto good = check_join_order(in); !good) return refuse(good.fault());
  if (deps_.board->rolled_back()) return refuse(rolled_back());
  const auto now = deps_.clock->wall();
  const auto after_loss = deps_.board->now()->after_loss;
  if (const auto room = deps_.inventory.joins.room(now, after_loss); !room) return refuse(room.fault());
  auto token = std::make_shared<const crypto::secret>(crypto::make_secret(join_token_size));
  const auto made = new_join_token(in, join_token_digest(token->view()), now, after_loss);
  deps_.inventory.joins.settle(made);
  write_batch batch;
  batch.put<tables::join_tokens>({made.digest}, to_record(made));
  batch.append_audit(audit_entry(now, in.by, action, {}, "made: " + describe(made)));
  commit(std::move(batch).seal(), [this, reply, made, token](const result<sequence>& stored) mutable {
    if (!stored) deps_.inventory.joins.drop(made.digest);
    reply.deliver(stored ? made_join_reply{made_join_token{made, token}} : made_join_reply{stored.fault()});
  });
  return reply;
}

/// It admits nobody from the order on, and again only if the store refuses the revocation.
trust_mgr_state::promise<change_reply> trust_mgr_state::end_join_token(const join_token_end& in) {
  auto reply = self_->make_response_promise<change_reply>();
  const auto* known = deps_.inventory.joins.find(in.id);
  if (known == nullptr || known->revoked.milliseconds != 0) {
    reply.deliver(change_reply{known == nullptr
                                   ? fault{errc::not_found, "join token: there is none with this id"}
                                   : fault{errc::conflict, "join token: it is revoked already"}});
    return reply;
  }
  const auto before = *known;
  auto after = before;
  after.revoked = deps_.clock->wall();
  after.revoked_by = in.by;
  deps_.inventory.joins.settle(after);
  write_batch batch;
  batch.put<tables::join_tokens>({after.digest}, to_record(after));
  batch.append_audit(audit_entry(after.revoked, in.by, action, {}, "revoked: " + describe(after)));
  commit(std::move(batch).seal(), [this, reply, before](const result<sequence>& stored) mutable {
    if (!stored) deps_.inventory.joins.settle(before);
    reply.deliver(stored);
  });
  return reply;
}

join_tokens_shown trust_mgr_state::join_tokens() const {
  return {deps_.inventory.joins.lines(deps_.clock->wall(), deps_.board->now()->after_loss),
          wrong_tokens_.total(), wrong_tokens_.worst(most_sources_shown)};
}

/// Whether the machine was admitted once, though it may have no record any more.
result<bool> trust_mgr_state::was_here(const node_id& id) const {
  const auto forgotten = deps_.reader->get<tables::forgotten>(id);
  if (!forgotten && forgotten.fault().code != errc::not_found) return forgotten.fault();
  const auto use = deps_.reader->get<tables::join_uses>(id);
  if (!use && use.fault().code != errc::not_found) return use.fault();
  return forgotten.ok() || use.ok();
}

/// Called after the full proof only. The same EK under its other id counts as known, too.
result<join_offer> trust_mgr_state::offer_of(const proven_machine& who) const {
  join_offer out;
  if (!who.token) return out;
  for (const auto& id : {std::optional{who.id}, other_id_of(who)}) {
    const auto here = id ? was_here(*id) : result<bool>{false};
    if (!here) return here.fault();
    out.known_before = out.known_before || *here;
  }
  const auto* token =
      deps_.inventory.joins.usable(*who.token, deps_.clock->wall(), deps_.board->now()->after_loss);
  if (token != nullptr) out.token = *token;
  return out;
}

/// A token is wrong only if it was looked at. fault limit: too many from this source.
status trust_mgr_state::count_wrong_token(const settled_node& at, const proven_machine& who,
                                          const join_offer& offer) {
  if (!who.token || offer.token || offer.known_before || at.node()) return {};
  deps_.log.of_peer(runtime::log_level::warning, "join_token.not_accepted", to_string(who.id),
                    {{"node", to_string(who.id)}, {"source", who.source}});
  return wrong_tokens_.count(who.source, deps_.clock->since_boot());
}

/// Tokens that ended long ago leave the list. The token goes before its uses.
void trust_mgr_state::clean_joins() {
  if (cleaning_joins_ || stopping_) return;
  auto& joins = deps_.inventory.joins;
  write_batch batch;
  const auto gone = joins.overdue(deps_.clock->wall());
  if (gone) batch.erase<tables::join_tokens>({*gone});
  const auto uses = joins.left_over(erased_at_once);
  for (const auto& id : uses)
    batch.erase<tables::join_uses>(id);
  if (batch.empty()) return;
  cleaning_joins_ = true;
  store_it(self_, deps_.store, std::move(batch).seal(),
           [this, gone, count = uses.size()](const commit_outcome& stored) {
             cleaning_joins_ = false;
             if (!stored)
               return void(deps_.log.error("join_token.not_erased", {runtime::fault_check(stored.fault())}));
             deps_.inventory.joins.erase_left_over(count);
             if (gone) deps_.inventory.joins.erase(*gone);
           });
}

} // namespace muster::service
