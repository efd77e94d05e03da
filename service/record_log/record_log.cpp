#include "service/record_log/record_log.hpp"

#include "actors/runtime/guard.hpp"
#include "actors/service/store_it.hpp"
#include "records/record_codec.hpp"
#include "service/record_log/incarnation.hpp"
#include "service/record_log/judge.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

constexpr std::chrono::seconds look_every{1};
constexpr std::chrono::milliseconds longest_silence{std::chrono::hours{1}};
constexpr std::size_t alarm_page = 256;

head_name name_of(const crypto::signed_log_head& head) { return {head.head.size, head.head.root}; }

records_trust trust_of(const std::map<log_loss, log_alarm>& alarms) {
  const bool stands = std::ranges::any_of(alarms, [](const auto& one) { return one.second.stands(); });
  return stands ? records_trust::rolled_back : records_trust::intact;
}

/// Open alarms do not name such a log.
std::uint64_t newest_acknowledgement(const std::map<log_loss, log_alarm>& alarms) {
  std::uint64_t out = 0;
  for (const auto& [key, alarm] : alarms)
    out = std::max(out, alarm.whole.size);
  return out;
}

/// The alarm as it counts for the present log. An acknowledgement of another log that was copied into this
/// one does not count.
log_alarm counted(log_alarm alarm, const record_log_deps& deps) {
  auto out = verified_alarm(std::move(alarm), deps.key.pub());
  if (!out.stands() && !begins_with(out.whole, *deps.reader)) return reopened(std::move(out));
  return out;
}

status read_alarms(const record_log_deps& deps, record_log_inventory& out) {
  std::optional<content_address> after;
  for (;;) {
    const auto page = deps.reader->page<tables::log_alarms>(after, alarm_page);
    if (!page) return page.fault();
    for (const auto& one : *page) {
      after = one.key;
      auto alarm = one.record ? alarm_from(*one.record) : result<log_alarm>{one.record.fault()};
      if (alarm && key_of(alarm->loss) != one.key)
        alarm = fault{errc::malformed, "log alarm: of another loss"};
      // The alarm may still be open: continuing without it would mean trusting what an attacker may have
      // damaged.
      if (!alarm) return fault{errc::malformed, "log alarm: " + alarm.fault().check};
      auto counts = counted(*alarm, deps);
      if (counts.stands() && !alarm->stands()) out.reopened.push_back(counts);
      out.alarms.emplace(alarm->loss, std::move(counts));
    }
    if (page->size() < alarm_page) return {};
  }
}

/// Judges what this service itself said before it stopped.
status judge_own(const record_log_deps& deps, const crypto::signed_log_head& head, const char* kept_in,
                 record_log_inventory& out) {
  const auto says = judge_head(head, deps.key.pub(), *deps.reader);
  if (!says) return says.fault();
  // Our own copy of a head is not signed by our key: the key or the head was replaced, and an operator must
  // find out why.
  if (*says == head_judgement::not_ours) deps.log.error("log.foreign_head", {{"kept_in", kept_in}});
  if (*says == head_judgement::not_ours || *says == head_judgement::contradicts)
    out.contradicted.emplace_back(head, kept_in);
  else if (!out.newest || out.newest->head.size < head.head.size)
    out.newest = head;
  return {};
}

} // namespace

result<record_log_inventory> read_record_log(const record_log_deps& deps) {
  record_log_inventory out;
  if (auto read = read_alarms(deps, out); !read) return read.fault();
  const auto stored = deps.reader->newest_log_head();
  if (!stored && stored.fault().code != errc::not_found) return stored.fault();
  if (stored) {
    const auto head = head_from(*stored);
    if (!head) return head.fault();
    if (auto judged = judge_own(deps, *head, "the database", out); !judged) return judged.fault();
  }
  const auto shipped = deps.sink.last();
  if (!shipped) return shipped.fault();
  if (*shipped)
    if (auto judged = judge_own(deps, **shipped, "log.head_file", out); !judged) return judged.fault();
  // Holds until the actor has found out which of the contradictions are acknowledged.
  const auto trust = out.contradicted.empty() ? trust_of(out.alarms) : records_trust::rolled_back;
  deps.board->tell(
      {out.newest ? crypto::encode(*out.newest) : bytes{}, trust, 0, newest_acknowledgement(out.alarms)});
  return out;
}

