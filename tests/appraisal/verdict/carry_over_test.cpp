#include "appraisal/verdict/carry_over.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace muster;
using namespace muster::appraisal;

namespace {

finding make(finding_kind kind, severity level, std::string subject, std::string found = {}) {
  finding f;
  f.kind = kind;
  f.level = level;
  f.check = "c";
  f.subject = std::move(subject);
  f.found = std::move(found);
  return f;
}

finding claim(std::string subject, severity level = severity::failure) {
  return make(finding_kind::claim, level, std::move(subject));
}
finding evidence(std::string subject) {
  return make(finding_kind::evidence, severity::failure, std::move(subject));
}
finding event_finding(std::string subject) {
  return make(finding_kind::event, severity::warning, std::move(subject));
}

finding identity_finding(std::string subject) {
  return make(finding_kind::identity, severity::warning, std::move(subject));
}

std::vector<std::string> subjects(const kept_findings& kept) {
  std::vector<std::string> out;
  for (const auto& f : kept.findings)
    out.push_back(f.subject);
  std::ranges::sort(out);
  return out;
}

kept_findings kept(std::vector<finding> findings) {
  const auto total = findings.size();
  return {std::move(findings), total};
}

} // namespace

TEST_CASE("each occasion keeps and adds the findings that docs/protocol.md 5 lists") {
  const auto old = kept({claim("old claim"), evidence("old evidence"), event_finding("old event"),
                         identity_finding("old identity")});
  const std::vector<finding> fresh{claim("new claim"), evidence("new evidence"), event_finding("new event"),
                                   identity_finding("new identity")};
  using list = std::vector<std::string>;
  struct row {
    occasion what;
    list expected;
  };
  const row rows[] = {
      {occasion::increment,
       {"new claim", "new event", "new evidence", "new identity", "old claim", "old event", "old evidence",
        "old identity"}},
      {occasion::full_log,
       {"new claim", "new event", "new evidence", "new identity", "old claim", "old event", "old identity"}},
      {occasion::new_boot, {"new claim", "new event", "new evidence", "new identity", "old identity"}},
      {occasion::failed,
       {"new event", "new evidence", "new identity", "old claim", "old event", "old evidence",
        "old identity"}},
      {occasion::reappraisal, {"new claim", "old event", "old evidence", "old identity"}},
  };
  for (const auto& r : rows) {
    CAPTURE(static_cast<int>(r.what));
    const auto out = carry_over(old, fresh, r.what);
    CHECK(subjects(out) == r.expected);
    CHECK(out.total == r.expected.size());
  }
}

TEST_CASE("an event that whole logs also find as a claim stays an event, so no re-appraisal removes it") {
  auto same_as_claim = claim("PCR 13");
  auto event = same_as_claim;
  event.kind = finding_kind::event;
  for (const auto& [first, second] : {std::pair{event, same_as_claim}, std::pair{same_as_claim, event}}) {
    auto record = carry_over(kept({first}), {second}, occasion::full_log);
    REQUIRE(record.findings.size() == 1);
    CHECK(record.findings[0].kind == finding_kind::event);
    record = carry_over(record, {}, occasion::reappraisal);
    CHECK(record.findings.size() == 1);
    CHECK(carry_over(record, {}, occasion::new_boot).findings.empty());
  }
}

TEST_CASE("a bad file that is not among the new entries stays bad: an increment that finds nothing changes "
          "nothing") {
  auto record = kept({claim("/tmp/implant")});
  for (int i = 0; i < 3; ++i)
    record = carry_over(record, {}, occasion::increment);
  CHECK(subjects(record) == std::vector<std::string>{"/tmp/implant"});
}

TEST_CASE("failed evidence cannot remove what is known, and an increment cannot remove failed evidence") {
  auto record = carry_over(kept({claim("/tmp/implant")}), {evidence("signature")}, occasion::failed);
  record = carry_over(record, {}, occasion::increment);
  CHECK(subjects(record) == std::vector<std::string>{"/tmp/implant", "signature"});
  record = carry_over(record, {}, occasion::reappraisal); // the file is accepted now
  CHECK(subjects(record) == std::vector<std::string>{"signature"});
  CHECK(carry_over(record, {}, occasion::full_log).findings.empty());
}

TEST_CASE("the same finding is kept once, at its worst level") {
  const auto out =
      carry_over(kept({claim("a")}), {claim("a"), claim("a", severity::note)}, occasion::increment);
  REQUIRE(out.findings.size() == 1);
  CHECK(out.findings[0].level == severity::failure);
  CHECK(out.total == 1);
  // Another content of the same path is another finding.
  CHECK(carry_over(kept({make(finding_kind::claim, severity::failure, "a", "1")}),
                   {make(finding_kind::claim, severity::failure, "a", "2")}, occasion::increment)
            .findings.size()
        == 2);
}

