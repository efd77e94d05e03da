#include "appraisal/boot/boot_words.hpp"
#include "appraisal/verdict/findings_mark.hpp"
#include "cli/client/text_table.hpp"
#include "cli/nodes/node_text.hpp"
#include "tests/cli/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::cli;
using namespace muster::cli::cli_test;

namespace {

std::string shown(const view<rest::NodeDetail>& detail, colours tint = colours::none) {
  return detail.read([&](rest::NodeDetail::Reader in) { return node_text(in, tint); });
}

} // namespace

TEST_CASE("columns are aligned, no text is cut, and no line ends in blanks") {
  text_table table{{"NAME", "STATE", "ID"}};
  table.add({"a", "trusted", "1"});
  table.add({"a-much-longer-name", "untrusted", ""});
  table.add({"gr\xc3\xbc\xc3\x9f", "stale", "3"});
  CHECK(table.text(colours::none, 1)
        == "NAME                STATE      ID\n"
           "a                   trusted    1\n"
           "a-much-longer-name  untrusted\n"
           "gr\xc3\xbc\xc3\x9f                stale      3\n");
}

TEST_CASE("colour changes no column, and no control character of foreign text reaches the terminal") {
  text_table table{{"NAME", "STATE", "ID"}};
  table.add({"\x1b[31mevil\n", "trusted", "1"});
  const auto plain = table.text(colours::none, 1);
  CHECK(plain.find('\x1b') == std::string::npos);
  CHECK(holds(plain, "\\x1b[31mevil\\x0a  trusted"));
  const auto tinted = table.text(colours::ansi, 1);
  CHECK(holds(tinted, "\x1b[32mtrusted\x1b[0m  1"));
  CHECK(coloured("untrusted", colours::ansi) == "\x1b[31muntrusted\x1b[0m");
  CHECK(coloured("unknown", colours::ansi) == "unknown");
  CHECK(coloured("no state", colours::ansi) == "no state");
}

TEST_CASE(
    "a list is ordered by name, marks the names that machines gave themselves, and counts what it shows") {
  const auto list = make_record<rest::NodeList>([](rest::NodeList::Builder out) {
                      auto nodes = out.initNodes(3);
                      put_sample(nodes[0], {"", "pending", "none", "pending", "", ""});
                      nodes[0].setHostname("web-3");
                      put_sample(nodes[1], {});
                      put_sample(nodes[2], {"web-10", "untrusted", "contraindicated", "enrolled", "web", ""});
                      nodes[2].setFindings(12);
                    }).read_back();
  CHECK(list.read([](rest::NodeList::Reader in) { return nodes_text(in, colours::none); })
        == "NAME          STATE      FINDINGS  GROUP  SINCE                 UNTIL                 CONNECTED  "
           "ID\n"
           "web-1         trusted    0         web    2026-11-22T03:29:00Z  2026-11-22T03:32:00Z  yes        "
           "3f9c52d100000000\n"
           "web-10        untrusted  12        web    2026-11-22T03:29:00Z  -                     yes        "
           "3f9c52d100000000\n"
           "(says web-3)  pending    0         -      -                     -                     yes        "
           "3f9c52d100000000\n"
           "\n"
           "3 nodes: 1 pending, 1 trusted, 1 untrusted\n");
  const auto none = make_record<rest::NodeList>([](rest::NodeList::Builder) {}).read_back();
  CHECK(none.read([](rest::NodeList::Reader in) { return nodes_text(in, colours::none); }) == "No nodes.\n");
}

TEST_CASE("while the records are rolled back a list says so first, in one line") {
  for (const unsigned n : {0U, 2U}) {
    const auto list = make_record<rest::NodeList>([&](rest::NodeList::Builder out) {
                        auto nodes = out.initNodes(n);
                        for (unsigned i = 0; i < n; ++i)
                          put_sample(nodes[i], {});
                        out.setRolledBack(true);
                      }).read_back();
    const auto text = list.read([](rest::NodeList::Reader in) { return nodes_text(in, colours::none); });
    CHECK(text.starts_with("ROLLED BACK: "));
    const auto second = text.substr(text.find('\n') + 1);
    CHECK(second.starts_with(n == 0 ? "No nodes." : "NAME"));
  }
}

