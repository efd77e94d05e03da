// Evidence is judged when it comes, and decided later. What breaks if these fail: a machine that holds its
// evidence back until a stricter policy is in force is trusted by the old one, permanently.
#include "records/record_codec.hpp"
#include "standing/attestation_change.hpp"
#include "standing/node_runner.hpp"
#include "standing/record_appraiser.hpp"
#include "standing/recorded_boot.hpp"
#include "tests/appraisal/attesting_machine.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/liar/memory_store.hpp"

#include <random>

using namespace muster;
using namespace muster::service;
using namespace muster::testing;
using appraisal::attestation_end;
using appraisal::logs_wanted;

namespace {

/// The contexts that a group may be judged by. No two of them are equal.
std::vector<appraisal_context> judges() {
  auto good = trusted_machine();
  auto with_implant = trusted_machine();
  with_implant.run("/usr/bin/implant", "bad");
  with_implant.reference = nullptr;
  const auto learnt = attest(with_implant, logs_wanted::whole);
  std::vector<appraisal_context> out;
  for (const auto level : {severity::note, severity::failure})
    for (const auto& set : {good.reference, appraisal::samples::reference_of(*learnt.claims, learnt.files)})
      for (const bool other_keys : {false, true}) {
        auto rules = std::make_shared<appraisal::policy>();
        rules->of(appraisal::judged_check::unknown_file) = level;
        if (other_keys) rules->signatures.mode = appraisal::signature_mode::accept;
        appraisal_context one;
        one.group = "web";
        one.policy = rules;
        one.reference = set;
        one.policy_digest[0] = static_cast<std::uint8_t>(out.size() + 1);
        one.reference_digest[0] = set == good.reference ? 1 : 2;
        out.push_back(std::move(one));
      }
  return out;
}

/// One machine, the service's half of it, and a disk that answers late and is sometimes full.
class racing_world {
public:
  explicit racing_world(std::uint32_t seed, const std::vector<appraisal_context>& all)
      : dice_{seed}, all_{all}, store_{std::make_shared<liar::memory_store>()},
        runner_{{store_,
                 [this](shared_batch batch, node_runner::landed landed) {
                   waiting_.emplace_back(std::move(batch), std::move(landed));
                 },
                 [this](const node_id&, const settled_node&, const node_change&) { decided_by_ = in_force_; },
                 [this](const node_id&, node_change& change) { published(*change.after.state); },
                 [this](const node_id&, const fault&) { decided_by_ = nullptr; },
                 [this](const settled_node& at) -> result<std::optional<node_change>> {
                   auto made = appraise_again(at, in_force_, now_.wall, ports());
                   if (!made) return made.fault();
                   return std::optional{*std::move(made)};
                 }},
                register_} {
    node_.id.raw.fill(7);
    node_.standing = standing::enrolled;
    node_.level = endorsement::vendor;
    node_.group = "web";
    write_batch enrolment;
    enrolment.put<tables::nodes>(node_.id, to_record(node_));
    store_->apply(enrolment);
    now_ = {{{3}}, {1'000'000}, {1'700'000'000'000}};
    put_in_force(all_[0]);
  }

  void put_in_force(appraisal_context next) {
    next.version = ++version_;
    in_force_ = std::make_shared<const appraisal_context>(std::move(next));
  }

  void step() {
    now_.boot.milliseconds += 1000;
    now_.wall.milliseconds += 1000;
    switch (dice_() % 10) {
    case 0: return put_in_force(all_[dice_() % all_.size()]);
    case 1: return machine_.run("/usr/bin/implant", "bad");
    case 2:
      if (dice_() % 4 == 0) machine_.boot_from("grub-sb");
      return;
    case 3:
      return runner_.run(
          node_.id,
          [this](const settled_node& at) { return appraise_again(at, in_force_, now_.wall, ports()); },
          [](const result<sequence>&) {});
    case 4:
    case 5: return challenge();
    case 6:
    case 7: return deliver();
    default: return answer(dice_() % 8 != 0);
    }
  }

  void challenge() {
    if (request_) return;
    const auto state = store_->state(node_.id);
    machine_.recorded = recorded_boot_of(state);
    machine_.rules = in_force_->policy;
    machine_.reference = in_force_->reference;
    const bool whole =
        ask_whole_ || !state.boot || appraisal::digest_of_pins(in_force_->policy->signatures) != state.pins;
    const auto in = machine_.challenge(whole ? logs_wanted::whole : logs_wanted::increment);
    ask_whole_ = false;
    request_ = decision_request{
        node_.id,
        {1},
        {++number_},
        now_.boot,
        in_force_,
        std::make_shared<const appraisal::attestation_outcome>(appraise(in, machine_.answer(in))),
        std::make_shared<const node_evidence>(),
        machine_.boot,
        node_.generation,
        false,
        false,
        node_.group};
  }

  void deliver() {
    if (!request_) return;
    runner_.run_for<attestation_answer>(
        node_.id,
        [this, request = *std::exchange(request_, std::nullopt)](const settled_node& at) {
          decision_setting setting;
          setting.newest_session = true;
          setting.context = in_force_;
          setting.now = now_;
          return take_attestation(at, request, setting, ports());
        },
        [this](const result<sequence>&, const std::optional<attestation_answer>& made) {
          ask_whole_ = made && made->ask_full_log;
        });
  }

