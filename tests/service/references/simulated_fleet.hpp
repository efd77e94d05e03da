// A fleet of machines in memory before the real actors of the service and a real database: they boot, use
// files, are upgraded and attest. What a Verifier would make of their evidence is computed by the same
// functions; TPMs and TLS are left to the tests of processes.
#pragma once

#include "actors/runtime/system_config.hpp"
#include "appraisal/attestation_outcome.hpp"
#include "appraisal/policy_record.hpp"
#include "records/record_codec.hpp"
#include "schemas/rest.capnp.h"
#include "service/cache/cache.hpp"
#include "service/references/references.hpp"
#include "service/store/store.hpp"
#include "service/survey/survey.hpp"
#include "service/trust_mgr/trust_mgr.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/service/store/fixture.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

namespace muster::service::fleet_test {

inline constexpr const char* group = "web";

class settable_clock final : public runtime::clock {
public:
  boot_time since_boot() const noexcept override { return {now_.load()}; }
  wall_time wall() const noexcept override { return {1'700'000'000'000 + now_.load()}; }
  boot_id boot() const noexcept override { return {{3}}; }
  void pass(std::chrono::milliseconds time) { now_ += static_cast<std::uint64_t>(time.count()); }

private:
  std::atomic<std::uint64_t> now_{1'000'000};
};

/// One machine: what it booted, what it has on disk, what it used since it booted.
struct machine {
  node_id id;
  unsigned kernel = 1;                   ///< on disk
  std::map<std::string, unsigned> files; ///< path to version, on disk
  bool tells_increment = false;          ///< its next attestation brings no entries: nothing is new
  // since it booted
  unsigned booted = 1;
  std::uint32_t boots = 1;
  appraisal::file_claims used;
  session_epoch epoch;
  context_ptr context;
  std::shared_ptr<const node_state> recorded;

  void use(const std::string& path) {
    appraisal::samples::push_file(used, path, path + " version " + std::to_string(files.at(path)));
  }
  void use_all() {
    for (const auto& [path, version] : files)
      use(path);
  }
  void reboot() {
    booted = kernel;
    ++boots;
    used = {};
    use_all();
  }
};

inline appraisal::boot_claims boot_of(unsigned kernel) {
  auto boot = appraisal::samples::grub_machine();
  for (auto& e : boot.events)
    if (e.hint == "/vmlinuz" || e.hint == "/initrd.img")
      e.digest = appraisal::samples::digest_of(e.hint + " " + std::to_string(kernel));
  return appraisal::samples::verified(std::move(boot));
}

/// What sessions were told last.
struct heard {
  std::mutex lock;
  context_ptr context;
};

inline session_actor::behavior_type quiet_session(session_actor::pointer, std::shared_ptr<heard> ear) {
  return {
      [](const net::pipe_data&) {},
      [](const net::pipe_closed&) {},
      [](deliver_atom, const due_commands&) {},
      [](tune_atom, const tuning&) {},
      [ear](context_atom, const context_ptr& context) {
        const std::lock_guard guard{ear->lock};
        ear->context = context;
      },
      [](end_atom, session_end) {},
      [](pot_atom, bool) {},
      [](pot_atom) {},
      [](tick_atom) {},
  };
}

/// A disk that takes nothing while it is full.
class disk_that_fills final : public store_writer {
public:
  disk_that_fills(std::unique_ptr<store_writer> disk, std::shared_ptr<const std::atomic<bool>> full)
      : disk_{std::move(disk)}, full_{std::move(full)} {}

