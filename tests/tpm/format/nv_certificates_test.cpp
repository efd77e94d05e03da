// What NV indices of real TPMs hold where an EK certificate or its chain should be. What breaks if these fail: one
// index that its maker never filled keeps a machine from enrolling, although another one has a good certificate.
#include "crypto/ek_issuer.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/format/nv_certificates.hpp"

#include <doctest/doctest.h>

namespace nv_certificates_test {

using namespace muster;
using namespace muster::tpm;

namespace {

constexpr wall_time made{1'767'225'600'000};
constexpr wall_time end{1'767'225'600'000 + 365ULL * 86'400'000};

const crypto::ek_issuer& vendor() {
  static const auto one = crypto::ek_issuer::make("Test", {made, end}).value();
  return one;
}
const bytes& root() { return vendor().root().der(); }
const bytes& intermediate() { return vendor().intermediate().der(); }

bytes repeated(std::size_t n, std::uint8_t byte) { return bytes(n, byte); }

bytes joined(std::initializer_list<bytes> parts) {
  bytes out;
  for (const auto& one : parts)
    append(out, one);
  return out;
}

/// Under a TCG_PCCLIENT_STORED_CERT header; `tag`: with TCG_FULL_CERT's tag after it.
bytes stored(const bytes& der, bool tag, std::uint16_t length) {
  writer out;
  out.u16_be(0x1001).u8(0).u16_be(length);
  if (tag) out.u16_be(0x1002);
  return out.put(der).take();
}

std::uint16_t length_of(const bytes& der) { return static_cast<std::uint16_t>(der.size()); }

nv_chain chain(std::vector<bytes> contents, std::size_t most = 8) {
  std::vector<nv_content> indices;
  for (std::uint32_t i = 0; i < contents.size(); ++i)
    indices.push_back({0x01c00100 + i, contents[i]});
  return chain_in_nv(indices, most);
}

} // namespace

TEST_CASE(
    "EK certificate in NV: an index that is all ff, all 00, empty or something else has none, and says why") {
  struct row {
    bytes content;
    const char* why;
  };
  const row rows[] = {
      {repeated(1200, 0xff), "all of its bytes are ff"}, // testdata/reports/ek-nv/all-ff.bin
      {repeated(1200, 0x00), "all of its bytes are 00"},
      {repeated(1, 0xff), "all of its bytes are ff"},
      {{}, "no bytes"},
      {joined({repeated(600, 0xff), repeated(600, 0x00)}), "does not begin with a SEQUENCE"},
      {joined({bytes{0x10, 0x01, 0x01, 0x04, 0x00}, root()}), "partial certificate"},
      {bytes{0x10, 0x01, 0x00}, "does not begin with a SEQUENCE"},
      {bytes{0x10, 0x01, 0x00, 0x00, 0x02, 0x10, 0x02}, "does not begin with a SEQUENCE"},
      {joined({bytes{0x10, 0x01, 0x00, 0xff, 0xff}, repeated(64, 0xff)}), "does not begin with a SEQUENCE"},
      {to_bytes(byte_view{root()}.first(root().size() - 1)), "longer than what holds it"},
  };
  for (const auto& [content, why] : rows) {
    CAPTURE(why);
    const auto found = certificate_in_nv(content);
    REQUIRE_FALSE(found.ok());
    CHECK(found.fault().check.find(why) != std::string::npos);
  }
}

TEST_CASE("EK certificate in NV: padding after the certificate and the TCG's header before it are stripped") {
  for (const auto filler : {std::uint8_t{0x00}, std::uint8_t{0xff}})
    for (const auto padding : {0, 1, 700})
      for (const auto& content :
           {root(), stored(root(), true, length_of(root())), stored(root(), false, length_of(root())),
            stored(root(), true, static_cast<std::uint16_t>(root().size() + 2)), stored(root(), true, 0)}) {
        const auto padded = joined({content, repeated(static_cast<std::size_t>(padding), filler)});
        const auto found = certificate_in_nv(padded);
        REQUIRE(found.ok());
        CHECK(same(*found, root()));
      }
}

TEST_CASE("EK chain in NV: several certificates in one index, and one certificate over several") {
  const std::vector<bytes> both{intermediate(), root()};
  const auto cut = static_cast<std::ptrdiff_t>(intermediate().size() / 3);
  const bytes first{intermediate().begin(), intermediate().begin() + cut};
  const bytes second{intermediate().begin() + cut, intermediate().begin() + 2 * cut};
  const bytes third{intermediate().begin() + 2 * cut, intermediate().end()};
  const std::vector<std::vector<bytes>> ways{
      {joined({intermediate(), root()})},
      {joined({intermediate(), repeated(9, 0xff), root(), repeated(90, 0x00)})},
      {intermediate(), root()},
      {stored(intermediate(), true, 0), stored(root(), false, 0)},
      {first, joined({second, third, root()})},
      {first, second, joined({third, repeated(5, 0xff)}), root()},
  };
  for (std::size_t i = 0; i < ways.size(); ++i) {
    CAPTURE(i);
    const auto found = chain(ways[i]);
    CHECK(found.certificates == both);
    CHECK(found.notes.empty());
  }
  CHECK(chain({}).certificates.empty());
  CHECK(chain({}).notes.empty());
}

TEST_CASE("EK chain in NV: an index that is wrong takes no certificate of another one away, and is noted") {
  const bytes half{intermediate().begin(), intermediate().begin() + 100};
  struct row {
    std::vector<bytes> contents;
    const char* index;
    const char* why;
  };
  const row rows[] = {
      {{repeated(800, 0xff), root()}, "0x01c00100", "no certificate"},
      {{root(), repeated(800, 0x00)}, "0x01c00101", "no certificate"},
      {{bytes{}, root()}, "0x01c00100", "no certificate"},
      {{bytes{1, 2, 3}, root()}, "0x01c00100", "no certificate"},
      {{joined({root(), bytes{1, 2, 3}})}, "0x01c00100", "no certificate"},
      {{half, root()}, "0x01c00100", "cut off"},
      {{root(), half}, "0x01c00101", "cut off"},
      {{half, bytes{1, 2, 3}, root()}, "0x01c00100", "cut off"},
      {{bytes{0x30, 0x80, 0x01}, root()}, "0x01c00100", "cut off"},
  };
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    CAPTURE(i);
    const auto found = chain(rows[i].contents);
    CHECK(found.certificates == std::vector<bytes>{root()});
    REQUIRE_FALSE(found.notes.empty());
    CHECK(found.notes.front().find(rows[i].index) != std::string::npos);
    CHECK(found.notes.front().find(rows[i].why) != std::string::npos);
  }
}

TEST_CASE("EK chain in NV: no more certificates than asked for") {
  const auto found = chain({joined({root(), root(), root()}), root()}, 2);
  CHECK(found.certificates.size() == 2);
  REQUIRE(found.notes.size() == 1);
  CHECK(found.notes.front().find("more than 2") != std::string::npos);
}

} // namespace nv_certificates_test
