// Extensions that may follow the boot log. What breaks if these fail: root can extend PCR 11 with anything
// unnoticed, or an honest machine is bad because its systemd has come further than at the last quote.
#include "tests/tpm/evidence/quoting.hpp"
#include "tests/tpm/logs.hpp"
#include "tests/tpm/phase_words.hpp"
#include "tpm/evidence/boot_log.hpp"
#include "tpm/evidence/boot_replay.hpp"

#include <functional>

using namespace muster;
using namespace muster::testing;

namespace {

const std::vector<hash_algorithm> quoted_banks{hash_algorithm::sha1, hash_algorithm::sha256,
                                               hash_algorithm::sha384};

std::vector<tpm::bank_move> moves_by(const words& said, const std::vector<hash_algorithm>& banks) {
  std::vector<tpm::bank_move> out;
  for (const auto bank : banks) {
    tpm::bank_move move{bank, crypto::hash(bank, as_bytes("where the log ends")), {}};
    move.to = extended(bank, move.from, said);
    out.push_back(move);
  }
  return out;
}

/// A unified kernel image in PCR 11, and the firmware's measurements.
event_log_builder uki_boot() {
  event_log_builder out{quoted_banks};
  for (unsigned pcr = 0; pcr < 8; ++pcr)
    out.separator(pcr);
  using namespace std::string_view_literals;
  return out.event(11, tpm::event_type::ipl, as_bytes(".linux\0"sv)).action(11, "the kernel");
}

tpm::pcr_values values_and_words(byte_view log, unsigned pcr, const words& said) {
  const auto parsed = tpm::parse_event_log(log).value();
  tpm::pcr_values out;
  for (const auto bank : quoted_banks) {
    crypto::hasher hash{bank};
    const auto replayed = tpm::replay_bank(parsed, hash, ~0U, 0);
    for (unsigned i = 0; i < 16; ++i)
      REQUIRE(
          out.set(bank, i, (i == pcr ? extended(bank, replayed.values[i], said) : replayed.values[i]).view())
              .ok());
  }
  return out;
}

tpm::verified_boot_log verified_after(byte_view log, unsigned pcr, const words& said) {
  static const quoting_tpm chip;
  return tpm::verify_boot_log(tpm::parse_event_log(log).value(),
                              chip.verified(values_and_words(log, pcr, said)))
      .value();
}

void check_path(const tpm::after_log& judged, const words& said) {
  REQUIRE(judged.phases() != nullptr);
  std::vector<std::string> found;
  for (const auto phase : judged.phases()->phases())
    found.emplace_back(to_string(phase));
  CHECK(found == said);
}

} // namespace

TEST_CASE(
    "check 11: up to three words after the log are explained exactly if they can be phases in that order") {
  std::size_t explained = 0;
  for_each_sequence(3, [&](const words& said) {
    const auto judged = tpm::judge_move(tpm::not_extended(11), moves_by(said, quoted_banks));
    if (judged.explained() != possible(said)) FAIL_CHECK(joined(said));
    if (judged.explained()) check_path(judged, said);
    explained += judged.explained() ? 1 : 0;
  });
  CHECK(explained == 1 + 6 + 15 + 20);
}

TEST_CASE("check 11: all sequences of up to four words get the same result by name and by search") {
  std::size_t explained = 0;
  for_each_sequence(4, [&](const words& said) {
    const std::vector<std::string_view> views{said.begin(), said.end()};
    const auto path = tpm::phase_path::of(views);
    if (path.has_value() != possible(said)) FAIL_CHECK(joined(said));
    if (path) CHECK(tpm::find_phases(moves_by(said, {hash_algorithm::sha256}), {}) == path);
    explained += path ? 1 : 0;
  });
  CHECK(explained == 1 + 6 + 15 + 20 + 15);
}

TEST_CASE("check 11: long sequences, near a possible one, are explained exactly if they are possible") {
  random_words random{20261128};
  std::size_t explained = 0;
  for (int i = 0; i < 400; ++i) {
    const auto said = random.near_possible();
    CAPTURE(random.seed());
    const auto judged = tpm::judge_move(tpm::not_extended(11), moves_by(said, {hash_algorithm::sha256}));
    if (judged.explained() != possible(said)) FAIL_CHECK(joined(said));
    if (judged.explained()) check_path(judged, said);
    explained += judged.explained() ? 1 : 0;
  }
  CHECK(explained > 100);
  CHECK(explained < 300);
}

TEST_CASE("check 11: a search tries no more paths than it says") {
  std::size_t paths = 0;
  const std::function<void(const tpm::phase_path&)> count = [&](const tpm::phase_path& path) {
    ++paths;
    for (std::size_t i = 0; i < tpm::os_phase_count; ++i)
      if (auto next = path; next.add(static_cast<tpm::os_phase>(i))) count(next);
  };
  count({});
  CHECK(paths == 1954); // including the empty path, which extends nothing
}

TEST_CASE("check 11: phases continue only from the phase that was reached") {
  const words first{"sysinit"};
  const auto before = tpm::judge_move(tpm::not_extended(11), moves_by(first, quoted_banks));
  for_each_sequence(2, [&](const words& more) {
    auto moves = moves_by(first, quoted_banks);
    for (auto& move : moves) {
      move.from = move.to;
      move.to = extended(move.bank, move.from, more);
    }
    auto all = first;
    all.insert(all.end(), more.begin(), more.end());
    const auto judged = tpm::judge_move(before, moves);
    if (judged.explained() != possible(all)) FAIL_CHECK(joined(all));
    if (judged.explained()) check_path(judged, all);
    // After an unexplained value, no later word is explained.
    CHECK_FALSE(tpm::judge_move({11, tpm::unexplained{}}, moves).explained());
  });
}