  std::vector<commit_outcome> commit(std::span<const shared_batch> group) override {
    if (!*full_) return disk_->commit(group);
    return std::vector<commit_outcome>(group.size(), commit_outcome{fault{errc::limit, "disk: it is full"}});
  }
  sequence newest() const override { return disk_->newest(); }
  result<std::size_t> number_files(const write_batch& batch, std::size_t done, std::size_t budget) override {
    return disk_->number_files(batch, done, budget);
  }
  result<bool> sweep(std::size_t budget) override { return disk_->sweep(budget); }

private:
  std::unique_ptr<store_writer> disk_;
  std::shared_ptr<const std::atomic<bool>> full_;
};

struct few_threads : runtime::system_config {
  few_threads() : runtime::system_config{scheduler{2, 64}} {}
};

class simulated_fleet {
public:
  explicit simulated_fleet(std::size_t machines, reference_rules rules = quiet_rules())
      : rules_{std::make_shared<std::atomic<std::shared_ptr<const reference_rules>>>(
          std::make_shared<const reference_rules>(rules))} {
    admit(machines);
    start();
  }
  ~simulated_fleet() { stop(); }
  simulated_fleet(const simulated_fleet&) = delete;
  simulated_fleet& operator=(const simulated_fleet&) = delete;

  /// Ticks come only when the test sends them.
  static reference_rules quiet_rules() {
    reference_rules out;
    out.check_every = std::chrono::hours{24};
    return out;
  }

  std::vector<machine> machines;
  std::shared_ptr<settable_clock> clock = std::make_shared<settable_clock>();

  /// Nothing becomes durable any more, or again.
  void fill_disk(bool full) { *full_ = full; }
  /// What `/readyz` asks.
  status storing() const { return watch_->healthy(clock->since_boot()); }
  /// What people are shown of it: "trusted".
  std::string shown(const machine& one) {
    const auto page = ask_about<rest_answer>(cache_, show_atom::value, one.id);
    if (!page) return page.fault().check;
    return parse_view<rest::NodeDetail>(*page).value().read(
        [](rest::NodeDetail::Reader in) { return std::string{text_of(in.getNode().getShown())}; });
  }

  void restart() {
    stop();
    start();
    for (auto& one : machines)
      one.epoch = {};
  }

  /// All of them attest, from entry 0, at once.
  void attest_all() {
    std::vector<machine*> all;
    for (auto& one : machines)
      all.push_back(&one);
    attest(all);
  }
  void attest(const std::vector<machine*>& which) {
    for (auto* one : which)
      attach(*one);
    caf::scoped_actor self{*system_};
    std::vector<std::function<void()>> answers;
    for (auto* one : which) {
      auto pending =
          std::make_shared<decltype(self->request(trust_, patience, decide_atom::value, decision_request{}))>(
              self->request(trust_, patience, decide_atom::value, request_of(*one)));
      answers.emplace_back([pending] {
        pending->receive([](const decision_reply& done) { REQUIRE_MESSAGE(done.ok(), done.fault().check); },
                         [](const caf::error&) { FAIL("no decision"); });
      });
    }
    for (const auto& wait : answers)
      wait();
  }

  /// The verdicts on record once every record is as new as what is in force.
  std::map<verdict, std::size_t> verdicts() {
    settle();
    std::map<verdict, std::size_t> out;
    for (const auto& one : machines)
      ++out[state_of(one).verdict];
    return out;
  }
  std::size_t untrusted() { return verdicts()[verdict::contraindicated]; }

  node_state state_of(const machine& one) const {
    const auto stored = opened_->reader->snapshot(one.id).value();
    return stored.state ? state_from(*stored.state).value() : node_state{};
  }

  /// Changes the record of the group's campaign behind the back of who leads it.
  void lay_phase(campaign_phase phase) {
    auto campaign = *campaign_book::load(*opened_->reader).value().of(group);
    campaign.phase = phase;
    caf::scoped_actor self{*system_};
    write_batch batch;
    batch.put<tables::campaigns>(campaign.number, to_record(campaign));
    self->request(store_, patience, commit_atom::value, std::move(batch).seal())
        .receive([](const commit_outcome& done) { REQUIRE(done.ok()); },
                 [](const caf::error&) { FAIL("not stored"); });
  }

