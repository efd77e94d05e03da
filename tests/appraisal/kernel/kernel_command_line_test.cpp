#include "appraisal/kernel/kernel_command_line.hpp"
#include "tests/appraisal/next_arg.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace muster;
using namespace muster::appraisal;

namespace {

using words = std::vector<std::string>;

std::vector<testing::linux_argument> copied(const std::vector<kernel_parameter>& in) {
  std::vector<testing::linux_argument> out;
  for (const auto& each : in) {
    out.push_back({std::string{each.name}, std::nullopt});
    if (each.value) out.back().val = std::string{*each.value};
  }
  return out;
}

words policies_of(std::string_view text) {
  words out;
  for (const auto each : ima_policies(parse_kernel_command_line(text)))
    out.emplace_back(each);
  return out;
}

std::string normal(std::string_view text) { return normal_form(parse_kernel_command_line(text).kernel); }

pattern made(std::string text) {
  auto out = pattern::make(std::move(text));
  REQUIRE(out);
  return *std::move(out);
}

known_command_line known(const words& candidates) { return known_command_line{candidates}; }

} // namespace

TEST_CASE("check 24: words begin and end where Linux splits them, in any text") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  // Few characters, so that all important ones meet: quotes, blanks, "=", "--", NUL.
  const std::string alphabet{"\"\"\"   ==--ab_\t\n\xa0\xc3|\0", 19};
  for (int turn = 0; turn < 200'000; ++turn) {
    std::string text(random() % 24, ' ');
    for (auto& c : text)
      c = alphabet[random() % alphabet.size()];
    const auto found = parse_kernel_command_line(text);
    const auto expected = testing::linux_parse_args(text);
    CAPTURE(text);
    REQUIRE(copied(found.kernel) == expected.kernel);
    REQUIRE(copied(found.init) == expected.init);
  }
}

TEST_CASE("check 24: the policies of IMA are those that IMA itself would choose") {
  struct row {
    const char* line;
    words policies;
    bool measures;
  };
  const row rows[] = {
      {"", {}, false},
      {"/vmlinuz ima_policy=tcb", {"tcb"}, true},
      {"/vmlinuz\tima-policy=tcb", {"tcb"}, true},
      {"/vmlinuz ima_tcb", {"tcb"}, true},
      {"/vmlinuz \"ima_policy=appraise_tcb|tcb\"", {"appraise_tcb", "tcb"}, true},
      {"/vmlinuz ima_policy=\"critical_data tcb\"", {"critical_data", "tcb"}, true},
      {"/vmlinuz ima_policy=none ima_policy=tcb", {"none", "tcb"}, true},
      {"/vmlinuz ima_policy=appraise_tcb", {"appraise_tcb"}, false},
      {"/vmlinuz ima_policy=none", {"none"}, false},
      {"/vmlinuz ima_policy=critical_data", {"critical_data"}, false},
      {"/vmlinuz ima_policy=secure_boot|fail_securely", {"secure_boot", "fail_securely"}, false},
      {"/vmlinuz ima_policy=tcb initcall_blacklist=init_ima", {"tcb"}, false},
      {"/vmlinuz initcall-blacklist=x ima_policy=tcb", {"tcb"}, false},
      {"/vmlinuz ima_policy=tcb ima=off elfcorehdr=0x1000", {"tcb"}, false},
      {"/vmlinuz ima_policy=tcb elfcorehdr=0x1000", {"tcb"}, false},
      {"/vmlinuz ima_policy=tcb driver_async_probe=tpm_tis,tpm_crb", {"tcb"}, false},
      {"/vmlinuz ima_policy=tcb tpm_tis.async-probe", {"tcb"}, false},
      {"/vmlinuz ima_policy=tcb x.async_probe=1", {"tcb"}, false},
      {"/vmlinuz ima_policy=tcb tpm_tis.force=1", {"tcb"}, false},
      {"/vmlinuz ima_policy=tcb acpi=off", {"tcb"}, false},
      {"/vmlinuz ima_policy=tcb acpi", {"tcb"}, false},
      {"/vmlinuz ima_policy=tcb acpi=force crashkernel=256M acpi_osi=Linux", {"tcb"}, true},
      {"BOOT_IMAGE=ima_policy=tcb root=/dev/vda2", {}, false},
      {"/vmlinuz ima_policy=", {}, false},
      {"/vmlinuz ima_policy", {}, false},
      {"/vmlinuz ima_policy=tcb2", {"tcb2"}, false},
      {"/vmlinuz ima_policy=t\"c\"b", {"t\"c\"b"}, false},
      {"/vmlinuz ima_policy=tcb\"", {"tcb\""}, false},
      {"/vmlinuz IMA_POLICY=tcb", {}, false},
      {"/vmlinuz xima_policy=tcb", {}, false},
      {"/vmlinuz foo=\"x ima_policy=tcb\"", {}, false},
      {"/vmlinuz \"foo ima_policy=tcb", {}, false},
      {"/vmlinuz -- ima_policy=tcb", {}, false},
      {"/vmlinuz \"--\" ima_policy=tcb", {}, false},
      {"/vmlinuz --=x ima_policy=tcb", {"tcb"}, true},
  };
  for (const auto& r : rows) {
    CAPTURE(r.line);
    CHECK(policies_of(r.line) == r.policies);
    CHECK(measures_files(parse_kernel_command_line(r.line)) == r.measures);
  }
}