void record_log_state::begin(self_pointer self, record_log_deps deps, record_log_inventory found,
                             runtime::threading where) {
  self_ = self;
  deps_.emplace(std::move(deps));
  if (deps_->sink.is_enabled()) {
    keeper_ = spawn_head_keeper(self_->system(), deps_->sink, deps_->log, where);
    self_->link_to(keeper_);
  }
  alarms_ = std::move(found.alarms);
  newest_ = std::move(found.newest);
  signed_at_ = deps_->clock->since_boot();
  for (const auto& alarm : found.reopened) // otherwise people would see it as acknowledged
    enter(alarm, {}, "an acknowledgement that is not of this log");
  for (const auto& [head, from] : found.contradicted)
    raise(head, from);
  tell();
  self_->send(self_, tick_atom::value);
}

bool record_log_state::witness(const node_id& from, const bytes& kept) {
  if (newest_ && same(kept, crypto::encode(*newest_))) return true; // the head that most agents have
  const auto heads = crypto::parse_log_heads(kept);
  if (!heads) {
    ++refused_;
    deps_->log.of_peer(runtime::log_level::warning, "log.bad_head", to_string(from),
                       {{"node", to_string(from)}, runtime::fault_check(heads.fault())});
    tell();
    return true;
  }
  for (const auto& head : *heads)
    if (!newest_ || head != *newest_) judge(head, "node " + to_string(from));
  return true;
}

void record_log_state::judge(const crypto::signed_log_head& head, const std::string& from) {
  const auto says = judge_head(head, deps_->key.pub(), *deps_->reader);
  if (!says) return deps_->log.error("log.not_judged", {{"from", from}, runtime::fault_check(says.fault())});
  if (*says == head_judgement::contradicts) return raise(head, from);
  if (*says == head_judgement::agrees) return;
  ++refused_;
  deps_->log.of_peer(runtime::log_level::warning, "log.foreign_head", from,
                     {{"from", from}, {"size", head.head.size}});
  tell();
}

log_loss record_log_state::loss_of(const crypto::signed_log_head& signed_head, write_batch& batch) {
  // One of our own copies, which was replaced: its incarnation cannot be believed.
  if (!crypto::verify_log_head(signed_head, deps_->key.pub())) return {};
  const auto& head = signed_head.head;
  const auto tally = deps_->reader->log_size();
  const auto leaves = tally ? tally->leaves : 0;
  if (const auto known = deps_->incarnations.loss_of(head, leaves)) return *known;
  // The clock went back, or two services use this key. The next incarnation to sign is above all that were
  // seen.
  const auto next = std::min(max_incarnation, {head.incarnation.value + 1});
  enter_incarnation(batch, deps_->incarnations.log(), next, leaves, deps_->clock->wall());
  deps_->incarnations.add(next, leaves);
  return {next};
}

void record_log_state::raise(const crypto::signed_log_head& head, const std::string& from) {
  write_batch batch;
  const auto loss = loss_of(head, batch);
  const auto known = alarms_.find(loss);
  if (known != alarms_.end() && known->second.stands()) return;
  if (known != alarms_.end() && known->second.covers(head.head)
      && begins_with(known->second.whole, *deps_->reader)) {
    ++lost_;
    return tell();
  }
  const auto name = name_of(head);
  const auto now = deps_->clock->wall();
  const log_alarm alarm{loss, name, head.head.incarnation, head.head.time, from, now, {}, {}, {}, {}};
  alarms_.insert_or_assign(loss, alarm);
  tell(); // before it is on disk: bad news counts at once
  enter(alarm, std::move(batch), from);
}