TEST_CASE("a trusted node is shown with the end of its trust and what the trust rests on") {
  const auto text = shown(detail_of({}, [](rest::NodeDetail::Builder out) {
    out.setAttestation(17);
    out.setBootId("0f0e0d0c-0b0a-0908-0706-050403020100");
    out.setResetCount(3);
    out.setImaEntries(1204);
    out.setImaDistinct(1100);
    out.setPassedOver(5);
    out.setReference("00ff");
    out.setOperatingSystem("Debian GNU/Linux 12");
    out.setKernel("6.1.0-13-amd64");
  }));
  CHECK(text
        == "web-1: trusted\n"
           "  verdict       affirming, since 2026-11-22T03:29:00Z\n"
           "  until         2026-11-22T03:32:00Z\n"
           "  attested      2026-11-22T03:29:00Z, number 17\n"
           "  standing      enrolled, admitted by vendor\n"
           "  group         web\n"
           "  endorsement   vendor\n"
           "  connected     yes\n"
           "  id            "
               + an_id
               + "\n"
                 "  system        Debian GNU/Linux 12, kernel 6.1.0-13-amd64 (its own claim at enrolment)\n"
                 "  boot          0f0e0d0c-0b0a-0908-0706-050403020100, TPM resets 3, restarts 0\n"
                 "  measured      1204 entries of files, 1100 distinct, 5 skipped by the policy: a program "
                 "that ran from there is not seen\n"
                 "  reference     00ff\n"
                 "\n"
                 "No findings.\n");
}

TEST_CASE("an untrusted node is shown with each finding: expected, found, and remedy, uncut") {
  const std::string line(9000, 'k');
  const auto text = shown(detail_of({"web-1", "untrusted", "contraindicated", "enrolled", "web", ""},
                                    [&](rest::NodeDetail::Builder out) {
                                      auto findings = out.initFindings(1);
                                      findings[0].setLevel("failure");
                                      findings[0].setCheck("ima.unknown-file");
                                      findings[0].setSubject("/usr/bin/\x1b[2Jimplant");
                                      findings[0].setExpected(text_of(line));
                                      findings[0].setFound("sha256:00ff");
                                      findings[0].setSentence("A file ran that the reference does not know.");
                                      findings[0].setRemedy("Accept it: muster reference accept GROUP "
                                                            "--from NODE; of all NODES in a GROUP.");
                                      out.setFindingsTotal(40);
                                    }));
  CHECK(holds(text, "  until         holds until the findings that caused it are gone\n"));
  CHECK(holds(text, "\n40 findings; the first 1 are kept:\n"
                    "\n"
                    "1. failure  ima.unknown-file  /usr/bin/\\x1b[2Jimplant\n"
                    "  A file ran that the reference does not know.\n"
                    "  expected      "
                        + line
                        + "\n"
                          "  found         sha256:00ff\n"
                          "  what to do    Accept it: muster reference accept web --from web-1; of all "
                          "NODES in a web.\n"));
}

TEST_CASE("the remedy of a finding names its number and its list, so that it can be typed as it is") {
  const auto show = [](const char* listed) {
    return shown(detail_of(
        {"web-1", "untrusted", "contraindicated", "enrolled", "web", ""}, [&](rest::NodeDetail::Builder out) {
          auto findings = out.initFindings(2);
          findings[1].setRemedy(text_of("Accept it: " + std::string{appraisal::amend_command} + "; or not"));
          out.setFindingsTotal(2);
          out.setListed(listed);
        }));
  };
  CHECK(holds(show("00ff"),
              "Accept it: muster reference amend web --from web-1 --finding 2 --listed 00ff; or not\n"));
  CHECK(holds(show(""), "--finding N --listed LIST; or not\n")); // an older service
}

TEST_CASE("the remedy of a boot names all findings about the boot, because it is accepted as a whole") {
  const auto text = shown(detail_of(
      {"web-1", "untrusted", "contraindicated", "enrolled", "web", ""}, [&](rest::NodeDetail::Builder out) {
        auto findings = out.initFindings(3);
        findings[0].setRemedy(text_of(std::string{appraisal::accept_or_repair}));
        findings[1].setRemedy(text_of(std::string{appraisal::accept_alone_or_repair}));
        findings[2].setRemedy(text_of(std::string{appraisal::accept_or_repair}));
        out.setFindingsTotal(3);
        out.setListed("00ff");
      }));
  CHECK(holds(text, "--finding 1,3 --listed 00ff; otherwise"));
  CHECK(holds(text, "--finding 2 --listed 00ff; otherwise"));
  CHECK_FALSE(holds(text, "N,N"));
}