TEST_CASE("the normal form has one blank between parameters, and none within them") {
  CHECK(normal("  /vmlinuz\tquiet \n ro ") == "/vmlinuz quiet ro");
  CHECK(normal("a=\"b c\" \"d=e\tf\" \"g\"") == "a=b\\x20c d=e\\x09f g");
  CHECK(normal("a -- b") == "a");
  CHECK(normal("").empty());
}

TEST_CASE(
    "check 24: a required parameter must be the kernel's own; a forbidden one is found under every reading") {
  struct row {
    const char* line;
    bool has_tcb;
    bool may_have_init;
  };
  const auto tcb = made(".* ima_policy=tcb( .*)?");
  const auto init = made("(.* )?(rd)?init=.*");
  const row rows[] = {
      {"/vmlinuz ima_policy=tcb", true, false},
      {"/vmlinuz  \"ima_policy=tcb\" quiet", true, false},
      {"/vmlinuz foo=\"x ima_policy=tcb\"", false, false},
      {"/vmlinuz -- ima_policy=tcb", false, false},
      {"/vmlinuz ima_policy=tcb\tinit=/evil", true, true},
      {"/vmlinuz ima_policy=tcb \"init=/evil\"", true, true},
      {"/vmlinuz ima_policy=tcb \"init=/evil 1", true, true},
      {"/vmlinuz ima_policy=tcb\xa0init=/evil", true, true},
      {"/vmlinuz ima_policy=tcb -- init=/evil", true, true},
      {"/vmlinuz ima_policy=tcb foo=\"x init=/not\"", true, true}, // not the kernel's, but odd enough
      {"/vmlinuz ima_policy=tcb xinit=/x", true, false},
  };
  for (const auto& r : rows) {
    CAPTURE(r.line);
    const auto line = known({r.line});
    REQUIRE(line.known());
    CHECK(line.has(tcb) == r.has_tcb);
    CHECK(line.may_have(init) == r.may_have_init);
  }
  CHECK(known({"/vmlinuz module.sig-enforce=0"}).may_have(made("(.* )?module\\.sig_enforce=0( .*)?")));
  CHECK(known({"/vmlinuz a_b=1"}).may_have(made("(.* )?a-b=1( .*)?")));
  CHECK_FALSE(known({"/vmlinuz root=/dev/a_b"}).may_have(made(".*/dev/a-b.*"))); // a value, not a name
}

TEST_CASE("check 24: a command line that is not completely known satisfies no pattern") {
  const auto anything = made(".*");
  for (const auto& candidates :
       {words{}, words{"/vmlinuz quiet", "/vmlinuz init=/evil"}, words{"i\\x00n\\x00i\\x00t\\x00"},
        words{"/vmlinuz quiet\\x09init=/evil"}, words{std::string{"/vmlinuz\0 quiet", 15}},
        words{"/vmlinuz \xef\xbf\xbd"}, words{"/vmlinuz bootconfig"}, words{"/vmlinuz bootconfig=on quiet"},
        words{"/vmlinuz " + std::string(1100, 'a') + " ima_policy=tcb"}}) {
    const auto line = known(candidates);
    CHECK_FALSE(line.known());
    CHECK_FALSE(line.unknown_because().empty());
    CHECK_FALSE(line.has(anything));
    CHECK(line.parameters().kernel.empty());
  }
  for (const auto& candidates :
       {words{"/vmlinuz quiet", "/vmlinuz quiet"}, words{"/vmlinuz -- bootconfig"},
        words{"/vmlinuz a=C:\\xyz"}, words{"/vmlinuz root=/dev/disk/by-label/a\\x20b"},
        words{"/vmlinuz \xc3\xa4=1"}})
    CHECK_MESSAGE(known(candidates).known(), known(candidates).unknown_because());
}