TEST_CASE("no number of other findings displaces one about the identity") {
  std::vector<finding> fresh;
  for (int i = 0; i < 400; ++i) {
    fresh.push_back(evidence("evidence " + std::to_string(i)));
    fresh.push_back(claim("claim " + std::to_string(i)));
  }
  auto record = carry_over(kept({identity_finding("alarm")}), fresh, occasion::increment);
  CHECK(record.findings.size() == kept_findings::max_kept);
  record = carry_over(record, {}, occasion::new_boot);
  CHECK(subjects(record) == std::vector<std::string>{"alarm"});
}

TEST_CASE("over the cap notes are dropped first, and the total still counts them") {
  std::vector<finding> fresh;
  for (int i = 0; i < 400; ++i)
    fresh.push_back(claim("note " + std::to_string(i), severity::note));
  fresh.push_back(claim("failure"));
  auto out = carry_over({}, fresh, occasion::increment, 1000);
  CHECK(out.findings.size() == kept_findings::max_kept);
  CHECK(out.findings.front().subject == "failure");
  CHECK(out.total == 1401);
  out = carry_over(out, {}, occasion::increment);
  CHECK(out.total == 1401);
  // A full log of the same boot finds the same findings again.
  CHECK(carry_over(out, fresh, occasion::full_log, 1000).total < 2000);
  CHECK(carry_over(out, {claim("x")}, occasion::new_boot).total == 1);
}

TEST_CASE("a flood of bad files does not displace evidence findings, nor the other way round") {
  std::vector<finding> files;
  for (int i = 0; i < 1000; ++i)
    files.push_back(claim("file " + std::to_string(i)));
  const auto out = carry_over(kept({evidence("signature")}), files, occasion::increment);
  CHECK(std::ranges::count(out.findings, "signature", &finding::subject) == 1);
  std::vector<finding> faults;
  for (int i = 0; i < 1000; ++i)
    faults.push_back(evidence("fault " + std::to_string(i)));
  const auto both = carry_over(out, faults, occasion::failed);
  CHECK(std::ranges::count(both.findings, finding_kind::claim, &finding::kind)
        == static_cast<std::ptrdiff_t>(kept_findings::max_kept - kept_findings::max_lasting));
}

TEST_CASE("check 10: a flood of evidence that does not verify displaces no event, and events never displace "
          "all of it") {
  auto record = kept({event_finding("boot log lost")});
  for (int i = 0; i < 200; ++i)
    record = carry_over(record, {evidence("fault " + std::to_string(i))}, occasion::failed);
  CHECK(record.findings.size() == kept_findings::max_lasting);
  CHECK(std::ranges::count(record.findings, finding_kind::event, &finding::kind) == 1);
  record = carry_over(record, {}, occasion::full_log); // which ends findings of kind evidence
  CHECK(subjects(record) == std::vector<std::string>{"boot log lost"});

  std::vector<finding> events;
  for (int i = 0; i < 200; ++i)
    events.push_back(event_finding("event " + std::to_string(i)));
  const auto both = carry_over(kept({evidence("signature")}), events, occasion::increment);
  CHECK(std::ranges::count(both.findings, "signature", &finding::subject) == 1);
  CHECK(both.findings.size() == kept_findings::max_lasting);
}

TEST_CASE("check 25: names that a machine chooses take bounded space in its record, and two names stay two") {
  const auto long_name = [](char last) { return std::string(4095, '\x01') + last; };
  std::vector<finding> fresh;
  for (const char last : {'a', 'b'}) {
    auto f = make(finding_kind::event, severity::failure, long_name(last), long_name(last));
    f.expected = f.sentence = f.remedy = long_name(last);
    fresh.push_back(std::move(f));
  }
  const auto kept = carry_over({}, fresh, occasion::full_log);
  REQUIRE(kept.findings.size() == 2); // they differ only after the cut
  CHECK(kept.findings[0].subject != kept.findings[1].subject);
  for (const auto& f : kept.findings)
    for (const auto* text : {&f.subject, &f.expected, &f.found, &f.sentence, &f.remedy}) {
      CHECK(text->size() == kept_findings::max_text);
      CHECK(text->find("...") != std::string::npos);
    }
  // Reported again, they are the same findings, and nothing is cut twice.
  const auto again = carry_over(kept, fresh, occasion::increment);
  CHECK(again == kept);
  // A text that fits is unchanged; a character of two bytes is not cut in two.
  const std::string fits(kept_findings::max_text, 'x');
  CHECK(subjects(carry_over({}, {claim(fits)}, occasion::full_log)) == std::vector{fits});
  for (const std::string_view before : {"", "x"}) {
    std::string text{before};
    while (text.size() < 2000)
      text += "\xc3\xa9";
    const auto cut = subjects(carry_over({}, {claim(text)}, occasion::full_log)).front();
    CHECK(cut.size() <= kept_findings::max_text);
    CHECK((cut.find("...") - before.size()) % 2 == 0);
  }
}
