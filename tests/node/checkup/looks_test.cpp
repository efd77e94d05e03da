// What breaks if this fails: raagent --check says something else of a machine than what is there.
#include "crypto/certificate_template.hpp"
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

} // namespace

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

TEST_CASE("check 47: an identity without its key is not in order") {
  const folder here;
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const auto other = crypto::private_key::make_ec(crypto::curve::p256);
  crypto::certificate_template what;
  what.not_after = {1'900'000'000'000};
  const auto certificate = crypto::sign_certificate(what, key.pub(), nullptr, key).value();
  const auto state = here.path.string();
  here.put("node.crt", certificate.pem());
  CHECK(look_at_state(state).identity.problem.find("node.key") != std::string::npos);
  here.put("node.key", "");
  CHECK(look_at_state(state).identity.problem.find("it is empty") != std::string::npos);
  here.put("node.key", other.pem());
  CHECK(look_at_state(state).identity.problem.find("not the key of node.crt") != std::string::npos);
  here.put("node.key", key.pem());
  CHECK(look_at_state(state).identity.problem.empty());
}

TEST_CASE("an anchor file that holds no certificate is said to hold none") {
  const folder here;
  const state_look state;
  CHECK(look_at_anchor((here.path / "none").string(), state).facts.why == errc::not_found);
  const auto empty = look_at_anchor(here.put("empty.pem", ""), state);
  CHECK_FALSE(empty.facts.problem.empty());
  CHECK(empty.trust.anchors.empty());
}
