// What breaks if these fail: manifests with a time are refused altogether, or a signer whose certificate has
// ended, and whose key may be anybody's by now, is believed.
#include "extraction/rim/rim.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace signature_time_test {

using namespace muster;
using namespace muster::extraction;

namespace {

std::string file(const std::string& name) {
  std::ifstream in{std::string{MUSTER_SOURCE_DIR "/tests/data/rim-pc/"} + name, std::ios::binary};
  std::string out{std::istreambuf_iterator<char>{in}, {}};
  REQUIRE_MESSAGE(!out.empty(), name);
  return out;
}

crypto::certificate certificate(const std::string& name) {
  return crypto::certificate::from_pem(file(name)).value();
}

enum class moment { before, while_valid, after };

/// Before, within and after the validity of the signer's certificate.
wall_time at(moment when) {
  constexpr std::uint64_t a_day = 86'400'000;
  const auto signer = certificate("signer.pem");
  const auto& fields = signer.fields();
  if (when == moment::before) return {fields.not_before.milliseconds - 60'000};
  return {when == moment::while_valid ? fields.not_before.milliseconds + a_day
                                      : fields.not_after.milliseconds + a_day};
}

enum class authority { none, named, stranger };

result<verified_rim> verify_text(const std::string& text, moment when, authority who = authority::none) {
  std::vector<crypto::certificate> time_roots;
  if (who == authority::named) time_roots.push_back(certificate("time-root.pem"));
  if (who == authority::stranger) time_roots.push_back(certificate("root.pem"));
  return verify_rim(as_bytes(text), std::vector{certificate("root.pem")}, at(when), time_roots);
}

result<verified_rim> verify(const std::string& name, moment when, authority who = authority::none) {
  return verify_text(file(name + ".xml"), when, who);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

} // namespace

TEST_CASE(
    "manifests with a time verify while the signer's certificate is valid, and say what the time is worth") {
  const std::pair<const char*, const char*> rows[] = {
      {"plain", ""},
      {"stated", "says that it was signed at 2026-01-01T00:00:00Z, which is the signer's own word"},
      {"counter", "has a time stamp (RFC 3852) that does not count: it may be of anything"},
      {"stamped", "has a time stamp (RFC 3161) that does not count: no authority is named for it"},
      {"stamped-garbage", "has a time stamp (RFC 3161) that does not count: no authority is named for it"},
  };
  for (const auto& [name, note] : rows) {
    CAPTURE(name);
    const auto got = verify(name, moment::while_valid);
    REQUIRE_MESSAGE(got.ok(), got.fault().check);
    CHECK(got->time_note() == note);
    CHECK(got->signer() == "CN=signer");
  }
  CHECK(verify("stamped", moment::while_valid, authority::named)->time_note()
        == "was stamped by an authority for time stamps");
  CHECK(verify("stamped-other", moment::while_valid, authority::named)->time_note()
        == "has a time stamp that does not count: time stamp: it is of something else than this signature");
}

TEST_CASE("check 27: a certificate that has ended counts only by the stamp of an authority that is named") {
  CHECK(verify("stamped", moment::after, authority::named).ok());
  struct row {
    const char* name;
    authority who;
    const char* says;
  };
  const row rows[] = {
      {"plain", authority::named, "signer: its certificate is not valid at this time"},
      {"stated", authority::named, "which is the signer's own word"},
      {"counter", authority::named, "it may be of anything"},
      {"stamped", authority::none, "no authority is named for it"},
      {"stamped", authority::stranger, "no authority for time stamps under the named root signed it"},
      {"stamped-other", authority::named, "it is of something else than this signature"},
      {"stamped-sha1", authority::named, "its imprint is not by SHA-256"},
      {"stamped-pretender", authority::named, "no authority for time stamps under the named root signed it"},
      {"stamped-garbage", authority::named, "it is not a token of RFC 3161"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto got = verify(row.name, moment::after, row.who);
    REQUIRE_FALSE(got.ok());
    CHECK(got.fault().code == errc::expired);
    CHECK_MESSAGE(got.fault().check.find(row.says) != std::string::npos, got.fault().check);
  }
  // A stamp of a time at which the reader's clock is not yet.
  CHECK_FALSE(verify("stamped", moment::before, authority::named).ok());
}

TEST_CASE("check 27: a stamp belongs to one signature") {
  const auto from = file("stamped.xml");
  const auto first = from.find("<Object>");
  const auto object = from.substr(first, from.find("</Object>") + 9 - first);
  for (const auto* other : {"patch.xml", "supplement.xml"}) {
    const auto text = replaced(file(other), "</Signature>", object + "</Signature>");
    CHECK(verify_text(text, moment::while_valid, authority::named).ok());
    CHECK_FALSE(verify_text(text, moment::after, authority::named).ok());
  }
}

TEST_CASE("check 27: what is signed with a time is the time alone, and the Object holds nothing else") {
  const auto stated = file("stated.xml");
  const auto refused = [](const std::string& text) {
    return !verify_text(text, moment::while_valid, authority::named).ok();
  };
  CHECK(refused(replaced(stated, "2026-01-01", "2025-01-01")));
  CHECK(refused(replaced(stated, "URI=\"#TST\"", "URI=\"#RimSignature\"")));
  CHECK(refused(replaced(stated, "URI=\"#TST\"", "URI=\"\"")));
  CHECK(refused(replaced(stated, "Id=\"TST\"", "Id=\"TSU\"")));
  CHECK(refused(
      replaced(stated, "</SignatureProperties>", "<SignatureProperty Id=\"x\"/></SignatureProperties>")));
  CHECK(refused(replaced(stated, "</Object>", "</Object><Object/>")));
  CHECK(refused(replaced(stated, "</Object>", "<Payload/></Object>")));
  CHECK(refused(replaced(stated, "dateTime=", "when=")));
  // A property that no Reference covers, and a Reference that covers none.
  const auto first = stated.find("<Object>");
  const auto object = stated.substr(first, stated.find("</Object>") + 9 - first);
  CHECK(refused(replaced(file("plain.xml"), "</Signature>", object + "</Signature>")));
  CHECK(refused(replaced(stated, object, "")));
  const auto stamped = file("stamped.xml");
  CHECK(refused(replaced(stamped, "<xades:SignatureTimeStamp>", "<xades:SignatureTimeStamp><Payload/>")));
  CHECK(refused(replaced(stamped, "EncapsulatedTimeStamp>", "EncapsulatedTimeStamp>*")));
}

} // namespace signature_time_test
