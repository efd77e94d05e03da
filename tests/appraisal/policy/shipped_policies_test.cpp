// The policies in configs/ keep their promises even if the same thing is written in another way.
#include "appraisal/extraction/extraction_rules_text.hpp"
#include "appraisal/kernel/kernel_command_line.hpp"
#include "appraisal/policy/policy_family.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/settings/shipped.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;

namespace {

std::map<std::string, policy> shipped_policies() {
  std::vector<named_document> all;
  for (const std::string name : {"servers", "builders"}) {
    auto read = settings::parse_policy_document(
        name + ".yaml", shipped_file("configs/policies/" + name + ".yaml"), policy_grammar());
    REQUIRE_MESSAGE(read.ok(), read.fault().check);
    all.push_back({name, *std::move(read)});
  }
  auto out = resolve_policies(all);
  REQUIRE_MESSAGE(out.ok(), out.fault().check);
  return *std::move(out);
}

/// What the policy finds in a machine that is good except for its command line.
std::vector<std::string> found_with(policy p, const std::string& command_line) {
  p.harmless_parameters = {"sinit", "breakpoint"}; // else their effect counts as unknown
  auto boot = samples::grub_machine();
  boot.command_line = command_line;
  boot.ima_policy = samples::policy_loaded_by_init();
  std::vector<std::string> out;
  for (const auto& f : appraise_boot(samples::verified(boot), nullptr, p))
    if (f.check == "require.command-line" || f.check == "require.ima-policy") out.push_back(f.check);
  return out;
}

} // namespace

TEST_CASE("check 24: no spelling of a forbidden parameter escapes the shipped policies") {
  const auto policies = shipped_policies();
  const char* good[] = {
      "/vmlinuz root=/dev/sda1 ro quiet ima_policy=tcb ima_hash=sha256",
      "/vmlinuz root=/dev/sda1 ro \"ima_policy=tcb\" lockdown=integrity module.sig_enforce=1",
      "(hd0,gpt1)/vmlinuz ro ima_policy=tcb|critical_data panic=10",
      "/vmlinuz ro ima_policy=tcb sinit=1 breakpoint",
  };
  const char* forbidden[] = {"init=/evil",
                             "rdinit=/evil",
                             "break",
                             "break=bottom",
                             "rd.break",
                             "lockdown=none",
                             "nokaslr",
                             "module.sig_enforce=0",
                             "module.sig_enforce=n",
                             "module.sig-enforce=off",
                             "module.sig_enforce=False"};
  for (const auto& [name, p] : policies) {
    CAPTURE(name);
    for (const auto* line : good) {
      CAPTURE(line);
      CHECK(found_with(p, line).empty());
      CHECK_FALSE(found_with(p, std::string{"/vmlinuz ro init=/evil"}).empty());
    }
    for (const std::string one : forbidden) {
      const std::string start = "/vmlinuz root=/dev/sda1 ima_policy=tcb";
      for (const auto& line : {start + " " + one, start + "\t" + one, start + "\n" + one, start + "\v" + one,
                               start + "\xa0" + one, start + "  " + one + " quiet",
                               start + " \"" + one + "\"", start + " \"" + one, start + " a=\"b c\" " + one,
                               start + " -- " + one, start + " \"--\"\t" + one + "\tx", start + "\\x09" + one,
                               "/vmlinuz " + one + " ima_policy=tcb"}) {
        CAPTURE(line);
        CHECK_FALSE(found_with(p, line).empty());
      }
    }
    // The code that starts x86 kernels ignores quotes when it looks for this word (boot/cmdline.c).
    CHECK_FALSE(found_with(p, "/vmlinuz ima_policy=tcb a=\"b nokaslr c\"").empty());
    for (const auto* line : {"/vmlinuz quiet", "/vmlinuz ima_policy=none", "/vmlinuz ima_policy=appraise_tcb",
                             "/vmlinuz ima_policy=secure_boot|fail_securely", "/vmlinuz -- ima_policy=tcb",
                             "/vmlinuz foo=\"x ima_policy=tcb\"", "/vmlinuz foo=\"x ima_policy=tcb y\"",
                             "/vmlinuz xima_policy=tcb"}) {
      CAPTURE(line);
      CHECK(found_with(p, line) == std::vector<std::string>{"require.ima-policy"});
    }
  }
}

TEST_CASE("check 24: the shipped policies exclude only paths below the directories that they name") {
  const auto policies = shipped_policies();
  CHECK(policies.at("servers").exclude.empty());
  CHECK(policies.at("servers").exclude_matching.empty());
  const auto& builders = policies.at("builders");
  CHECK(excludes(builders, "/srv/build/17/obj/a.out"));
  for (const auto* path : {"/srv/build/17/obj", "/srv/build/17/src/a", "/srv/build/x/obj/a",
                           "/srv/build/17/obj/../../../../bin/ls", "/srv/build//obj/a",
                           "/srv/build/1\n/obj/a", "/root/srv/build/17/obj/a", "srv/build/17/obj/a",
                           "/var/logs/a", "/var/log/../lib/a", "/var/lib/a", "/run/a"})
    CHECK_MESSAGE(!excludes(builders, path), path);
}

TEST_CASE(
    "check 24: the shipped rules leave out how the last boot went, but nothing that decides what is booted") {
  const auto rules = parse_extraction_rules("servers.yaml", shipped_file("configs/rules/servers.yaml"));
  REQUIRE_MESSAGE(rules.ok(), rules.fault().check);
  struct row {
    const char* text;
    bool left_out;
  };
  for (const auto& r :
       {row{"set recordfail=1", true}, row{"set recordfail=", true}, row{"[ recordfail = 1 ]", true},
        row{"set check_signatures=recordfail", false}, row{"set root=hd1 recordfail", false},
        row{"set recordfail=1 init=/evil", false}, row{"linux /vmlinuz recordfail", false},
        row{"set x=linux /evil recordfail", false}, row{"[recordfail", false}}) {
    auto event = samples::event(8, r.text, "grub_cmd");
    event.type = 13; // EV_IPL
    CHECK_MESSAGE(leaves_out(rules->leave_out, event) == r.left_out, r.text);
    event.hint = std::exchange(event.text, {});
    CHECK_FALSE(leaves_out(rules->leave_out, event));
  }
}
