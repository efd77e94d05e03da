#include "tests/tpm/logs.hpp"
#include "tpm/format/event_log.hpp"

#include <ctime>

using namespace muster;
using namespace muster::testing;
using tpm::event_log;
using tpm::event_type;
using tpm::parse_event_log;

namespace {

const std::vector<hash_algorithm> two_banks{hash_algorithm::sha1, hash_algorithm::sha256};

bytes small_log() {
  return event_log_builder{two_banks}.separator(0).action(5, "Exit Boot Services Invocation").view();
}

bytes with_u32(bytes log, std::size_t offset, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i)
    log.at(offset + i) = static_cast<std::uint8_t>(value >> (8 * i));
  return log;
}

bytes with_u16(bytes log, std::size_t offset, unsigned value) {
  log.at(offset) = static_cast<std::uint8_t>(value);
  log.at(offset + 1) = static_cast<std::uint8_t>(value >> 8U);
  return log;
}

// Offsets in small_log(). The header event has 32 bytes and, with two banks, 37 bytes of data.
constexpr std::size_t spec_count = 32 + 24;
constexpr std::size_t spec_banks = spec_count + 4;
constexpr std::size_t first_event = 32 + 37;
constexpr std::size_t first_count = first_event + 8;
constexpr std::size_t first_algorithm = first_count + 4;
constexpr std::size_t second_algorithm = first_algorithm + 2 + 20;
constexpr std::size_t first_size = second_algorithm + 2 + 32;

} // namespace

TEST_CASE("event log: real machines' logs parse whole, with all banks in each event") {
  for (const std::string machine : machines) {
    CAPTURE(machine);
    const auto raw = read_test_data("vm/" + machine + "/binary_bios_measurements");
    const auto log = parse_event_log(raw);
    REQUIRE(log.ok());
    CHECK(log->format() == tpm::event_log_format::crypto_agile);
    CHECK(log->padding() == 0);
    CHECK(log->events().size() == (machine.starts_with("grub") || machine.starts_with("bank") ? 52 : 26));
    for (const auto& event : log->events()) {
      if (!event.measured()) continue;
      CHECK(log->digest(event, hash_algorithm::sha256).size() == 32);
      CHECK(log->digest(event, hash_algorithm::sha1).size()
            == (log->has_bank(hash_algorithm::sha1) ? 20U : 0U));
      CHECK(log->digest(event, hash_algorithm::sm3_256).empty());
    }
  }
}

TEST_CASE("event log: foreign logs read as their tools read them") {
  struct row {
    const char* file;
    std::size_t events;
    tpm::event_log_format format;
  };
  // The number of events includes the header. The short log is a single EV_NO_ACTION that is not a Spec ID,
  // and so an old log of one event.
  const row rows[] = {
      {"kunpengsecl/binary_bios_measurements", 33, tpm::event_log_format::crypto_agile},
      {"kunpengsecl/binary_bios_measurements_ima-ng", 29, tpm::event_log_format::crypto_agile},
      {"go-attestation/crypto_agile_eventlog", 27, tpm::event_log_format::crypto_agile},
      {"go-attestation/coreos_36_shielded_vm_no_secure_boot_eventlog", 76,
       tpm::event_log_format::crypto_agile},
      {"go-attestation/ubuntu_2104_shielded_vm_no_secure_boot_eventlog", 106,
       tpm::event_log_format::crypto_agile},
      {"go-attestation/short_no_action_eventlog", 1, tpm::event_log_format::sha1_only},
  };
  for (const auto& [file, events, format] : rows) {
    CAPTURE(file);
    const auto raw = read_shared(file);
    if (!raw) {
      MESSAGE("skipped: ../shared/testdata/", file, " is not there");
      continue;
    }
    const auto log = parse_event_log(*raw);
    REQUIRE_MESSAGE(log.ok(), log.fault().check);
    CHECK(log->events().size() == events);
    CHECK(log->format() == format);
  }
}

TEST_CASE("event log: cut at any byte, it is malformed or reads as the log up to that event") {
  const auto raw = read_test_data("vm/direct-tis/binary_bios_measurements");
  const auto whole = parse_event_log(raw);
  REQUIRE(whole.ok());
  std::size_t boundaries = 0;
  for (std::size_t size = 0; size < raw.size(); ++size) {
    const auto cut = parse_event_log(byte_view{raw}.first(size));
    if (!cut) {
      CHECK(cut.fault().code == errc::malformed);
      continue;
    }
    // A log does not state its length, so only replay can show that events are missing. The rest of a cut
    // event may also read as padding if it is zeros.
    ++boundaries;
    CHECK(cut->events().size() < whole->events().size());
    CHECK(cut->padding() < 12);
  }
  CHECK(boundaries >= whole->events().size() - 1);
}