  /// An order that ended, as TrustMgr leaves it.
  void lay_ended(command_id id, wall_time issued) {
    command_record ended;
    ended.id = id;
    ended.node = machines.front().id;
    ended.outcome = command_outcome::done;
    ended.issued = issued;
    write_batch batch;
    batch.put<tables::ended_commands>(id, to_record(ended));
    REQUIRE(ask_about<commit_outcome>(store_, commit_atom::value, std::move(batch).seal()).ok());
  }
  std::size_t ended_orders() const {
    return opened_->reader->page<tables::ended_commands>(std::nullopt, 1000).value().size();
  }
  /// One look of TrustMgr at what is over, begun and stored when this returns.
  void look_at_what_is_over() {
    caf::anon_send(trust_, tick_atom::value);
    settle();
  }
  /// Writes a record over a group's that cannot be read, as a bad disk leaves it. The service reads it at its
  /// next start.
  void spoil_group(const std::string& name) {
    write_batch batch;
    batch.put<tables::groups>(group_key(name), make_record<records::Group>([](records::Group::Builder) {}));
    REQUIRE(ask_about<commit_outcome>(store_, commit_atom::value, std::move(batch).seal()).ok());
  }
  void spoil_node(const machine& one) {
    write_batch batch;
    batch.put<tables::nodes>(one.id, make_record<records::Node>([](records::Node::Builder) {}));
    REQUIRE(ask_about<commit_outcome>(store_, commit_atom::value, std::move(batch).seal()).ok());
  }
  std::string groups() {
    const auto page = ask(list_atom::value);
    if (!page) return page.fault().check;
    return parse_view<rest::GroupList>(*page).value().read([](rest::GroupList::Reader in) {
      std::string out;
      for (const auto one : in.getGroups())
        out += std::string{text_of(one.getGroup())} + "=" + std::string{text_of(one.getProblem())} + ";";
      return out;
    });
  }

  /// Puts another state on record, as an earlier service might have left it.
  void lay_state(const machine& one, const node_state& state) {
    caf::scoped_actor self{*system_};
    write_batch batch;
    batch.put<tables::states>(one.id, to_record(state));
    self->request(store_, patience, commit_atom::value, std::move(batch).seal())
        .receive([](const commit_outcome& done) { REQUIRE(done.ok()); },
                 [](const caf::error&) { FAIL("not stored"); });
  }

  template <class... Message> rest_answer ask(Message... message) {
    caf::scoped_actor self{*system_};
    rest_answer out{fault{errc::timeout, "no answer"}};
    self->request(references_, patience, std::move(message)...)
        .receive([&](const rest_answer& answer) { out = answer; }, [](const caf::error&) {});
    return out;
  }

  // What people do to one machine.
  change_reply move(const machine& one, const std::string& to) {
    return ask_about<change_reply>(trust_, group_atom::value, one.id, to, std::string{"uid=0 pid=1"});
  }
  change_reply forget(const machine& one) {
    return ask_about<change_reply>(trust_, forget_atom::value, one.id, std::string{"uid=0 pid=1"});
  }
  change_reply rename(const machine& one, const std::string& name) {
    return ask_about<change_reply>(trust_, name_atom::value, one.id, name, std::string{"uid=0 pid=1"});
  }
  rest_answer accept_for(const std::string& other_group, const machine& from) {
    return ask(accept_atom::value, accept_request{other_group, from.id, {}, "uid=0 pid=1"});
  }
  resolved_node resolve(const std::string& meant) {
    return ask_about<resolved_node>(cache_, resolve_atom::value, meant);
  }
  result<log_number> leaf_of(sequence at) {
    return ask_about<result<log_number>>(cache_, log_atom::value, at);
  }
  /// Who vouches from now on.
  void vouch_by(vendor_trust trust) {
    vendors_->store(std::make_shared<const vendor_trust>(std::move(trust)));
  }
  void lay_node(const service::node_record& node) {
    write_batch batch;
    batch.put<tables::nodes>(node.id, to_record(node));
    (void)ask_about<commit_outcome>(store_, commit_atom::value, std::move(batch).seal());
  }
  /// A name that an earlier service let pass.
  void lay_name(const machine& one, const std::string& name) {
    auto node = node_from(one.id, opened_->reader->get<tables::nodes>(one.id).value()).value();
    node.name = name;
    write_batch batch;
    batch.put<tables::nodes>(one.id, to_record(node));
    (void)ask_about<commit_outcome>(store_, commit_atom::value, std::move(batch).seal());
  }

