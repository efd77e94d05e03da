// What breaks if this fails: raagent --check says something else of a machine than what is there.
#include "crypto/ek_issuer.hpp"
#include "node/checkup/chip_look.hpp"
#include "node/checkup/kernel_look.hpp"
#include "node/checkup/state_look.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace muster;
using namespace muster::node;

namespace {

struct folder {
  std::filesystem::path path;
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "muster-looks-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~folder() { std::filesystem::remove_all(path); }
  std::string put(const char* name, std::string_view content) const {
    std::ofstream{path / name, std::ios::binary} << content;
    return (path / name).string();
  }
};

bytes some_ek() {
  constexpr wall_time now{1'767'225'600'000};
  const auto vendor = crypto::ek_issuer::make("Sample", {now, {now.milliseconds + 86'400'000}}).value();
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  return vendor.issue(key.pub(), {crypto::tpm_manufacturer_id{0x49465800}, "x", "id:1"}, now).value().der();
}

bytes joined(bytes front, const bytes& middle, const bytes& back) {
  append(front, middle);
  append(front, back);
  return front;
}

} // namespace

TEST_CASE("an NV index: a certificate with a TCG header or padding, or none") {
  const auto der = some_ek();
  const auto size = static_cast<std::uint16_t>(der.size());
  const bytes header{0x10, 0x01, 0x00, static_cast<std::uint8_t>(size >> 8U),
                     static_cast<std::uint8_t>(size)};
  for (const auto& content : {der, joined(header, der, {}), joined({}, der, bytes(300, 0xff)),
                              joined(header, der, bytes(9, 0x00))}) {
    const auto read = certificate_in_index(content);
    REQUIRE(read);
    CHECK(read->der() == der);
  }
  CHECK(certificate_in_index({}).fault().code == errc::not_found);
  CHECK(certificate_in_index(bytes(1024, 0x00)).fault().code == errc::not_found);
  CHECK(certificate_in_index(bytes(1024, 0xff)).fault().code == errc::not_found);
  CHECK(certificate_in_index(header).fault().code == errc::malformed);
  CHECK(certificate_in_index(bytes{0x30, 0x82}).fault().code == errc::malformed);
}

TEST_CASE("the kernel's lists, as far as they can be read") {
  const folder here;
  settings::platform_files files;
  files.boot_log = (here.path / "none").string();
  files.ima_log = files.boot_log;
  files.ima_policy =
      here.put("policy", "# a comment\n\nmeasure func=BPRM_CHECK\nmeasure func=MMAP_CHECK mask=MAY_EXEC");
  files.facts = here.put("facts", "");
  CHECK(look_at_boot_log(files).events.fault().code == errc::not_found);
  CHECK(look_at_ima(files).entries.fault().code == errc::not_found);
  CHECK(look_at_ima(files).rules.value() == 2);
  CHECK(look_at_ima(files).named_policy.empty());
  files.boot_log = here.put("empty", "");
  files.ima_log = files.boot_log;
  CHECK(look_at_boot_log(files).events.value() == 0);
  CHECK(look_at_ima(files).entries.value() == 0);
  files.boot_log = here.put("noise", std::string(500, 'x'));
  files.ima_log = files.boot_log;
  CHECK_FALSE(look_at_boot_log(files).events);
  CHECK_FALSE(look_at_ima(files).entries);
}

TEST_CASE("the agent's folder is looked at, and nothing is made in it") {
  const folder here;
  const auto state = (here.path / "agent").string();
  CHECK(look_at_state(state).identity.seen);
  CHECK_FALSE(std::filesystem::exists(state));
  std::filesystem::create_directory(state);
  auto seen = look_at_state(state);
  CHECK(seen.identity.seen);
  CHECK_FALSE(seen.identity.enrolled);
  CHECK_FALSE(seen.head.size);
  CHECK(std::filesystem::is_empty(state));
  std::ofstream{state + "/node.crt"} << "nonsense";
  std::ofstream{state + "/unregistered"};
  std::ofstream{state + "/trust"} << "nonsense";
  seen = look_at_state(state);
  CHECK_FALSE(seen.identity.problem.empty());
  CHECK(seen.identity.unregistered);
  CHECK_FALSE(seen.trust_problem.empty());
  CHECK_FALSE(seen.trust);
}

TEST_CASE("an anchor file that holds no certificate is said to hold none") {
  const folder here;
  const state_look state;
  CHECK(look_at_anchor((here.path / "none").string(), state).facts.why == errc::not_found);
  const auto empty = look_at_anchor(here.put("empty.pem", ""), state);
  CHECK_FALSE(empty.facts.problem.empty());
  CHECK(empty.trust.anchors.empty());
}