TEST_CASE("many unknown files of one folder are one finding with their number") {
  for (const unsigned files : {3U, 4U, 40U}) {
    const auto text = shown(detail_of(
        {"web-1", "untrusted", "contraindicated", "enrolled", "web", ""}, [&](rest::NodeDetail::Builder out) {
          auto findings = out.initFindings(files + 2);
          for (unsigned i = 0; i < files + 2; ++i) {
            findings[i].setCheck("ima.unknown-file");
            findings[i].setSubject(text_of("/var/lib/app/" + std::to_string(i)));
          }
          findings[1].setSubject("/usr/bin/implant");
          findings[2].setCheck("ima.changed-file");
          out.setFindingsTotal(files + 2);
        }));
    CHECK(holds(text, "/var/lib/app/0\n"));
    CHECK(holds(text, "/usr/bin/implant\n"));
    CHECK(holds(text, "/var/lib/app/2\n")); // another kind of finding
    CHECK(holds(text, "/var/lib/app/3\n") == (files < 4));
    const auto more = "  and           " + std::to_string(files - 1)
                      + " more unknown files in /var/lib/app/ (findings 4-" + std::to_string(files + 2)
                      + "); -o json lists them\n";
    CHECK(holds(text, more) == (files >= 4));
  }
}

TEST_CASE("a node whose PCRs were extended after the boot log is shown with the phases, or with what is "
          "unexplained") {
  const auto text = shown(detail_of({"web-1", "untrusted", "contraindicated", "enrolled", "web", ""},
                                    [&](rest::NodeDetail::Builder out) {
                                      auto extended = out.initAfterLog(2);
                                      extended[0].setPcr(11);
                                      auto phases = extended[0].initPhases(2);
                                      phases.set(0, "sysinit");
                                      phases.set(1, "ready");
                                      extended[1].setPcr(12);
                                    }));
  CHECK(holds(text, "  after boot    PCR 11: sysinit, ready\n"
                    "  after boot    PCR 12: nothing explains its value\n"));
}

TEST_CASE("a pending node is shown with its fingerprint and the command that approves it") {
  const std::string print(64, 'a');
  const auto text = shown(detail_of({"", "pending", "none", "pending", "", "", print}));
  CHECK(text.starts_with("3f9c52d100000000: pending\n"));
  CHECK(holds(text, "  fingerprint   " + print + "\n"));
  CHECK(holds(text, "  muster node approve 3f9c52d100000000 --fingerprint " + print
                        + " --group GROUP --name NAME\n"));
  CHECK(holds(text, "  attested      never\n"));
  CHECK_FALSE(holds(text, "No findings")); // no appraisal took place
}

TEST_CASE("an approval is shown until the machine comes back, here and in the list") {
  const sample waiting{"", "pending", "none", "pending", "", "", std::string(64, 'a')};
  const auto approve = [](rest::Node::Builder out) { out.setApprovedBy("uid=0"); };
  const auto text = shown(detail_of(waiting, [&](rest::NodeDetail::Builder out) { approve(out.getNode()); }));
  CHECK(holds(text, "\nThis machine is approved by uid=0, waiting for the agent to ask again.\n"));
  CHECK(holds(text, "  fingerprint   " + std::string(64, 'a')));
  CHECK_FALSE(holds(text, "muster node approve"));
  const auto list = make_record<rest::NodeList>([&](rest::NodeList::Builder out) {
                      auto nodes = out.initNodes(7);
                      for (unsigned i = 0; i < 7; ++i) {
                        put_sample(nodes[i], waiting);
                        if (i != 3) approve(nodes[i]);
                      }
                    }).read_back();
  const auto table = list.read([](rest::NodeList::Reader in) { return nodes_text(in, colours::none); });
  CHECK(holds(table, "3f9c52d100000000: approved by uid=0, waiting for the agent to ask again\n"));
  CHECK(table.ends_with("and 1 more are approved and wait for their agents\n"));
}

TEST_CASE("check 46: a node is shown with why no vendor vouches for it, and with what to do about that") {
  const auto text = shown(detail_of({"web-1", "warning", "warning"}, [](rest::NodeDetail::Builder out) {
    out.getNode().setEndorsement("operator");
    out.setUnvouched("ek-certificate: manufacturer id:00001014 is not in admission.manufacturers (swtpm)");
    out.setUnvouchedRemedy("add it");
  }));
  CHECK(holds(text,
              "  not vouched   ek-certificate: manufacturer id:00001014 is not in admission.manufacturers"));
  CHECK(holds(text, "  what to do    add it\n"));
  // What caps the verdict leads to that reason, not to another one.
  CHECK(holds(text, "`not vouched` above says"));
  CHECK_FALSE(holds(text, "admission.vendor_roots"));
  CHECK_FALSE(holds(shown(detail_of({"web-1", "warning", "warning", "enrolled", "web", ""})), "not vouched"));
}

TEST_CASE("a stale node is shown as past its time") {
  CHECK(holds(shown(detail_of({"web-1", "stale", "affirming", "enrolled", "web", ""})),
              "  until         over: no attestation succeeded in time\n"));
  CHECK(holds(shown(detail_of({"web-1", "stale", "affirming", "enrolled", "web", ""},
                              [](rest::NodeDetail::Builder out) { out.setOwesWholeLogs(true); })),
              "  until         over: the machine booted, or its report did not fit what is known"));
}

