// A fleet of machines in memory, attached to the service's core over a real database: they boot, use files,
// are upgraded and attest.
#pragma once

#include "tests/service/references/fleet_people.hpp"

#include <mutex>

namespace muster::service::fleet_test {

/// What the service last told sessions.
struct heard {
  std::mutex lock;
  context_ptr context;
};

inline session_actor::behavior_type quiet_session(session_actor::pointer, std::shared_ptr<heard> ear) {
  return {
      [](const net::pipe_data&) {},
      [](const net::pipe_closed&) {},
      [](const due_commands&) {},
      [](const tuning&) {},
      [ear](context_atom, const std::string&, const context_ptr& context) {
        const std::lock_guard guard{ear->lock};
        ear->context = context;
      },
      [](end_atom, session_end) {},
      [](pot_atom, bool) {},
      [](pot_atom) {},
      [](tick_atom) {},
  };
}

class simulated_fleet : public fleet_people {
public:
  explicit simulated_fleet(std::size_t count, const reference_rules& rules = quiet_rules())
      : fleet_people{rules} {
    admit(count);
    begin();
  }
  ~simulated_fleet() { stop(); }

  /// Ticks come only when the test sends them.
  static reference_rules quiet_rules() {
    reference_rules out;
    out.check_every = std::chrono::hours{24};
    return out;
  }

  std::vector<machine> machines;

  void restart() {
    stop();
    begin();
    for (auto& one : machines)
      one.epoch = {};
  }

  /// All of them attest at once, from entry 0.
  void attest_all() {
    std::vector<machine*> all;
    for (auto& one : machines)
      all.push_back(&one);
    attest(all);
  }
  void attest(const std::vector<machine*>& which) {
    for (auto* one : which)
      attach(*one);
    caf::scoped_actor self{system()};
    std::vector<std::function<void()>> answers;
    for (auto* one : which) {
      auto pending = std::make_shared<decltype(self->request(core().trust, patience, decision_request{}))>(
          self->request(core().trust, patience, request_of(*one, clock->since_boot())));
      answers.emplace_back([pending] {
        pending->receive([](const decision_reply& done) { REQUIRE_MESSAGE(done.ok(), done.fault().check); },
                         [](const caf::error&) { FAIL("no decision"); });
      });
    }
    for (const auto& wait : answers)
      wait();
  }

  /// The verdicts on record, once every record is as new as what is in force.
  std::map<verdict, std::size_t> verdicts() {
    settle();
    std::map<verdict, std::size_t> out;
    for (const auto& one : machines)
      ++out[state_of(one).verdict];
    return out;
  }
  std::size_t untrusted() { return verdicts()[verdict::contraindicated]; }

  node_state state_of(const machine& one) const {
    const auto stored = reader().snapshot(one.id).value();
    return stored.state ? state_from(*stored.state).value() : node_state{};
  }

  /// Changes the record of the group's campaign without References' knowledge.
  void lay_phase(campaign_phase phase) {
    auto campaign = *campaign_book::load(reader()).value().of(group);
    campaign.phase = phase;
    write_batch batch;
    batch.put<tables::campaigns>(campaign.number, to_record(campaign));
    lay(std::move(batch));
  }

  /// An ended order, as TrustMgr leaves it.
  void lay_ended(command_id id, wall_time issued) {
    command_record ended;
    ended.id = id;
    ended.node = machines.front().id;
    ended.outcome = command_outcome::done;
    ended.issued = issued;
    write_batch batch;
    batch.put<tables::ended_commands>(id, to_record(ended));
    lay(std::move(batch));
  }
  std::size_t ended_orders() const {
    return reader().page<tables::ended_commands>(std::nullopt, 1000).value().size();
  }
  /// One tick in which TrustMgr looks for ended orders. When this returns, its changes are stored.
  void look_at_what_is_over() {
    caf::anon_send(core().trust, tick_atom::value);
    settle();
  }
  /// Overwrites a group's record with one that cannot be read, as a bad disk leaves it. The service reads it
  /// at its next start.
  void spoil_group(const std::string& name) {
    write_batch batch;
    batch.put<tables::groups>(group_key(name), make_record<records::Group>([](records::Group::Builder) {}));
    lay(std::move(batch));
  }
  void spoil_node(const machine& one) {
    write_batch batch;
    batch.put<tables::nodes>(one.id, make_record<records::Node>([](records::Node::Builder) {}));
    lay(std::move(batch));
  }
  /// Puts another state on record, as an earlier service might have left it.
  void lay_state(const machine& one, const node_state& state) {
    write_batch batch;
    batch.put<tables::states>(one.id, to_record(state));
    lay(std::move(batch));
  }

