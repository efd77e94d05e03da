// What breaks if this fails: "the third finding" means another one than the operator was shown.
#include "appraisal/verdict/findings_mark.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace muster;
using namespace muster::appraisal;

namespace {

finding file_finding(std::string subject, std::string found) {
  finding f;
  f.kind = finding_kind::claim;
  f.check = "ima.unknown-file";
  f.subject = std::move(subject);
  f.found = std::move(found);
  return f;
}

} // namespace

TEST_CASE("check 26: another finding, another order or another text gives another mark") {
  const std::vector<finding> shown{file_finding("/a", "sha256:1"), file_finding("/b", "sha256:2")};
  const auto mark = mark_of(shown);
  CHECK(mark.size() == 32);
  CHECK(mark == mark_of(shown));
  std::vector<std::vector<finding>> others{{shown[1], shown[0]},
                                           {shown[0]},
                                           {},
                                           shown,
                                           shown,
                                           shown,
                                           shown,
                                           {file_finding("/a", "sha256:1"), file_finding("/bs", "ha256:2")}};
  others[3].push_back(file_finding("/c", "sha256:3"));
  others[4][0].found = "sha256:3";
  others[5][1].kind = finding_kind::evidence;
  others[6][1].expected = "sha256:1";
  for (const auto& other : others)
    CHECK(mark != mark_of(other));
  auto weighed = shown;
  weighed[0].level = severity::note;
  weighed[0].sentence = "other words";
  CHECK(mark == mark_of(weighed));
}
