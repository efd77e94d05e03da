#include "tests/tpm/logs.hpp"
#include "tpm/format/ima_ascii.hpp"
#include "tpm/format/ima_log.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace muster;
using namespace muster::tpm;

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string refused_ascii(std::string_view text) {
  const auto read = read_ascii_ima(text);
  return read.ended ? "accepted" : read.ended.fault().check;
}

} // namespace

TEST_CASE("the text list of a real machine converts to its binary list, byte for byte") {
  const std::filesystem::path machines = MUSTER_SOURCE_DIR "/../shared/testdata/vm";
  if (!std::filesystem::exists(machines)) {
    MESSAGE("skipped: no ", machines.string());
    return;
  }
  std::size_t compared = 0;
  for (const auto& machine : std::filesystem::directory_iterator{machines}) {
    const auto text = content_of(machine.path() / "ascii_runtime_measurements");
    const auto binary = content_of(machine.path() / "binary_runtime_measurements");
    if (text.empty() || binary.empty()) continue;
    CAPTURE(machine.path().string());
    REQUIRE(looks_like_ascii_ima(as_bytes(text)));
    REQUIRE_FALSE(looks_like_ascii_ima(as_bytes(binary)));
    const auto made = ima_log_from_ascii(text);
    REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.fault().check));
    // The two forms were read one after the other, so the longer one has entries that came in between.
    const auto shared = std::min(made->size(), binary.size());
    CHECK(shared > 1000);
    CHECK(as_text(*made).substr(0, shared) == std::string_view{binary}.substr(0, shared));
    ++compared;
  }
  CHECK(compared >= 5);
}

TEST_CASE("each template's words become its fields") {
  const std::string zeros(40, '0');
  const std::string ones(40, '1');
  const auto entry = [&](std::string_view rest) { return "10 " + ones + " " + std::string{rest} + "\n"; };
  const auto read = [](std::string_view text) { return read_ascii_ima(text).ended.ok(); };
  CHECK(read(entry("ima " + zeros + " boot_aggregate")));
  CHECK(read(entry("ima-ng sha1:" + zeros + " /a")));
  CHECK(read(entry("ima-sig sha1:" + zeros + " /a "))); // no signature
  CHECK(read(entry("ima-sig sha1:" + zeros + " /a 030204")));
  CHECK(read(entry("ima-ngv2 ima:sha1:" + zeros + " /a")));
  CHECK(read(entry("d-ng|n-ng|iuid sha1:" + zeros + " /a 1000")));
  CHECK(read(entry("ima " + zeros + " /tmp/#17 (deleted)")));
  CHECK(ima_log_from_ascii("").value().empty());
}

namespace {

std::string hex_of(hash_algorithm by, byte_view data) { return to_hex(crypto::hash(by, data).view()); }

/// A line of ima-ng for this data, with the given template digest.
std::string ng_line(const std::string& column) {
  return "10 " + column + " ima-ng sha256:" + to_hex(crypto::sha256(as_bytes("x"))) + " /a\n";
}

bytes ng_data(std::endian order) {
  auto data = testing::ima_ng_data("/a", "x");
  if (order == std::endian::big)
    for (const std::size_t at : {0U, 44U})
      std::reverse(data.begin() + static_cast<std::ptrdiff_t>(at),
                   data.begin() + static_cast<std::ptrdiff_t>(at) + 4);
  return data;
}

} // namespace

TEST_CASE("check 44: the template digest of a line says which data was measured, and in which order") {
  for (const auto order : {std::endian::little, std::endian::big})
    for (const auto by : {hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384,
                          hash_algorithm::sha512}) { // the list of one bank has that bank's digests
      CAPTURE(to_string(by));
      const auto data = ng_data(order);
      const auto made = ima_log_from_ascii(ng_line(hex_of(by, data)));
      REQUIRE_MESSAGE(made.ok(), made.fault().check);
      ima_log_reader reader;
      ima_entry entry;
      REQUIRE(reader.read(*made, entry).value() == made->size());
      CHECK(entry.order == order);
      CHECK(same(entry.data, data));
    }
  const auto padded = hex_of(hash_algorithm::sha1, ng_data(std::endian::little)) + std::string(24, '0');
  CHECK(ima_log_from_ascii(ng_line(padded)).ok()); // a bank that old kernels fill
}

TEST_CASE("check 44: a text that does not give what was measured is no evidence") {
  const auto good = ng_line(hex_of(hash_algorithm::sha1, ng_data(std::endian::little)));
  const auto other = ng_line(std::string(40, '1'));
  const auto refused = ima_log_from_ascii(good + other + other);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().code == errc::unsupported);
  CHECK(
      refused.fault().check.starts_with("line 2: ima-ascii: its template digest is not that of its fields"));
  // For people it is read, and says from where on only its own bank can be replayed.
  const auto read = read_ascii_ima(good + other + other);
  CHECK(read.ended.ok());
  CHECK(read.lost == 2);
  CHECK(read.hash_size == 20);
  CHECK(read.template_hashes.size() == 60);
  // Nothing is hashed of a violation.
  const auto violation = ng_line(std::string(40, '0'));
  CHECK(ima_log_from_ascii(good + violation).ok());
  CHECK(refused_ascii(good + ng_line(std::string(64, '1')))
        == "line 2: ima-ascii: the template digest has another length than before");
  CHECK(refused_ascii(ng_line(std::string(130, '1')))
        == "line 1: ima-ascii: the template digest has the length of no hash");
}

TEST_CASE("a list is text if it begins with a PCR in digits") {
  CHECK(looks_like_ascii_ima(as_bytes("10 ab")));
  CHECK(looks_like_ascii_ima(as_bytes(" 4 ab")));
  for (const auto& binary : {testing::read_test_data("ima-odd/big-endian.bin"),
                             testing::read_test_data("ima-odd/sm3-256.bin"), bytes{}, bytes{'1', '0'}})
    CHECK_FALSE(looks_like_ascii_ima(binary));
}

TEST_CASE("a malformed line is refused with its number") {
  const std::string line = "10 " + std::string(40, '1') + " ima-ng sha1:" + std::string(40, '0') + " /a\n";
  REQUIRE(refused_ascii(line) == "accepted");
  CHECK(refused_ascii(line + "x") == "line 2: ima-ascii: it is not complete");
  CHECK(refused_ascii(line + line.substr(0, line.size() - 1)) == "line 2: ima-ascii: it is not complete");
  CHECK(refused_ascii("x" + line) == "line 1: ima-ascii: the PCR is no number");
  CHECK(refused_ascii("24" + line.substr(2)) == "line 1: ima-ascii: PCR index");
  CHECK(refused_ascii("10 zz\n") == "line 1: ima-ascii: the template digest is not hex");
  CHECK(refused_ascii("10 00\n") == "line 1: ima-ascii: the template digest has the length of no hash");
  CHECK(refused_ascii("10 " + std::string(40, '1') + " ima-ng sha1:00\n")
        == "line 1: ima-ascii: a field is missing");
  CHECK(refused_ascii("10 " + std::string(40, '1') + " ima-ng 00 /a\n")
        == "line 1: ima-ascii: a digest without its algorithm");
  CHECK(
      refused_ascii("10 " + std::string(40, '1') + " ima-sig sha1:" + std::string(40, '0') + " /a 00 more\n")
      == "line 1: ima-ascii: words behind the last field");
  CHECK(refused_ascii("10 " + std::string(40, '1') + " no-such x\n").starts_with("line 1: "));
}