TEST_CASE("check 11: one bank that differs leaves all banks unexplained") {
  for (std::size_t odd = 0; odd < quoted_banks.size(); ++odd)
    for (const words& other : {words{}, words{"ready"}, words{"sysinit", "ready"}, words{"evil"}}) {
      auto moves = moves_by({"sysinit"}, quoted_banks);
      moves[odd].to = extended(moves[odd].bank, moves[odd].from, other);
      CHECK_FALSE(tpm::judge_move(tpm::not_extended(11), moves).explained());
    }
  CHECK_FALSE(tpm::find_phases({}, {}).has_value());
}

TEST_CASE("check 11: phases belong in PCR 11 only") {
  const auto log = uki_boot().view();
  for (unsigned pcr = 11; pcr <= 15; ++pcr) {
    CAPTURE(pcr);
    const auto verified = verified_after(log, pcr, {"sysinit"});
    CHECK(verified.unexplained() == (pcr == 11 ? 0U : 1U << pcr));
    REQUIRE(verified.after_log().size() == 1);
    CHECK(verified.after_log()[0].pcr == pcr);
    CHECK(verified.after_log()[0].explained() == (pcr == 11));
    CHECK(verified.contradicted() == 0);
  }
}

TEST_CASE("check 11: phases may follow a log: its events are still believed, and its own value is kept") {
  const auto log = uki_boot().view();
  const auto at_end = verified_after(log, 11, {});
  CHECK(at_end.after_log().empty());
  CHECK(at_end.explained() == 0x8ffU);
  for (const words& said : {words{"sysinit"}, words{"enter-initrd", "leave-initrd", "sysinit", "ready"}}) {
    const auto verified = verified_after(log, 11, said);
    CHECK(verified.explained() == 0x8ffU);
    CHECK(verified.events().size() == at_end.events().size());
    REQUIRE(verified.after_log().size() == 1);
    check_path(verified.after_log()[0], said);
    for (const auto bank : quoted_banks)
      CHECK(same(verified.settled().get(bank, 11), at_end.settled().get(bank, 11)));
  }
}

TEST_CASE("check 11: no event of a PCR is believed if something unknown extended it") {
  const auto log = uki_boot().view();
  for (const words& said : {words{"evil"}, words{"sysinit", "evil"}, words{"ready", "sysinit"}, words{""}}) {
    CAPTURE(joined(said));
    const auto verified = verified_after(log, 11, said);
    CHECK(verified.contradicted() == 0);
    CHECK(verified.unexplained() == 1U << 11U);
    CHECK(verified.explained() == 0xffU);
    for (const auto& event : verified.events())
      CHECK(event.pcr != 11);
  }
}

TEST_CASE("check 11: a firmware PCR contradicts the log even if a phase explains the value") {
  const auto log = uki_boot().view();
  for (unsigned pcr = 0; pcr < 8; ++pcr)
    CHECK(verified_after(log, pcr, {"sysinit"}).contradicted() == 1U << pcr);
  CHECK(verified_after(log, 8, {"sysinit"}).unlogged() == 1U << 8U);
}

TEST_CASE("check 11: a PCR 11 without events starts at the TPM's start value, and one that was reset is "
          "unexplained") {
  event_log_builder grub{quoted_banks};
  grub.separator(4);
  const auto verified = verified_after(grub.view(), 11, {"sysinit", "ready"});
  CHECK(verified.unexplained() == 0);
  CHECK((verified.explained() & 1U << 11U) != 0);
  CHECK((verified_after(grub.view(), 11, {}).unmeasured() & 1U << 11U) != 0);
  CHECK(verified_after(grub.view(), 11, {"evil"}).unexplained() == 1U << 11U);

  const quoting_tpm chip;
  const auto log = uki_boot().view();
  auto values = values_and_words(log, 11, {});
  for (const auto bank : quoted_banks)
    REQUIRE(values.set(bank, 11, bytes(digest_size(bank), 0)).ok());
  const auto reset = tpm::verify_boot_log(tpm::parse_event_log(log).value(), chip.verified(values)).value();
  CHECK(reset.unexplained() == 1U << 11U);
}

TEST_CASE("check 11: a further round of phases is reported, and follows only a whole one") {
  const words whole{"sysinit", "ready", "shutdown", "final"};
  auto said = whole;
  said.insert(said.end(), {"sysinit", "ready"});
  const auto again = tpm::judge_move(tpm::not_extended(11), moves_by(said, quoted_banks));
  REQUIRE(again.explained());
  CHECK(again.phases()->restarted());
  CHECK_FALSE(tpm::judge_move(tpm::not_extended(11), moves_by(whole, quoted_banks)).phases()->restarted());

  std::vector<std::string_view> rounds;
  for (unsigned i = 0; i < tpm::phase_path::max_rounds; ++i)
    rounds.insert(rounds.end(), whole.begin(), whole.end());
  CHECK(tpm::phase_path::of(rounds).has_value());
  rounds.emplace_back("sysinit");
  CHECK_FALSE(tpm::phase_path::of(rounds).has_value());
}
