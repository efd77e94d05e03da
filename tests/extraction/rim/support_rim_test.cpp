// What breaks if these fail: a machine is compared with boot values that no manifest vouches for.
#include "extraction/rim/support_rim.hpp"
#include "tests/appraisal/boot_log_writer.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace support_rim_test {

using namespace muster;
using namespace muster::extraction;

namespace {

std::string manifest(const std::string& name) {
  std::ifstream in{std::string{MUSTER_SOURCE_DIR "/tests/data/rim-pc/"} + name, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

verified_rim base(const std::string& name = "plain") {
  const std::vector roots{crypto::certificate::from_pem(manifest("root.pem")).value()};
  const auto signer = crypto::certificate::from_pem(manifest("signer.pem")).value();
  return verify_rim(as_bytes(manifest(name + ".xml")), roots, signer.fields().not_before).value();
}

bool separator_of(const testing::written_event& e) { return e.data == bytes(4, 0); }

bytes genuine_log() { return testing::read_test_data("vm/grub-sb/binary_bios_measurements"); }

} // namespace

TEST_CASE("the event log that a manifest names gives the values that the machine has") {
  const auto log = genuine_log();
  const auto got = read_support_rim(log, base());
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->name == "rim/Example.com.BIOS.01.rimel");
  const auto machine = testing::parse_pcrread(testing::read_test_data("vm/grub-sb/pcrread.txt"));
  REQUIRE(got->pcrs.size() == 3);
  REQUIRE(got->events.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& one = got->pcrs[i];
    CHECK(one.index == std::array{0, 2, 3}[i]);
    CHECK(one.algorithm == hash_algorithm::sha256);
    CHECK(same(one.value.view(), machine.get(hash_algorithm::sha256, one.index)));
    CHECK(got->events[i].pcr == one.index);
    // The events lead to the value.
    crypto::digest value{bytes(32, 0)};
    for (const auto& event : got->events[i].events)
      value = crypto::hash(hash_algorithm::sha256, {value.view(), event.digest.view()});
    CHECK(value == one.value);
  }
  CHECK(got->notes.size() >= 4); // PCR 1, 4, 5, 7 are of the machine
}

TEST_CASE("check 27: a log that the manifest does not name says nothing") {
  auto log = genuine_log();
  log.back() ^= 1;
  const auto got = read_support_rim(log, base());
  REQUIRE_FALSE(got.ok());
  CHECK(got.fault().code == errc::mismatch);
  CHECK(got.fault().check == "support-rim: no File of the manifest has its digest");
}

TEST_CASE("check 27: a patch or a supplement says only what it changes, so it gives no value") {
  for (const auto* name : {"patch", "supplement"})
    CHECK(read_support_rim(genuine_log(), base(name)).fault().code == errc::denied);
}

TEST_CASE("check 27: a PCR whose log is not whole is not taken") {
  using testing::written_log;
  struct row {
    const char* what;
    void (*change)(written_log&);
    std::vector<unsigned> taken;
  };
  const row rows[] = {
      {"as it is", [](written_log&) {}, {0, 2, 3}},
      {"no separator in PCR 0",
       [](written_log& log) {
         std::erase_if(log.events, [](const auto& e) { return e.pcr == 0 && separator_of(e); });
       },
       {2, 3}},
      {"two in PCR 2",
       [](written_log& log) { log.events.push_back(log.made(2, tpm::event_type::separator, bytes(4, 0))); },
       {0, 3}},
      {"an error in PCR 3",
       [](written_log& log) {
         for (auto& e : log.events)
           if (e.pcr == 3 && separator_of(e))
             e = log.made(3, tpm::event_type::separator, from_hex("01000000").value());
       },
       {0, 2}},
      {"only PCR 4",
       [](written_log& log) { std::erase_if(log.events, [](const auto& e) { return e.pcr != 4; }); },
       {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    auto log = written_log::of(genuine_log());
    row.change(log);
    const auto got = boot_expected_by(log.raw());
    if (row.taken.empty()) {
      CHECK(got.fault().code == errc::denied);
      continue;
    }
    REQUIRE_MESSAGE(got.ok(), got.fault().check);
    std::vector<unsigned> taken;
    for (const auto& one : got->pcrs)
      taken.push_back(one.index);
    CHECK(taken == row.taken);
    CHECK(got->events.size() == taken.size());
  }
  CHECK(boot_expected_by(as_bytes("not a log"))
            .fault()
            .check.starts_with("support-rim: it is not an event log"));
}

TEST_CASE("a manifest's digest is compared by each algorithm that it uses, and with whole files") {
  const auto rim = base();
  const auto log = genuine_log();
  CHECK(rim.name_of(log) == "rim/Example.com.BIOS.01.rimel");
  CHECK_FALSE(rim.name_of(byte_view{log}.first(log.size() - 1)));
  CHECK_FALSE(rim.name_of({}));
  CHECK_FALSE(rim.is_partial());
}

} // namespace support_rim_test
