#include "extraction/keylime_policy.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::extraction;

namespace {

const std::string a64(64, 'a');
const std::string zero(64, '0');

bool tells(const keylime_policy& policy, std::string_view part) {
  return std::ranges::any_of(
      policy.notes, [part](const std::string& note) { return note.find(part) != std::string::npos; });
}

} // namespace

TEST_CASE("the length of a digest decides its algorithm") {
  const auto got = parse_keylime_policy(
      R"({"meta":{"version":1,"generator":3,"timestamp":"2026-01-01 00:00:00"},"release":0,"digests":{)"
      R"("/usr/bin/ls":[")"
      + a64 + R"(",")" + std::string(40, 'B') + R"("],"boot_aggregate":[")" + a64 + R"("],"/x":[")" + zero
      + R"("]},"excludes":[],"keyrings":{},"ima":{"ignored_keyrings":[],"log_hash_alg":"sha1",)"
        R"("dm_policy":null},"ima-buf":{},"verification-keys":""})");
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  REQUIRE(got->files.size() == 2);
  CHECK(got->files[0].path == "/usr/bin/ls");
  CHECK(got->files[0].algorithm == hash_algorithm::sha256);
  CHECK(got->files[1].algorithm == hash_algorithm::sha1);
  CHECK(tells(*got, "ima.log_hash_alg: not needed"));
  CHECK(tells(*got, "boot_aggregate was left out"));
  CHECK(tells(*got, "1 digest of only zeros"));
  CHECK(got->notes.size() == 3);
}

TEST_CASE("parts that a set cannot express are reported, not dropped silently") {
  const auto got = parse_keylime_policy(
      R"({"digests":{},"excludes":["/tmp/.*","/var\n"],"keyrings":{".ima":["00"]},"ima":{"ignored_keyrings":["*"],)"
      R"("dm_policy":{"version":1}},"ima-buf":{"dm":["1"]},"verification-keys":"MIIB","surprise":true})");
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->excludes.size() == 2);
  for (const auto* part :
       {"excludes: Keylime passes over /tmp/.*;", "keyrings: not taken over", "ima.ignored_keyrings",
        "ima.dm_policy", "ima-buf: not", "verification-keys: not", "surprise: not"})
    CHECK_MESSAGE(tells(*got, part), part);
  for (const auto& note : got->notes)
    CHECK(note.find('\n') == std::string::npos);
}

TEST_CASE("a file that is not a policy is refused with the place") {
  const struct {
    std::string json;
    std::string_view says;
  } table[] = {
      {"[]", "expected an object"},
      {"{", "not JSON"},
      {"{}", "digests: expected paths"},
      {R"({"digests":[]})", "digests: expected paths"},
      {R"({"digests":{"/a":"x"}})", "/a: expected a list"},
      {R"({"digests":{"/a":["xyz"]}})", "/a: expected a digest"},
      {R"({"digests":{"/a":[")" + std::string(64, 'g') + R"("]}})", "/a: expected a digest"},
      {R"({"digests":{"/a":[],"/a":[]}})", "twice in one object"},
      {R"({"digests":{},"excludes":"x"})", "excludes: expected a list"},
      {R"({"meta":{"version":6},"digests":{}})", "meta.version"},
      {R"({"meta":{"version":"1"},"digests":{}})", "meta.version"},
  };
  for (const auto& [json, says] : table) {
    const auto got = parse_keylime_policy(json);
    REQUIRE_FALSE_MESSAGE(got.ok(), json);
    CHECK_MESSAGE(got.fault().check.find(says) != std::string::npos, got.fault().check);
  }
}

TEST_CASE("a policy in a DSSE envelope is read, and who is said to have signed it") {
  // {"digests":{"/usr/bin/ls":["aaaa..."]}}, in either alphabet of base64, with and without padding.
  const std::string whole = "eyJkaWdlc3RzIjp7Ii91c3IvYmluL2xzIjpbImFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh"
                            "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWEiXX19IA==";
  const auto enveloped = [](const std::string& payload, const std::string& rest) {
    return R"({"payload":")" + payload + R"(","payloadType":"application/vnd.keylime+json","signatures":)"
           + rest + "}";
  };
  const std::string signed_by_x = R"([{"keyid":"x","sig":"AAAA"}])";
  for (const auto& payload : {whole, whole.substr(0, whole.size() - 2)}) {
    const auto got = parse_keylime_policy(enveloped(payload, signed_by_x));
    REQUIRE_MESSAGE(got.ok(), got.fault().check);
    REQUIRE(got->files.size() == 1);
    CHECK(got->files[0].path == "/usr/bin/ls");
    CHECK(got->notes.front().starts_with(
        "a DSSE envelope that says it was signed by x; the signature was not verified"));
  }
  // A keyid can be a whole key; none is a name as well.
  CHECK(
      tells(*parse_keylime_policy(enveloped(whole, R"([{"keyid":"-----BEGIN\nX","sig":"AA"},{"sig":"-_"}])")),
            "signed by the key or certificate with SHA-256 "));
  CHECK(
      tells(*parse_keylime_policy(enveloped(whole, R"([{"sig":"-_8"}])")), "signed by a key without a name"));

  const struct {
    std::string json;
    std::string_view says;
  } table[] = {
      {enveloped(whole, "[]"), "dsse: signatures: expected"},
      {enveloped(whole, "{}"), "dsse: signatures: expected"},
      {enveloped(whole, R"([{"keyid":"x"}])"), "expected sig in base64"},
      {enveloped(whole, R"([{"sig":"*"}])"), "expected sig in base64"},
      {enveloped(whole + "=", signed_by_x), "payload: expected text in base64"},
      {enveloped("A", signed_by_x), "payload: expected text in base64"},
      {enveloped("e30=", signed_by_x), "digests: expected paths"},
      {R"({"payload":"e30=","payloadType":"text/plain","signatures":[{"sig":"AA"}]})", "found text/plain"},
      {R"({"payload":1,"payloadType":"application/vnd.keylime+json","signatures":[{"sig":"AA"}]})",
       "payload: expected"},
  };
  for (const auto& [json, says] : table) {
    const auto got = parse_keylime_policy(json);
    REQUIRE_FALSE_MESSAGE(got.ok(), json);
    CHECK_MESSAGE(got.fault().check.find(says) != std::string::npos, got.fault().check);
  }
}