TEST_CASE("a node that gets no new verdict is shown with the reason, here and in the list") {
  const sample stale{"web-1", "stale", "affirming", "enrolled", "web", ""};
  const auto unable = [](rest::Node::Builder out) {
    out.setUnable("group web: what is on record of it cannot be read");
    out.setUnableSince("2026-01-02T03:04:05Z");
  };
  const std::string why =
      "no new verdict since 2026-01-02T03:04:05Z: group web: what is on record of it cannot be read\n";
  CHECK(holds(shown(detail_of(stale, [&](rest::NodeDetail::Builder out) { unable(out.getNode()); })),
              "  missing       " + why));
  CHECK_FALSE(holds(shown(detail_of(stale)), "missing"));
  const auto list = make_record<rest::NodeList>([&](rest::NodeList::Builder out) {
                      auto nodes = out.initNodes(7);
                      for (unsigned i = 0; i < 7; ++i) {
                        put_sample(nodes[i], stale);
                        if (i != 3) unable(nodes[i]);
                      }
                    }).read_back();
  const auto text = list.read([](rest::NodeList::Reader in) { return nodes_text(in, colours::none); });
  CHECK(holds(text, "web-1: " + why));
  CHECK(text.ends_with("and 1 more: muster node show NODE says why\n"));
}

TEST_CASE("a node is shown with everything that a deny list can name") {
  const auto text = shown(
      detail_of({"web-1", "trusted", "affirming", "enrolled", "web", ""}, [](rest::NodeDetail::Builder out) {
        auto list = out.initCertificates(2);
        list[0].setDigest("aa11");
        list[0].setKey("bb22");
        list[1].setDigest("cc33");
        list[1].setKey("dd44");
        list[1].setSubject("CN=A TPM maker");
        list[1].setCa(true);
      }));
  CHECK(holds(text, "  proven by     EK certificate aa11\n"));
  CHECK(holds(text, "  proven by     CA certificate cc33, key dd44, CN=A TPM maker\n"));
}

TEST_CASE("while the records are rolled back, a node's text says that, not that the machine was late") {
  const auto text = shown(detail_of({"web-1", "stale", "affirming", "enrolled", "web", ""},
                                    [](rest::NodeDetail::Builder out) { out.setRolledBack(true); }));
  CHECK(holds(text, "  until         over: records of the service are missing or were changed"));
  CHECK(holds(text, "muster log head\n"));
  CHECK_FALSE(holds(text, "came in time"));
}

TEST_CASE("a revoked node is shown with the time, the person and the reason") {
  const auto text = shown(detail_of({"web-1", "revoked", "contraindicated", "revoked", "web", ""},
                                    [](rest::NodeDetail::Builder out) {
                                      out.setRevoked("2026-11-22T04:00:00Z");
                                      out.setRevokedBy("uid=0 pid=7");
                                      out.setRevokedReason("stolen from rack 4");
                                    }));
  CHECK(holds(text, "  revoked       2026-11-22T04:00:00Z, by uid=0 pid=7, reason: stolen from rack 4\n"));
  CHECK_FALSE(holds(text, "  until "));
}

TEST_CASE("a verdict without an explaining finding is shown with what it lacks") {
  const auto told = [](const sample& in, const char* vouched, const char* reference) {
    return shown(detail_of(in, [&](rest::NodeDetail::Builder out) {
      out.getNode().setEndorsement(vouched);
      out.getNode().setAdmittedBy("uid=0 pid=7");
      out.getNode().setAttested("2026-11-22T03:29:00Z");
      out.setReference(reference);
    }));
  };
  const sample unknown{"web-1", "unknown", "none", "enrolled", "web", ""};
  CHECK(holds(told(unknown, "vendor", ""), "\nGroup web has no reference: "));
  CHECK(holds(told(unknown, "vendor", ""), "\n  muster reference accept web --from web-1\n"));
  CHECK(holds(told(unknown, "none", "00ff"), "no better verdict (endorsement.none)"));
  const sample warning{"web-1", "warning", "warning"};
  const auto capped = told(warning, "operator", "00ff");
  CHECK(holds(capped, "Only an operator vouches for this machine's TPM (uid=0 pid=7)"));
  CHECK(holds(capped, "endorsement.operator"));
  CHECK(holds(capped, "admission.vendor_roots"));
  CHECK_FALSE(holds(told({}, "vendor", "00ff"), "no better"));
  const auto found = shown(detail_of(warning, [](rest::NodeDetail::Builder out) {
    out.getNode().setEndorsement("operator");
    out.initFindings(1)[0].setLevel("warning");
    out.setFindingsTotal(1);
  }));
  CHECK_FALSE(holds(found, "no better")); // the finding explains it
}