  /// A session opens, and stays open while others change what it works under.
  void open(machine& one) { attach(one); }
  /// One attestation on the session that is open, judged by what the session knows.
  decision_reply attest_on_open(const machine& one) {
    return ask_about<decision_reply>(trust_, decide_atom::value, request_of(one));
  }
  /// What sessions were told last once it is of that group; null after a minute.
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

  rest_answer accept(const machine& from, guard how = guard::holds, std::optional<bytes32> only = {}) {
    return ask(accept_atom::value, accept_request{group, from.id, only, "uid=0 pid=1", how});
  }
  /// Each of these machines is accepted, all at once.
  std::vector<rest_answer> accept_at_once(const std::vector<const machine*>& from) {
    caf::scoped_actor self{*system_};
    std::vector<rest_answer> out;
    std::vector<std::function<void()>> answers;
    for (const auto* one : from) {
      auto pending = std::make_shared<decltype(self->request(references_, patience, accept_atom::value,
                                                             accept_request{}))>(
          self->request(references_, patience, accept_atom::value,
                        accept_request{group, one->id, {}, "uid=0 pid=1", guard::overruled}));
      answers.emplace_back([pending, &out] {
        pending->receive([&](const rest_answer& done) { out.push_back(done); },
                         [](const caf::error&) { FAIL("no answer"); });
      });
    }
    for (const auto& wait : answers)
      wait();
    return out;
  }
  rest_answer start_campaign(campaign_request plan) {
    plan.group = group;
    if (plan.by.empty()) plan.by = "uid=0 pid=1";
    return ask(begincamp_atom::value, std::move(plan));
  }
  rest_answer step(campaign_verb verb, guard how = guard::holds) {
    return ask(campstep_atom::value, campaign_order{group, verb, {}, how, "uid=0 pid=1"});
  }
  rest_answer propose_set(const bytes32& set) {
    return ask(campstep_atom::value,
               campaign_order{group, campaign_verb::propose, set, guard::holds, "uid=0 pid=1"});
  }
  rest_answer show() { return ask(showcamp_atom::value, std::string{group}); }
  /// One look at campaigns, begun when this returns; what comes of it shows in `phase`.
  void tick() {
    caf::anon_send(references_, tick_atom::value);
    (void)show(); // is behind it in the mailbox
  }
  /// Whether the campaign gets there; gives up after a minute.
  bool reaches(const std::string& wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (phase() != wanted && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    return phase() == wanted;
  }
  std::string phase() {
    const auto shown = show();
    if (!shown) return shown.fault().check;
    const auto page = parse_view<rest::Campaign>(*shown).value();
    return page.read([](rest::Campaign::Reader in) { return std::string{text_of(in.getPhase())}; });
  }
  /// Another policy for all, as a reload brings it; not waited for.
  void order(const appraisal::policy& policy) {
    order(policies_in_force{std::make_shared<const appraisal::policy>(policy), {}});
  }
  /// Other policies for all and for groups. Those for groups are forgotten by a restart of this fleet.
  void order(const policies_in_force& policies) {
    policy_ = policies.base;
    caf::anon_send(references_, changed_atom::value, std::make_shared<const policies_in_force>(policies));
  }
  /// The same, waited for. Whether it came into force; gives up after a minute.
  bool reload(const appraisal::policy& policy) {
    order(policy);
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    const auto wanted = appraisal::digest_of(policy);
    while (policy_on_record() != wanted && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    (void)show(); // is behind the acknowledgement in the mailbox
    return policy_on_record() == wanted;
  }

  /// What the page of the campaign says of the end of its stage.
  std::string when_it_ends() {
    const auto shown = show();
    if (!shown) return shown.fault().check;
    const auto page = parse_view<rest::Campaign>(*shown).value();
    return page.read([](rest::Campaign::Reader in) { return std::string{text_of(in.getWhenItEnds())}; });
  }
  /// Whether the log of records has such a deed; gives up after a minute.
  bool audited(const std::string& action) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (std::chrono::steady_clock::now() < end) {
      const auto leaves = opened_->reader->log_leaves(0, store_reader::max_page);
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
    caf::scoped_actor self{*system_};
    self->request(store_, patience, commit_atom::value, std::move(batch).seal())
        .receive([](const commit_outcome& done) { REQUIRE(done.ok()); },
                 [](const caf::error&) { FAIL("not stored"); });
    return node.id;
  }

  /// What would change under the state of a machine.
  view<rest::Trial> try_state_of(const machine& from) {
    auto got = ask(try_atom::value, trial_request{group, {}, {}, from.id});
    REQUIRE_MESSAGE(got.ok(), got.fault().check);
    return parse_view<rest::Trial>(*got).value();
  }
  bytes32 policy_on_record() const {
    const auto settings = opened_->reader->get<tables::settings>(settings_key());
    bytes32 out{};
    if (settings)
      settings->read([&](records::Settings::Reader in) {
        const auto digest = bytes_of(in.getPolicyDigest());
        if (digest.size() == out.size()) std::ranges::copy(digest, out.begin());
      });
    return out;
  }
  const store_reader& reader() const { return *opened_->reader; }

private:
  static constexpr std::chrono::seconds patience{120};

  template <class Answer, class Handle, class... Message>
  Answer ask_about(const Handle& whom, Message... message) {
    caf::scoped_actor self{*system_};
    Answer out{fault{errc::timeout, "no answer"}};
    self->request(whom, patience, std::move(message)...)
        .receive([&](const Answer& answer) { out = answer; }, [](const caf::error&) {});
    return out;
  }

  void admit(std::size_t count) {
    opened_ = open_database(folder_.options()).value();
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
    REQUIRE(store_test::commit(*opened_, std::move(batch)).ok());
  }

  void start() {
    if (!opened_) opened_ = open_database(folder_.options()).value();
    system_ = std::make_unique<caf::actor_system>(config_);
    const auto log = runtime::log::to([](std::string_view) {}, runtime::log_level::error);
    const std::shared_ptr<const store_reader> reader = opened_->reader;
    store_ = spawn_store(*system_,
                         {std::make_shared<disk_that_fills>(std::move(opened_->writer), full_), log, {}});
    const auto configured = std::make_shared<const policies_in_force>(policies_in_force{policy_, {}});
    auto in_force = contexts::load(*reader, policies_on_record(*reader, *configured)).value();
    version_ = in_force.version();
    const auto board = std::make_shared<log_board>();
    const auto watch = watch_ = std::make_shared<store_watch>();
    const auto cache = system_->spawn(service::cache, cache_deps{reader, clock, log, board, watch});
    const auto rules = std::make_shared<std::atomic<std::shared_ptr<const trust_rules>>>(
        std::make_shared<const trust_rules>());
    trust_ = system_->spawn(trust_mgr,
                            trust_mgr_deps{store_, reader, cache, clock, log, rules, in_force.all(),
                                           read_inventory(*reader, log).value(), board, watch, vendors_});
    const auto survey = system_->spawn<caf::detached>(
        service::survey, survey_deps{reader, std::make_shared<std::atomic<bool>>(false), log});
    references_ = system_->spawn(
        service::references, references_deps{std::move(in_force), campaign_book::load(*reader).value(),
                                             trust_, store_, survey, reader, clock, log, rules_, configured});
    session_ = system_->spawn(quiet_session, ear_);
    cache_ = cache;
    others_ = {caf::actor_cast<caf::actor>(cache), caf::actor_cast<caf::actor>(survey)};
  }

  void stop() {
    if (!system_) return;
    {
      caf::scoped_actor self{*system_};
      self->send_exit(references_, caf::exit_reason::user_shutdown);
      self->request(trust_, patience, stop_atom::value).receive([](bool) {}, [](const caf::error&) {});
      self->send_exit(trust_, caf::exit_reason::user_shutdown);
      self->send_exit(session_, caf::exit_reason::user_shutdown);
      for (const auto& one : others_)
        self->send_exit(one, caf::exit_reason::user_shutdown);
      self->request(store_, patience, stop_atom::value)
          .receive([](const commit_outcome&) {}, [](const caf::error&) {});
      self->send_exit(store_, caf::exit_reason::user_shutdown);
    }
    others_.clear();
    references_ = nullptr;
    trust_ = nullptr;
    session_ = nullptr;
    cache_ = nullptr;
    store_ = nullptr;
    system_.reset();
    opened_.reset();
  }

  boot_id booted(const machine& one) const {
    boot_id out;
    out.raw[0] = static_cast<std::uint8_t>(one.boots);
    return out;
  }

  /// A session of its own for each attestation: it always works under what is in force.
  void attach(machine& one) {
    caf::scoped_actor self{*system_};
    self->request(trust_, patience, attach_atom::value, one.id, shown_certificate{}, booted(one), session_)
        .receive(
            [&](const attach_reply& with) {
              REQUIRE_MESSAGE(with.ok(), with.fault().check);
              one.epoch = with->epoch;
              one.context = with->context;
              one.recorded = with->recorded;
            },
            [](const caf::error&) { FAIL("no attachment"); });
  }

  decision_request request_of(const machine& one) const {
    auto outcome = std::make_shared<appraisal::attestation_outcome>();
    outcome->end = appraisal::attestation_end::verified;
    const bool rebooted = !one.recorded->boot || one.recorded->reset_count != one.boots;
    outcome->what = rebooted ? appraisal::occasion::new_boot : appraisal::occasion::full_log;
    appraisal::recorded_boot boot;
    boot.boot = booted(one);
    boot.clock.reset_count = one.boots;
    boot.ima.entries = one.used.size();
    outcome->boot = std::move(boot);
    if (one.tells_increment) {
      outcome->what = appraisal::occasion::increment;
      return request_with(one, outcome);
    }
    outcome->claims = boot_of(one.booted);
    outcome->files = one.used;
    outcome->findings =
        appraisal::appraise_boot(*outcome->claims, one.context->choice(), *one.context->policy);
    auto files = appraisal::appraise_files(one.used, one.context->choice(), *one.context->policy);
    outcome->findings.insert(outcome->findings.end(), files.findings.begin(), files.findings.end());
    return request_with(one, outcome);
  }

  decision_request request_with(const machine& one,
                                std::shared_ptr<const appraisal::attestation_outcome> outcome) const {
    return {one.id,
            one.epoch,
            {one.recorded->number.value + 1},
            clock->since_boot(),
            one.context,
            std::move(outcome),
            std::make_shared<const node_evidence>(),
            booted(one),
            one.recorded->generation};
  }

  /// Waits until every record was appraised with what is in force.
  void settle() {
    const auto newest = [&] {
      const auto settings = opened_->reader->get<tables::settings>(settings_key());
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

  store_test::temporary_folder folder_;
  std::shared_ptr<std::atomic<std::shared_ptr<const reference_rules>>> rules_;
  std::shared_ptr<const appraisal::policy> policy_ = std::make_shared<const appraisal::policy>();
  std::shared_ptr<std::atomic<vendor_trust_ptr>> vendors_ =
      std::make_shared<std::atomic<vendor_trust_ptr>>(); // null at first: records keep their level
  std::shared_ptr<std::atomic<bool>> full_ = std::make_shared<std::atomic<bool>>(false);
  store_watch_ptr watch_;
  few_threads config_;
  std::optional<database> opened_;
  std::unique_ptr<caf::actor_system> system_;
  store_actor store_;
  trust_mgr_actor trust_;
  references_actor references_;
  session_actor session_;
  std::shared_ptr<heard> ear_ = std::make_shared<heard>();
  cache_actor cache_;
  std::vector<caf::actor> others_;
  std::uint64_t version_ = 0;
};

} // namespace muster::service::fleet_test