  void lay_node(const service::node_record& node) {
    write_batch batch;
    batch.put<tables::nodes>(node.id, to_record(node));
    lay(std::move(batch));
  }
  /// A name that an earlier version allowed.
  void lay_name(const machine& one, const std::string& name) {
    auto node = node_from(one.id, reader().get<tables::nodes>(one.id).value()).value();
    node.name = name;
    write_batch batch;
    batch.put<tables::nodes>(one.id, to_record(node));
    lay(std::move(batch));
  }

  /// Opens a session, which stays open while others change what it works under.
  void open(machine& one) { attach(one); }
  /// One attestation on the open session, judged by what that session knows.
  decision_reply attest_on_open(const machine& one) {
    return ask_about<decision_reply>(core().trust, request_of(one, clock->since_boot()));
  }
  /// What sessions were told last, once it is about that group; null after a minute.
  context_ptr told(const std::string& of_group) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (std::chrono::steady_clock::now() < end) {
      {
        const std::lock_guard guard{ear_->lock};
        if (ear_->context && ear_->context->group == of_group) return ear_->context;
      }
      std::this_thread::yield();
    }
    return nullptr;
  }

  /// Whether the record log has such an action; gives up after a minute.
  bool audited(const std::string& action) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (std::chrono::steady_clock::now() < end) {
      const auto leaves = reader().log_leaves(0, store_reader::max_page);
      for (const auto& one : *leaves)
        if (one.record->read(
                [&](records::AuditEntry::Reader in) { return text_of(in.getAction()) == action; }))
          return true;
      std::this_thread::yield();
    }
    return false;
  }
  /// A machine of group db.
  node_id stranger() {
    service::node_record node;
    node.id = store_test::node_number(9'000);
    node.standing = standing::enrolled;
    node.generation = {1};
    node.level = endorsement::inventory;
    node.group = "db";
    write_batch batch;
    batch.put<tables::nodes>(node.id, to_record(node));
    lay(std::move(batch));
    return node.id;
  }

private:
  void admit(std::size_t count) {
    write_batch batch;
    for (std::size_t i = 0; i < count; ++i) {
      machine one;
      one.id = store_test::node_number(i + 1);
      for (unsigned f = 0; f < 10; ++f)
        one.files["/usr/bin/program-" + std::to_string(f)] = 1;
      one.use_all();
      service::node_record node;
      node.id = one.id;
      node.standing = standing::enrolled;
      node.generation = {1};
      node.level = endorsement::inventory;
      node.group = group;
      node.name = "web-" + std::to_string(i + 1);
      batch.put<tables::nodes>(one.id, to_record(node));
      machines.push_back(std::move(one));
    }
    fleet_service::admit(std::move(batch));
  }

  void begin() {
    start();
    session_ = system().spawn(quiet_session, ear_);
  }
  void stop() {
    if (session_) caf::anon_send_exit(std::exchange(session_, nullptr), caf::exit_reason::user_shutdown);
    fleet_service::stop();
  }

  /// A new session for each attestation, so it always works under what is in force.
  void attach(machine& one) {
    caf::scoped_actor self{system()};
    self->request(core().trust, patience, attach_request{one.id, shown_certificate{}, booted(one), session_})
        .receive(
            [&](const attach_reply& with) {
              REQUIRE_MESSAGE(with.ok(), with.fault().check);
              one.epoch = with->epoch;
              one.context = with->context;
              one.group = with->group;
              one.recorded = with->recorded;
            },
            [](const caf::error&) { FAIL("no attachment"); });
  }

  /// Waits until every record was appraised under what is in force.
  void settle() {
    const auto newest = [&] {
      const auto settings = reader().get<tables::settings>(settings_key());
      return settings ? settings->read([](records::Settings::Reader in) { return in.getAppraisalVersion(); })
                      : std::uint64_t{0};
    };
    for (;;) {
      const auto version = newest();
      bool all = true;
      for (const auto& one : machines) {
        const auto state = state_of(one);
        all = all && (!state.boot_claims || state.appraisal_version >= version);
      }
      if (all && version == newest()) return;
      std::this_thread::yield();
    }
  }

  session_actor session_;
  std::shared_ptr<heard> ear_ = std::make_shared<heard>();
};

} // namespace muster::service::fleet_test
