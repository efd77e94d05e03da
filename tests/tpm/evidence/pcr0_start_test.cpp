#include "tests/tpm/evidence/quoting.hpp"
#include "tests/tpm/logs.hpp"
#include "tpm/evidence/boot_log.hpp"
#include "tpm/evidence/boot_replay.hpp"

using namespace muster;
using namespace muster::testing;
using tpm::event_type;
using tpm::pcr0_start;
using tpm::start_reason;

namespace {

const std::vector<hash_algorithm> both_banks{hash_algorithm::sha1, hash_algorithm::sha256};

bytes locality_event(std::uint8_t locality, byte_view rest = {}) {
  auto out = to_bytes(as_bytes(std::string_view{"StartupLocality\0", 16}));
  out.push_back(locality);
  append(out, rest);
  return out;
}

event_log_builder stating(byte_view data) {
  return std::move(event_log_builder{both_banks}.event(0, event_type::no_action, data));
}

event_log_builder& measuring(event_log_builder& b) {
  return b.event(0, event_type::s_crtm_version, as_bytes("1.0")).separator(0);
}

event_log_builder& after_hcrtm(event_log_builder& b) {
  return b.event(0, event_type::efi_hcrtm_event, as_bytes("the measured H-CRTM"), as_bytes("HCRTM"))
      .separator(0);
}

std::vector<pcr0_start> starts_of(byte_view raw) {
  const auto log = tpm::parse_event_log(raw);
  REQUIRE_MESSAGE(log.ok(), log.fault().check);
  return tpm::possible_starts(*log);
}

/// The values of PCR 0 in all banks after this log.
tpm::pcr_values values_from(byte_view raw, std::uint8_t locality) {
  const auto log = tpm::parse_event_log(raw).value();
  tpm::pcr_values out;
  for (const auto& bank : log.banks()) {
    crypto::hasher hash{hash_algorithm_from(bank.algorithm).value()};
    const auto replayed = tpm::replay_bank(log, hash, ~0U, locality);
    REQUIRE(out.set(replayed.bank, 0, replayed.values[0].view()).ok());
  }
  return out;
}

tpm::verified_boot_log verified(byte_view raw, std::uint8_t real) {
  static const quoting_tpm chip;
  return tpm::verify_boot_log(tpm::parse_event_log(raw).value(), chip.verified(values_from(raw, real)))
      .value();
}

} // namespace

TEST_CASE("check 12: one function says where PCR 0 may start, the most likely first") {
  constexpr auto stated = start_reason::stated;
  constexpr auto assumed = start_reason::assumed;
  constexpr auto hcrtm = start_reason::hcrtm;
  const std::vector<pcr0_start> anywhere{{0, assumed}, {3, assumed}, {4, assumed}};
  auto nothing = event_log_builder{both_banks};
  auto whole = stating(locality_event(3));
  auto padded = stating(locality_event(3, bytes(33, 0)));
  auto garbage = stating(locality_event(3, bytes(33, 0xcc)));
  auto late = event_log_builder{both_banks};
  auto measured = event_log_builder{both_banks};
  auto short_one = stating(as_bytes(std::string_view{"StartupLocality\0", 16}));
  auto other_pcr = event_log_builder{both_banks};
  auto first = event_log_builder{both_banks};
  auto both = stating(locality_event(3));
  struct row {
    const char* what;
    bytes log;
    std::vector<pcr0_start> possible;
  };
  const row rows[] = {
      {"nothing stated", measuring(nothing).view(), anywhere},
      {"stated", measuring(whole).view(), {{3, stated}}},
      {"stated in a padded slot", measuring(padded).view(), {{3, stated}}},
      {"stated in a slot with old bytes",
       measuring(garbage).view(),
       {{3, stated}, {0, assumed}, {4, assumed}}},
      {"stated after PCR 0 was measured",
       measuring(late).event(0, event_type::no_action, locality_event(3)).view(), anywhere},
      {"measured", measured.event(0, event_type::efi_action, locality_event(3)).view(), anywhere},
      {"without a locality", measuring(short_one).view(), anywhere},
      {"after events of other PCRs",
       measuring(other_pcr.separator(1).event(0, event_type::no_action, locality_event(4))).view(),
       {{4, stated}}},
      {"an H-CRTM first", after_hcrtm(first).view(), {{4, hcrtm}, {0, assumed}, {3, assumed}}},
      {"an H-CRTM, and the locality of TPM2_Startup", after_hcrtm(both).view(), {{4, hcrtm}, {3, stated}}},
      {"sample: stated", read_test_data("reports/locality3.bin"), {{3, stated}}},
      {"sample: padded to 50", read_test_data("reports/locality3-padded50.bin"), {{3, stated}}},
      {"sample: stated with one digest", read_test_data("reports/noaction-sha1-only.bin"), {{3, stated}}},
      {"sample: H-CRTM", read_test_data("reports/hcrtm.bin"), {{4, hcrtm}, {0, assumed}, {3, assumed}}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto possible = starts_of(row.log);
    CHECK(possible == row.possible);
    // The quote chooses among these, and no other start is accepted.
    for (std::uint8_t real = 0; real < 6; ++real) {
      CAPTURE(real);
      const bool may = std::ranges::find(possible, real, &pcr0_start::locality) != possible.end();
      const auto log = verified(row.log, real);
      CHECK(log.contradicted() == (may ? 0U : 1U));
      CHECK(log.locality() == (may ? real : 0));
      CHECK(log.events().empty() != may);
    }
  }
  CHECK(to_string(pcr0_start{3, stated}) == "locality 3, which the log states");
}

TEST_CASE("check 12: what the log states of the start is no more than a guess") {
  auto wrong = stating(locality_event(3));
  CHECK(verified(measuring(wrong).view(), 0).contradicted() == 1U);
  auto impossible = stating(locality_event(9));
  CHECK(verified(measuring(impossible).view(), 0).contradicted() == 1U);
  // All banks start alike: a TPM is started once.
  auto mixed = event_log_builder{both_banks};
  const auto raw = measuring(mixed).view();
  auto values = values_from(raw, 0);
  const auto other = values_from(raw, 3);
  REQUIRE(values.set(hash_algorithm::sha1, 0, other.get(hash_algorithm::sha1, 0)).ok());
  const quoting_tpm chip;
  const auto log = tpm::verify_boot_log(tpm::parse_event_log(raw).value(), chip.verified(values)).value();
  CHECK(log.contradicted() == 1U);
}