TEST_CASE("event log: padding is zeros or ones to the end, and nothing else") {
  for (const auto byte : {std::uint8_t{0x00}, std::uint8_t{0xff}}) {
    auto raw = small_log();
    raw.insert(raw.end(), 1000, byte);
    const auto log = parse_event_log(raw);
    REQUIRE(log.ok());
    CHECK(log->padding() == 1000);
    CHECK(log->events().size() == 3);
    raw.push_back(0x41);
    CHECK_FALSE(parse_event_log(raw).ok());
  }
}

TEST_CASE("check 25: padding is searched once: four MiB of zeros and a last 01 cost no extra work") {
  // Old format, PCR 0, type 0, no data: 16,384 events up to the cap,
  // each followed by all the remaining zeros.
  bytes raw(tpm::event_log::max_bytes, 0);
  raw.back() = 1;
  const auto before = std::clock();
  const auto log = tpm::parse_event_log(raw);
  const auto seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  REQUIRE_FALSE(log.ok());
  CHECK(log.fault().code == errc::limit);
  CHECK(seconds < 5); // 30 s or more if the zeros are read again before each event
}

TEST_CASE("check 11: malformed headers and events are refused, and the fault says where") {
  struct row {
    const char* what;
    bytes log;
    errc code;
    const char* text;
  };
  const auto good = small_log();
  REQUIRE(parse_event_log(good).ok());
  auto too_long = good;
  too_long.resize(event_log::max_bytes + 1);
  const row rows[] = {
      {"empty", {}, errc::malformed, "empty"},
      {"no algorithm", with_u32(good, spec_count, 0), errc::malformed, "Spec ID"},
      {"more algorithms than bytes", with_u32(good, spec_count, 8), errc::malformed, "Spec ID"},
      {"algorithm bomb", with_u32(good, spec_count, 0xffffffff), errc::malformed, "Spec ID"},
      {"SHA-1 of 32 bytes", with_u16(good, spec_banks + 2, 32), errc::malformed, "digest size"},
      {"unknown algorithm of 0 bytes", with_u32(good, spec_banks, 0x0000'7777), errc::malformed,
       "digest size"},
      {"unknown algorithm of 65 bytes", with_u32(good, spec_banks, 0x0041'7777), errc::malformed,
       "digest size"},
      {"one algorithm twice", with_u32(good, spec_banks, 0x0020'000b), errc::malformed, "twice"},
      {"one digest more than banks", with_u32(good, first_count, 3), errc::malformed, "event 1 at offset 69"},
      {"no digest", with_u32(good, first_count, 0), errc::malformed, "no bank has a digest of each event"},
      {"digest bomb", with_u32(good, first_count, 0xffffffff), errc::malformed, "event 1 at offset 69"},
      {"undeclared algorithm", with_u16(good, first_algorithm, 0x0c), errc::malformed, "header lacks"},
      {"one bank twice", with_u16(good, second_algorithm, 0x04), errc::malformed, "two digests"},
      {"PCR 24", with_u32(good, first_event, 24), errc::malformed, "PCR index"},
      {"event data bomb", with_u32(good, first_size, 0xffffffff), errc::limit, "too long"},
      {"event data longer than the log", with_u32(good, first_size, 4096), errc::malformed, "ends within"},
      {"log bomb", too_long, errc::limit, "bytes"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto log = parse_event_log(row.log);
    REQUIRE_FALSE(log.ok());
    CHECK(log.fault().code == row.code);
    CHECK_MESSAGE(log.fault().check.find(row.text) != std::string::npos, log.fault().check);
  }
}

TEST_CASE("event log: more events than the cap are a limit, and use no memory") {
  event_log_builder builder{{hash_algorithm::sha1}};
  for (std::size_t i = 0; i <= event_log::max_events; ++i)
    builder.event(1, event_type::event_tag, {});
  const auto log = parse_event_log(builder.view());
  REQUIRE_FALSE(log.ok());
  CHECK(log.fault().code == errc::limit);
}

TEST_CASE("event log: without a header it is the older SHA-1 log") {
  writer out;
  out.u32_le(4).u32_le(static_cast<std::uint32_t>(event_type::separator));
  out.put(crypto::hash(hash_algorithm::sha1, bytes(4, 0)).view()).u32_le(4).u32_le(0);
  const auto log = parse_event_log(out.view());
  REQUIRE(log.ok());
  CHECK(log->format() == tpm::event_log_format::sha1_only);
  CHECK(log->digest(log->events()[0], hash_algorithm::sha1).size() == 20);
  CHECK(log->digest(log->events()[0], hash_algorithm::sha256).empty());
}

TEST_CASE("event log: banks that we cannot compute and digests in another order are still read") {
  auto raw = small_log();
  // Replaces SHA-1 everywhere by an unknown algorithm of 20 bytes.
  raw = with_u16(with_u16(raw, spec_banks, 0x7777), first_algorithm, 0x7777);
  const auto second = first_size + 4 + 4;
  raw = with_u16(raw, second + 8 + 4, 0x7777);
  const auto log = parse_event_log(raw);
  REQUIRE_MESSAGE(log.ok(), log.fault().check);
  CHECK_FALSE(log->has_bank(hash_algorithm::sha1));
  CHECK(same(log->digest(log->events()[1], hash_algorithm::sha256),
             crypto::hash(hash_algorithm::sha256, bytes(4, 0)).view()));

  // The same event with its digests swapped.
  const auto good = small_log();
  bytes swapped(good.begin(), good.begin() + first_algorithm);
  append(swapped, byte_view{good}.subspan(second_algorithm, 34));
  append(swapped, byte_view{good}.subspan(first_algorithm, 22));
  append(swapped, byte_view{good}.subspan(first_size));
  const auto read = parse_event_log(swapped);
  REQUIRE(read.ok());
  for (const auto bank : two_banks)
    CHECK(same(read->digest(read->events()[1], bank), crypto::hash(bank, bytes(4, 0)).view()));
}

TEST_CASE("event log: types have the specification's names") {
  CHECK(to_string(event_type::separator) == "EV_SEPARATOR");
  CHECK(to_string(event_type::efi_variable_authority) == "EV_EFI_VARIABLE_AUTHORITY");
  CHECK(to_string(event_type{0x1234abcd}) == "EV_0x1234abcd");
}

TEST_CASE("event log: a bank that a measured event lacks is left out with a note") {
  const auto sha1 = static_cast<std::uint16_t>(hash_algorithm::sha1);
  const auto sha256 = static_cast<std::uint16_t>(hash_algorithm::sha256);
  // As Windows writes it (WBCL): the last event has only its SHA-256 digest.
  const auto windows = read_test_data("reports/wbcl-one-digest.bin");
  const auto log = parse_event_log(windows);
  REQUIRE_MESSAGE(log.ok(), log.fault().check);
  REQUIRE(log->banks().size() == 1);
  CHECK(log->banks()[0].algorithm == sha256);
  CHECK_FALSE(log->has_bank(hash_algorithm::sha1));
  REQUIRE(log->incomplete_banks().size() == 1);
  CHECK(log->incomplete_banks()[0].bank.algorithm == sha1);
  CHECK(log->incomplete_banks()[0].event == 3);
  CHECK(to_string(log->incomplete_banks()[0]) == "sha1 is left out: event 3 has no digest for it");
  for (const auto& event : log->events())
    if (event.number != 0)
      CHECK(same(log->digest(event, hash_algorithm::sha256),
                 crypto::hash(hash_algorithm::sha256, event.data).view()));
  CHECK(log->digest(log->events()[3], hash_algorithm::sha1).empty());

  // EV_NO_ACTION is not measured, so it may have any of the digests, or none.
  for (const std::size_t count : {0U, 1U, 2U}) {
    CAPTURE(count);
    event_log_builder builder{two_banks};
    builder.event_of({two_banks.begin(), two_banks.begin() + static_cast<std::ptrdiff_t>(count)}, 0,
                     event_type::no_action, as_bytes("anything"));
    const auto unmeasured = parse_event_log(builder.separator(0).view());
    REQUIRE_MESSAGE(unmeasured.ok(), unmeasured.fault().check);
    CHECK(unmeasured->banks().size() == 2);
    CHECK(unmeasured->incomplete_banks().empty());
  }
  const auto sample = read_test_data("reports/noaction-sha1-only.bin");
  const auto locality = parse_event_log(sample);
  REQUIRE_MESSAGE(locality.ok(), locality.fault().check);
  CHECK(locality->banks().size() == 2);

  // Each event has a digest, and no bank has all of them.
  event_log_builder none{two_banks};
  none.event_of({hash_algorithm::sha1}, 0, event_type::action, as_bytes("a"));
  none.event_of({hash_algorithm::sha256}, 0, event_type::action, as_bytes("b"));
  const auto empty = parse_event_log(none.view());
  REQUIRE_FALSE(empty.ok());
  CHECK(empty.fault().check.find("event 2 at offset") != std::string::npos);
  // What could be read of it is shown, under the bank that was whole up to there.
  const auto beginning = tpm::read_event_log(none.view());
  CHECK(beginning.log.events().size() == 2);
  CHECK(beginning.log.has_bank(hash_algorithm::sha1));
}
