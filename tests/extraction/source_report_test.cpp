#include "extraction/source_report.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace muster;
using namespace muster::extraction;

TEST_CASE("each reason has a name and words of its own") {
  std::set<std::string> names;
  std::set<std::string> texts;
  for (unsigned i = 0; i <= static_cast<unsigned>(last_loss); ++i) {
    const auto why = static_cast<loss>(i);
    names.emplace(to_string(why));
    texts.insert(text_of(why, 2));
    CHECK(text_of(why, 1).starts_with("1 "));
    CHECK(text_of(why, 1).find("files ") == std::string::npos);
  }
  CHECK(names.size() == static_cast<std::size_t>(last_loss) + 1);
  CHECK(texts.size() == names.size());
  CHECK_FALSE(names.contains("unknown"));
  CHECK(text_of(loss::missing, 3) == "3 files not there, though listed");
  CHECK(text_of(loss::unlisted_package, 1) == "1 package without a list of digests");
}

TEST_CASE("files that are lost are counted apart from lines, packages and what the rules exclude") {
  source_report report;
  report.leave_out(loss::excluded, "/a");
  report.leave_out(loss::modified, "/b", "why");
  report.leave_out(loss::documentation, "/c");
  report.leave_out(loss::unread_line, "x.md5sums", "line 1");
  report.leave_out(loss::removed_package, "x 1");
  CHECK(report.left_out() == 2);
  CHECK(report.count(loss::excluded) == 1);
  CHECK(report.listed(loss::modified) == std::vector<std::string>{"/b: why"});
}

TEST_CASE("the list of a reason is bounded and printable, and its count goes on") {
  source_report report;
  for (std::size_t i = 0; i <= source_report::max_listed; ++i)
    report.leave_out(loss::missing, "/a\n");
  CHECK(report.count(loss::missing) == source_report::max_listed + 1);
  CHECK(report.listed(loss::missing).size() == source_report::max_listed);
  CHECK(report.listed(loss::missing)[0].find('\n') == std::string::npos);
}
