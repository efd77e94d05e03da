#include "crypto/digest.hpp"
#include "messages/view.hpp"
#include "node/rac_tools/manifest.hpp"
#include "schemas/manifest.capnp.h"
#include "schemas/wire.capnp.h"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::node;

TEST_CASE("a facts file is read strictly") {
  const auto good = parse_facts("facts", "hostname: \"m1\"\nkernel: \"6.1\"\n");
  REQUIRE(good.ok());
  CHECK(*good == machine_texts{"m1", "", "6.1", "", "", ""});
  for (const char* bad : {"", "hostname: [a]\n", "hostname: a\nhostname: b\n", "owner: me\n", "- a\n"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_facts("facts", bad).ok());
  }
  CHECK(parse_facts("facts.yaml", "kernel: \"6.1\"\nowner: me\n").fault().check.starts_with("facts.yaml:2:"));
}

TEST_CASE("the name of the operating system is found in os-release") {
  CHECK(pretty_name("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nX=1")
        == "Debian GNU/Linux 12 (bookworm)");
  CHECK(pretty_name("PRETTY_NAME=Arch") == "Arch");
  CHECK(pretty_name("NAME=x\n").empty());
  CHECK(pretty_name("").empty());
}

TEST_CASE("facts are text that any reader accepts, whatever the machine says") {
  measured_boot boot;
  boot.banks = {hash_algorithm::sha256};
  boot.secure_boot = switch_state::off;
  boot.advice = std::vector<std::string>(100, "do\nthis");
  const auto facts = make_facts({"na\xffme\n", {}, {}, {}, {}, std::string(10'000, 'x')}, boot);
  const auto read = parse_view<wire::MachineFacts>(frame::copy_of(facts));
  REQUIRE(read.ok());
  read->read([](wire::MachineFacts::Reader in) {
    CHECK(text_of(in.getHostname()) == "na\\xffme\\x0a");
    CHECK(in.getFirmware().size() < 300);
    CHECK(in.getMeasuredBoot().getAdvice().size() == 16);
    CHECK(text_of(in.getMeasuredBoot().getSecureBoot()) == "off");
    CHECK(in.getMeasuredBoot().getBanks()[0] == 0x0b);
  });
}

TEST_CASE("a manifest repeats the challenge and holds the digest of the boot log") {
  evidence_order order;
  order.number = {9};
  order.nonce.fill(7);
  REQUIRE(order.selection.add(hash_algorithm::sha256, 0x7fff).ok());
  order.ima_first = 12;
  const bytes log(100, 1);
  const boot_id boot{{5}};
  for (const bool there : {true, false}) {
    const auto made = make_manifest(order, boot, there ? byte_view{log} : byte_view{});
    const auto read = parse_view<wire::Manifest>(frame::copy_of(made));
    REQUIRE(read.ok());
    read->read([&](wire::Manifest::Reader in) {
      CHECK(in.getNumber() == 9);
      CHECK(same(bytes_of(in.getNonce()), order.nonce));
      CHECK(same(bytes_of(in.getBootId()), boot.raw));
      CHECK(in.getImaFirst() == 12);
      CHECK(in.getSelection()[0].getMask() == 0x7fff);
      CHECK(in.getBootLogSize() == (there ? 100 : 0));
      CHECK(bytes_of(in.getBootLogDigest()).size() == (there ? 32 : 0));
    });
  }
}