void record_log_state::enter(const log_alarm& alarm, write_batch batch, const std::string& from) {
  const auto name = to_string(alarm.name);
  deps_->log.error("log.rolled_back", {{"from", from}, {"head", name}, {"before", alarm.loss.before.value}});
  batch.put<tables::log_alarms>(key_of(alarm.loss), to_record(alarm));
  batch.append_audit(audit_entry(deps_->clock->wall(), from, "log.rolled_back", {}, "head " + name));
  unstored_.insert_or_assign(alarm.loss, unstored_alarm{std::move(batch).seal(), false});
  store_alarms();
}

/// People need the alarm on record in order to acknowledge it. If the disk refuses it, the next tick tries
/// again.
void record_log_state::store_alarms() {
  for (auto& [key, one] : unstored_) {
    if (std::exchange(one.on_its_way, true)) continue;
    store_it(self_, deps_->store, one.batch, [this, loss = key](const commit_outcome& stored) {
      if (!stored) deps_->log.error("log.alarm_not_stored", {runtime::fault_check(stored.fault())});
      const auto sent = unstored_.find(loss);
      if (sent == unstored_.end()) return;
      sent->second.on_its_way = false;
      if (stored) unstored_.erase(sent);
    });
  }
}

record_log_state::promise<commit_outcome> record_log_state::acknowledge(const head_name& name,
                                                                        const std::string& by) {
  auto reply = self_->make_response_promise<commit_outcome>();
  const auto refuse = [&](const fault& why) { return reply.deliver(commit_outcome{why}), reply; };
  const auto found = std::ranges::find_if(alarms_, [&](const auto& one) { return one.second.name == name; });
  if (found == alarms_.end())
    return refuse(
        {errc::not_found, "acknowledge: no such head is contradicted; `muster log head` lists them"});
  if (!found->second.stands())
    return refuse({errc::conflict, "acknowledge: this head is already acknowledged"});
  // Otherwise the alarm could be stored after its own acknowledgement and so be open again. Or it could never
  // be stored, and the log would hold an acknowledgement without an alarm.
  if (unstored_.contains(found->first))
    return refuse(
        {errc::busy,
         "acknowledge: the alarm itself is not on record yet; check the service's disk, then try again"});
  const auto tally = deps_->reader->log_size();
  if (!tally) return refuse(tally.fault());
  const auto root = deps_->reader->log_root(tally->leaves);
  if (!root) return refuse(root.fault());
  const auto made =
      service::acknowledge(found->second, {tally->leaves, *root}, deps_->clock->wall(), by, deps_->key);
  if (!made) return refuse(made.fault());
  const auto& alarm = *made;
  write_batch batch;
  batch.put<tables::log_alarms>(key_of(alarm.loss), to_record(alarm));
  batch.append_audit(audit_entry(alarm.acknowledged, by, "log.acknowledge", {}, acknowledgement_text(alarm)));
  store_it(self_, deps_->store, std::move(batch).seal(),
           [this, reply, alarm](const commit_outcome& stored) mutable {
             if (stored) { // good news only once it is durable
               alarms_[alarm.loss] = alarm;
               deps_->log.warning("log.acknowledged",
                                  {{"head", to_string(alarm.name)}, {"by", alarm.acknowledged_by}});
               tell();
             }
             reply.deliver(stored);
           });
  return reply;
}

std::optional<crypto::signed_log_head> record_log_state::due_head() const {
  const auto tally = deps_->reader->log_size();
  if (!tally) {
    deps_->log.error("log.not_signed", {runtime::fault_check(tally.fault())});
    return std::nullopt;
  }
  const auto age = deps_->clock->since_boot().milliseconds - signed_at_.milliseconds;
  const bool grown = !newest_ || newest_->head.size != tally->leaves;
  const bool old = age >= static_cast<std::uint64_t>(longest_silence.count());
  if (tally->leaves == 0 || (!grown && !old)) return std::nullopt;
  const auto root = deps_->reader->log_root(tally->leaves);
  if (!root) {
    deps_->log.error("log.not_signed", {runtime::fault_check(root.fault())});
    return std::nullopt;
  }
  auto made = crypto::sign_log_head(
      {tally->leaves, *root, deps_->clock->wall(), deps_->incarnations.log(), deps_->incarnations.newest()},
      deps_->key);
  if (!made) {
    deps_->log.error("log.not_signed", {runtime::fault_check(made.fault())});
    return std::nullopt;
  }
  return std::move(*made);
}

