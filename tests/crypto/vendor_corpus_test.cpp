// Certificates of real chips and vendors. They are stored next to the checkout and are not part of it.
#include "tests/crypto/lab_pki.hpp"

#include <algorithm>
#include <filesystem>

using namespace muster;
using namespace muster::crypto;
using namespace muster::crypto::testing;

namespace {

const std::string vendor_folder = shared_testdata + "kunpengsecl/ek-vendor-ca";
/// 2026-07-01, when IBM's RSA test CA and one of Infineon's intermediates have expired.
constexpr wall_time mid_2026{1'782'864'000'000};

bool absent(const std::string& path) {
  if (std::filesystem::exists(path)) return false;
  MESSAGE("skipped: no " << path);
  return true;
}

struct corpus {
  std::vector<std::string> names;
  std::vector<bytes> contents;
  std::vector<named_bytes> files() const {
    std::vector<named_bytes> out;
    for (std::size_t i = 0; i < names.size(); ++i)
      out.push_back({names[i], contents[i]});
    return out;
  }
};

corpus read_folder(const std::string& folder) {
  corpus out;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    out.names.push_back(entry.path().filename().string());
  std::ranges::sort(out.names);
  for (const auto& name : out.names)
    out.contents.push_back(file_bytes(folder + "/" + name));
  return out;
}

} // namespace

TEST_CASE("check 01: the folder of 50 vendor files gives a store without its two test CAs") {
  if (absent(vendor_folder)) return;
  const auto folder = read_folder(vendor_folder);
  REQUIRE(folder.names.size() == 50);
  auto files = folder.files();
  const auto store = vendor_store::make(files);
  REQUIRE(store.refused().size() == 2);
  CHECK(store.refused()[0].name == "cacert.pem");
  CHECK(store.refused()[1].name == "cacertecc.pem");
  CHECK(store.refused()[0].why.code == errc::denied);
  CHECK(store.roots().size() == 11);
  // Two files hold a chain of certificates that other files repeat.
  CHECK(store.intermediates().size() == 35);

  std::ranges::reverse(files);
  const auto reversed = vendor_store::make(files);
  CHECK(std::ranges::equal(reversed.roots(), store.roots()));
  CHECK(std::ranges::equal(reversed.intermediates(), store.intermediates()));
}

TEST_CASE("check 01: real EK certificates of a Nationz chip chain to their vendor's root") {
  if (absent(vendor_folder)) return;
  const auto folder = read_folder(vendor_folder);
  const auto store = vendor_store::make(folder.files());
  for (const auto* name : {"RSA_EK_cert.bin", "ECC_EK_cert.bin"}) {
    CAPTURE(name);
    const auto padded = file_bytes(shared_testdata + "kunpengsecl/" + name);
    REQUIRE_FALSE(padded.empty());
    CHECK(certificate::from_der(padded).fault().code == errc::malformed);
    const auto leaf = certificate::from_padded_der(padded);
    REQUIRE(leaf.ok());
    const auto verified = verify_ek_certificate(*leaf, {}, store, {}, mid_2026);
    if (!verified) MESSAGE(verified.fault().check);
    REQUIRE(verified.ok());
    CHECK(to_string(verified->manufacturer()) == "id:4E545A00");
    CHECK(verified->model() == "Z32H330TC");
    CHECK(verified->version() == "id:0751");
    CHECK(verified->certificates().size() == 3);
  }
}

TEST_CASE("check 01: swtpm's EK certificate is accepted only if its CA is pinned and its name is listed") {
  const auto machine = std::string{MUSTER_SOURCE_DIR} + "/tests/data/vm/grub-sb/";
  const auto shared = shared_testdata + "vm/grub-sb/";
  const auto from = std::filesystem::exists(machine + "ek-root.pem") ? machine : shared;
  if (absent(from + "nv-0x01c00002.der")) return;
  const auto leaf = certificate::from_padded_der(file_bytes(from + "nv-0x01c00002.der"));
  REQUIRE(leaf.ok());
  const auto root = file_bytes(from + "ek-root.pem");
  const auto issuer = file_bytes(from + "ek-issuer.pem");
  const std::vector<named_bytes> files{{"root", root}, {"issuer", issuer}};
  const auto store = vendor_store::make(files);
  REQUIRE(store.roots().size() == 1);
  REQUIRE(store.intermediates().size() == 1);
  // The certificate dates from late 2026 by the clock of its machine.
  const auto at = plus(leaf->fields().not_before, day);
  CHECK(verify_ek_certificate(*leaf, {}, store, {}, at).fault().code == errc::denied);
  ek_policy lab;
  lab.manufacturers = {tpm_manufacturer_id{0x00001014}};
  const auto verified = verify_ek_certificate(*leaf, {}, store, lab, at);
  if (!verified) MESSAGE(verified.fault().check);
  REQUIRE(verified.ok());
  CHECK(verified->key().bits() == 2048);
  CHECK(verify_ek_certificate(*leaf, {}, {}, lab, at).fault().code == errc::untrusted);
}
