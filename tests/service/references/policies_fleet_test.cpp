// Policies of several groups in one reload. What breaks if these fail: an attacker with one machine keeps a
// denial from the fleet, or a group is judged by a policy that the guard refused.
#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

namespace {

constexpr const char* own_file = "/usr/bin/own";

/// Six trusted machines; the first ones are in group small and use a file that its reference knows.
class two_groups : public simulated_fleet {
public:
  explicit two_groups(std::size_t in_small) : simulated_fleet{6}, in_small_{in_small} {
    attest_all();
    const auto accepted = accept(machines.back());
    REQUIRE_MESSAGE(accepted.ok(), accepted.fault().check);
    clock->pass(std::chrono::seconds{1});
    attest_all();
    for (auto* one : small()) {
      REQUIRE(move(*one, "small").ok());
      one->files[own_file] = 1;
      one->use(own_file);
    }
    attest(small());
    REQUIRE(accept_for("small", machines.front()).ok());
    clock->pass(std::chrono::seconds{1});
    attest_all();
    for (const auto& one : machines)
      REQUIRE(becomes(one, verdict::affirming, appraisal::policy{}));
  }

  std::vector<machine*> small() {
    std::vector<machine*> out;
    for (std::size_t i = 0; i < in_small_; ++i)
      out.push_back(&machines[i]);
    return out;
  }
  /// A machine of group web.
  const machine& other() const { return machines.back(); }

  /// Gives up after a minute.
  bool becomes(const machine& one, verdict wanted, const appraisal::policy& by) const {
    return eventually([&] {
      const auto state = state_of(one);
      return state.verdict == wanted && state.policy == appraisal::digest_of(by);
    });
  }
  /// Whether that many refusals are on record; gives up after a minute.
  bool refused(std::size_t wanted) const {
    return eventually([&] { return refusals().size() == wanted; });
  }
  std::vector<std::string> refusals() const {
    std::vector<std::string> out;
    const auto leaves = reader().log_leaves(0, store_reader::max_page);
    for (const auto& one : *leaves)
      one.record->read([&](records::AuditEntry::Reader in) {
        if (text_of(in.getAction()) == "policy.refused") out.emplace_back(text_of(in.getText()));
      });
    return out;
  }

private:
  template <class Condition> static bool eventually(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (!holds() && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    return holds();
  }

  std::size_t in_small_;
};

appraisal::policy denying_own_file() {
  appraisal::policy out;
  out.denied.add({hash_algorithm::sha256, appraisal::samples::digest_of(std::string{own_file} + " version 1"),
                  "CVE-2026-1234"});
  return out;
}

} // namespace

TEST_CASE("check 31: a machine that is alone in its group cannot hold off its own denial") {
  two_groups fleet{1};
  const auto denying = denying_own_file();
  REQUIRE(fleet.reload(denying));
  REQUIRE(fleet.becomes(fleet.machines.front(), verdict::contraindicated, denying));
  CHECK(fleet.state_of(fleet.machines.front()).findings.front().check == "ima.denied-file");
  CHECK(fleet.becomes(fleet.other(), verdict::affirming, denying));
  CHECK(fleet.refusals().empty());
}

TEST_CASE("check 31: a group that the guard refuses keeps the old policy, and the others get the new one") {
  two_groups fleet{2};
  const auto denying = denying_own_file();
  REQUIRE(fleet.reload(denying));
  CHECK(fleet.becomes(fleet.other(), verdict::affirming, denying));
  REQUIRE(fleet.refused(1));
  const auto why = fleet.refusals().front();
  CHECK(why.starts_with("group small: guard: 2 of the 2 good machines"));
  CHECK(why.find("the group keeps the policy in force") != std::string::npos);
  fleet.attest(fleet.small()); // under the policy in force
  for (const auto* one : fleet.small())
    CHECK(fleet.becomes(*one, verdict::affirming, appraisal::policy{}));

  // A start reads the same files, and the guard gives the same answer.
  fleet.restart();
  REQUIRE(fleet.refused(2));
  fleet.attest(fleet.small());
  for (const auto* one : fleet.small())
    CHECK(fleet.becomes(*one, verdict::affirming, appraisal::policy{}));

  // One of them is mended: the other one alone blocks nothing.
  auto& mended = fleet.machines[1];
  mended.files.erase(own_file);
  mended.reboot();
  fleet.attest({&mended});
  fleet.order(denying);
  CHECK(fleet.becomes(fleet.machines[0], verdict::contraindicated, denying));
  CHECK(fleet.becomes(mended, verdict::affirming, denying));
  CHECK(fleet.refusals().size() == 2);
}

TEST_CASE("check 31: among policies of groups, those that the guard allows come into force") {
  two_groups fleet{2};
  const auto base = std::make_shared<const appraisal::policy>();
  appraisal::policy mild;
  mild.exclude = {"/srv"};
  fleet.order({base,
               {{"small", std::make_shared<const appraisal::policy>(denying_own_file())},
                {group, std::make_shared<const appraisal::policy>(mild)}}});
  CHECK(fleet.becomes(fleet.other(), verdict::affirming, mild));
  REQUIRE(fleet.refused(1));
  CHECK(fleet.refusals().front().starts_with("group small: "));
  fleet.attest(fleet.small());
  for (const auto* one : fleet.small())
    CHECK(fleet.becomes(*one, verdict::affirming, *base));

  // Neither file exists any more: nothing of the refused policy is left.
  fleet.order({base, {}});
  CHECK(fleet.becomes(fleet.other(), verdict::affirming, *base));
  fleet.attest(fleet.small());
  for (const auto* one : fleet.small())
    CHECK(fleet.becomes(*one, verdict::affirming, *base));
  CHECK(fleet.refusals().size() == 1);
}