/// The newest head that we signed must still agree: otherwise the next head would hide the loss.
void record_log_state::judge_newest() {
  if (!newest_) return;
  const auto says = judge_head(*newest_, deps_->key.pub(), *deps_->reader);
  if (says && *says == head_judgement::contradicts) raise(*newest_, "this service");
}

void record_log_state::sign() {
  if (storing_) return;
  judge_newest();
  const auto head = due_head();
  if (!head) return signing_ended();
  storing_ = true;
  signed_at_ = deps_->clock->since_boot();
  write_batch batch;
  batch.put<tables::log_heads>({head->head.size}, to_record(*head));
  store_it(self_, deps_->store, std::move(batch).seal(), [this, head = *head](const commit_outcome& stored) {
    storing_ = false;
    if (stored)
      publish(head);
    else
      deps_->log.error("log.head_not_stored", {runtime::fault_check(stored.fault())});
    // A caller of `stop` also waits for a head over what came meanwhile.
    if (stored && !stop_waits_.empty()) return sign();
    signing_ended();
  });
}

void record_log_state::publish(const crypto::signed_log_head& head) {
  newest_ = head;
  tell();
  ship(head);
}

void record_log_state::ship(const crypto::signed_log_head& head) {
  if (!keeper_) return;
  if (shipping_since_) {
    unshipped_ = head;
    return;
  }
  shipping_since_ = deps_->clock->since_boot();
  shipping_told_ = false;
  self_->request(keeper_, caf::infinite, head_file::line_of(head)).then([this](bool) {
    shipping_since_.reset();
    if (const auto next = std::exchange(unshipped_, std::nullopt)) ship(*next);
    if (!storing_) signing_ended();
  });
}

void record_log_state::look_at_shipping() {
  constexpr std::uint64_t late_ms = 30'000;
  if (!shipping_since_ || shipping_told_) return;
  if (deps_->clock->since_boot().milliseconds - shipping_since_->milliseconds < late_ms) return;
  shipping_told_ = true;
  deps_->log.error(
      "log.head_file",
      {{"check", "log.head_file: the file system does not answer; heads are signed, and not shipped"}});
}

void record_log_state::signing_ended() {
  if (shipping_since_) return; // a caller of `stop` also waits for the last head in the file
  for (auto& one : std::exchange(stop_waits_, {}))
    one.deliver(true);
}

void record_log_state::tell() {
  deps_->board->tell({newest_ ? crypto::encode(*newest_) : bytes{}, trust_of(alarms_), refused_,
                      newest_acknowledgement(alarms_), lost_});
}

void record_log_state::tick() {
  store_alarms();
  sign();
  look_at_shipping();
  self_->delayed_send(self_, look_every, tick_atom::value);
}

record_log_state::promise<bool> record_log_state::stop() {
  auto out = self_->make_response_promise<bool>();
  stop_waits_.push_back(out);
  sign();
  return out;
}

record_log_actor::behavior_type record_log(record_log_state::self_pointer self, record_log_deps deps,
                                           record_log_inventory found, runtime::threading where) {
  runtime::guard(*self, deps.log, "record_log");
  auto* state = &self->state;
  state->begin(self, std::move(deps), std::move(found), where);
  return {
      [state](witness_atom, const node_id& from, const bytes& heads) { return state->witness(from, heads); },
      [state](const loss_acknowledgement& in) { return state->acknowledge(in.head, in.by); },
      [state](tick_atom) { state->tick(); },
      [state](stop_atom) { return state->stop(); },
  };
}

record_log_actor spawn_record_log(caf::actor_system& system, record_log_deps deps, record_log_inventory found,
                                  runtime::threading where) {
  return runtime::spawn_waiting(system, where, record_log, std::move(deps), std::move(found), where);
}

} // namespace muster::service