  void answer(bool stored) {
    if (waiting_.empty()) return;
    auto [batch, landed] = std::move(waiting_.front());
    waiting_.pop_front();
    if (stored) store_->apply(*batch);
    landed(stored ? result<sequence>{sequence{++last_}} : fault{errc::io, "disk: it is full"});
  }

  void settle() {
    while (!waiting_.empty())
      answer(true);
  }

  /// Attests until nothing more is requested.
  void attest() {
    settle();
    for (int i = 0; i < 8; ++i) {
      challenge();
      deliver();
      settle();
    }
  }

  node_state state() const { return store_->state(node_.id); }
  std::size_t published() const { return published_; }
  const context_ptr& in_force() const { return in_force_; }
  attesting_machine& machine() { return machine_; }
  bool bad_by_context() const {
    return in_force_->policy->of(appraisal::judged_check::unknown_file) == severity::failure
           && in_force_->reference_digest[0] == 1;
  }

private:
  decision_ports ports() {
    return {[](const node_ptr& node, byte_view) { return node; }, [](const node_state&) { return bytes{}; },
            [this](const node_record& node, const node_state& state, const context_ptr& context) {
              return record_appraiser{store_, context}.appraise(node, state);
            }};
  }

  /// The property: what people see was judged by the set and policy in force when it was decided.
  void published(const node_state& state) {
    const auto decided_by = std::exchange(decided_by_, nullptr);
    if (decided_by == nullptr) return; // nothing changed
    ++published_;
    if (!state.boot_claims) return;
    CHECK((state.appraisal_version == 0 || judged_by(state, *decided_by)));
    const auto again = record_appraiser{store_, decided_by}.appraise(node_, state);
    REQUIRE(again.ok());
    CHECK(rank_of(state.verdict) <= rank_of(again->verdict));
  }

  std::mt19937 dice_;
  const std::vector<appraisal_context>& all_;
  std::shared_ptr<liar::memory_store> store_;
  node_register register_;
  node_record node_;
  moment now_;
  std::uint64_t version_ = 0, number_ = 0, last_ = 0;
  context_ptr in_force_, decided_by_;
  std::deque<std::pair<shared_batch, node_runner::landed>> waiting_;
  std::optional<decision_request> request_;
  bool ask_whole_ = false;
  std::size_t published_ = 0;
  attesting_machine machine_{"grub-sb"};
  node_runner runner_;
};

} // namespace

TEST_CASE("check 30: every published verdict was judged by the rules in force when it was decided") {
  const auto all = judges();
  std::size_t published = 0;
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    racing_world w{seed, all};
    w.attest();
    for (unsigned i = 0; i < 60; ++i)
      w.step();
    published += w.published();
    // Afterwards the machine's next attestation is always judged by the context in force.
    w.machine().run("/usr/bin/implant", "bad");
    w.attest();
    CHECK(judged_by(w.state(), *w.in_force()));
    CHECK((w.state().verdict == verdict::contraindicated) == w.bad_by_context());
  }
  CHECK(published > 400); // otherwise the test proves nothing
}

TEST_CASE("check 30: evidence of a new boot that was delayed until the policy changed is judged by the new "
          "policy") {
  const auto all = judges();
  const auto& loose = all[0];
  const auto& strict = all[4];
  for (const bool reboot : {false, true}) {
    CAPTURE(reboot);
    racing_world w{1, all};
    w.put_in_force(loose);
    w.attest();
    REQUIRE(w.state().verdict == verdict::affirming);
    if (reboot) w.machine().boot_from("grub-sb");
    w.machine().run("/usr/bin/implant", "bad");
    if (reboot) w.attest();
    if (reboot) w.machine().boot_from("grub-sb");
    if (reboot) w.machine().run("/usr/bin/implant", "bad");
    w.challenge();
    w.put_in_force(strict);
    w.deliver();
    w.settle();
    CHECK(judged_by(w.state(), *w.in_force()));
    w.attest();
    CHECK(w.state().verdict == verdict::contraindicated);
  }
}

TEST_CASE("check 30: signatures that were not verified at the challenge do not count for the policy that "
          "requires them") {
  const auto all = judges();
  racing_world w{1, all};
  w.put_in_force(all[0]);
  w.attest();
  const auto before = w.state();
  REQUIRE(before.verdict == verdict::affirming);
  auto rules = std::make_shared<appraisal::policy>();
  rules->signatures.required = {appraisal::pattern::make("/usr/.*").value()};
  auto wants_signatures = all[0];
  wants_signatures.policy = rules;
  wants_signatures.policy_digest[0] = 99;
  w.challenge();
  w.put_in_force(wants_signatures);
  w.deliver();
  w.settle();
  CHECK(w.state().number == before.number); // the attestation is not recorded
  CHECK(w.state().lease.until == before.lease.until);
  w.attest();
  CHECK(w.state().verdict == verdict::contraindicated);
}
