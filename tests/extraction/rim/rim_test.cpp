#include "extraction/rim/rim.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace muster;
using namespace muster::extraction;

namespace {

std::string file(const std::string& name) {
  std::ifstream in{std::string{MUSTER_SOURCE_DIR "/tests/data/rim/"} + name, std::ios::binary};
  std::string out{std::istreambuf_iterator<char>{in}, {}};
  REQUIRE_MESSAGE(!out.empty(), name);
  return out;
}

std::vector<crypto::certificate> certificates(const std::string& name) {
  return {crypto::certificate::from_pem(file(name)).value()};
}

/// A time within the validity of every certificate of the folder.
wall_time while_valid() {
  constexpr std::uint64_t a_day = 86'400'000;
  return {certificates("rsa.pem")[0].fields().not_before.milliseconds + a_day};
}

result<verified_rim> verify(const std::string& text, const std::string& root = "root.pem") {
  return verify_rim(as_bytes(text), certificates(root), while_valid());
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

std::string part(const std::string& text, std::string_view from, std::string_view to) {
  const auto first = text.find(from);
  const auto last = text.find(to);
  REQUIRE((first != std::string::npos && last != std::string::npos));
  return text.substr(first, last + to.size() - first);
}

errc refused(const std::string& text, const std::string& root = "root.pem") {
  const auto got = verify(text, root);
  REQUIRE_FALSE(got.ok());
  return got.fault().code;
}

const std::string payload =
    "<Payload><File name=\"/usr/bin/evil\" SHA256:hash=\"" + std::string(64, 'e') + "\"/></Payload>";

} // namespace

TEST_CASE("manifests that xmlsec1 signed are verified and read, in every canonical form") {
  for (const auto* name : {"good-rsa.xml", "good-ecdsa.xml", "good-c14n11.xml"}) {
    const auto got = verify(file(name));
    REQUIRE_MESSAGE(got.ok(), name << ": " << got.fault().check);
    CHECK(got->product().name == "openEuler base");
    CHECK(got->product().version == "22.03");
    REQUIRE(got->files().size() == 2);
    CHECK(got->files()[0].path == "/usr/bin/bash");
    CHECK(same(got->files()[0].digest, crypto::sha256(as_bytes("bash"))));
    CHECK(got->files()[1].path == "/usr/lib/libc.so.6"); // its hash is in base64
    CHECK(same(got->files()[1].digest, crypto::sha256(as_bytes("libc"))));
    CHECK(got->report().left_out() == 2);
    CHECK(got->report().count(loss::outside) == 1);
    CHECK(got->report().count(loss::other_algorithm) == 1); // SHA-1 only
  }
}

TEST_CASE("a changed manifest does not verify") {
  const auto good = file("good-rsa.xml");
  CHECK(refused(replaced(good, "bash\" size", "evil\" size")) == errc::mismatch);
  CHECK(refused(replaced(good, "<Payload>", payload + "<Payload>")) == errc::mismatch);
  CHECK(refused(replaced(good, "version=\"22.03\"", "version=\"22.04\"")) == errc::mismatch);
  CHECK(refused(replaced(good, "<DigestValue>", "<DigestValue>AAAA")) == errc::mismatch);
  // The digest is right, but the signature is over another SignedInfo.
  CHECK(refused(replaced(good, "<SignedInfo>", "<SignedInfo Id=\"x\">")) == errc::mismatch);
  // Comments are not signed, but nothing is read from them either.
  CHECK(verify(replaced(good, "<!-- a comment -->", "<!-- another -->")).ok());
}

TEST_CASE("signature wrapping: what is read is what was signed, wherever the signed document is moved") {
  const auto good = file("good-rsa.xml");
  const auto head = good.substr(0, good.find("<SoftwareIdentity"));
  const auto whole = part(good, "<SoftwareIdentity", "</SoftwareIdentity>");
  const auto signature = part(good, "<Signature ", "</Signature>");
  const auto open = whole.substr(0, whole.find('>') + 1);
  // The signed document below a new root, with its signature.
  CHECK_FALSE(verify(head + open + payload + whole + "</SoftwareIdentity>"));
  // The signed document in an Object of the signature, with a new document around it.
  const auto object = replaced(signature, "</Signature>", "<Object>" + whole + "</Object></Signature>");
  CHECK_FALSE(verify(head + open + payload + object + "</SoftwareIdentity>"));
  // A payload in the signature itself, which the enveloped transform excludes from the digest.
  CHECK_FALSE(verify(replaced(good, "</Signature>", payload + "</Signature>")));
  CHECK_FALSE(verify(replaced(good, "</Signature>", "<Object>" + payload + "</Object></Signature>")));
  // A Reference to the signed part by its Id, next to a new part.
  CHECK_FALSE(verify(
      replaced(replaced(good, "URI=\"\"", "URI=\"#good\""), "<Payload>", payload + "<Payload Id=\"good\">")));
  // A second signature; then the only signature, in another place.
  CHECK_FALSE(verify(replaced(good, "</Payload>", "</Payload>" + signature)));
  CHECK_FALSE(verify(replaced(replaced(good, signature, ""), "</Payload>", signature + "</Payload>")));
  CHECK_FALSE(verify(replaced(good, "</Reference>", "</Reference><Reference URI=\"\"/>")));
}

TEST_CASE("only the named root is accepted, for signatures, while it is valid") {
  CHECK(refused(file("good-rsa.xml"), "stranger.pem") == errc::untrusted);
  CHECK(refused(file("other.xml")) == errc::untrusted);
  CHECK(refused(file("encrypts.xml")) == errc::denied);
  const auto long_ago = verify_rim(as_bytes(file("good-rsa.xml")), certificates("root.pem"), wall_time{0});
  REQUIRE_FALSE(long_ago.ok());
  CHECK(long_ago.fault().code == errc::expired);
  CHECK_FALSE(verify_rim(as_bytes(file("good-rsa.xml")), {}, while_valid()));
}

TEST_CASE("the signer's own certificate may be the named one, and then need not be sent along") {
  const auto good = file("good-rsa.xml");
  CHECK(verify(good, "rsa.pem").ok());
  const auto bare = replaced(good, part(good, "<KeyInfo>", "</KeyInfo>"), "");
  CHECK(verify(bare, "rsa.pem").ok());
  CHECK_FALSE(verify(bare, "root.pem"));
}

TEST_CASE("a web server's certificate under the same root signs nothing, unless it is itself the named one") {
  const auto signed_by_server = file("web.xml");
  CHECK(refused(signed_by_server) == errc::denied);
  CHECK(verify(signed_by_server).fault().check.find("code signing") != std::string::npos);
  CHECK(verify(signed_by_server, "web.pem").ok());
}

TEST_CASE("SHA-1, and transforms that choose what is signed, are refused") {
  CHECK(refused(file("sha1-signature.xml")) == errc::unsupported);
  CHECK(refused(file("sha1-digest.xml")) == errc::unsupported);
  CHECK(refused(file("xpath.xml")) == errc::unsupported);
}

TEST_CASE("unsigned, malformed and oversized XML, and XML with a document type, is refused") {
  const auto good = file("good-rsa.xml");
  CHECK(refused(replaced(good, part(good, "<Signature ", "</Signature>"), "")) == errc::untrusted);
  CHECK(refused("") == errc::malformed);
  CHECK(refused("<a>") == errc::malformed);
  const auto body = good.substr(good.find("<SoftwareIdentity"));
  CHECK(refused("<!DOCTYPE SoftwareIdentity [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + body)
        == errc::malformed);
  CHECK(refused("<!DOCTYPE SoftwareIdentity>" + body) == errc::malformed);
  CHECK(refused(std::string(max_rim_bytes + 1, ' ')) == errc::limit);
  std::string deep;
  for (int i = 0; i < 5000; ++i)
    deep += "<a>";
  CHECK(refused(deep) == errc::malformed);
}
