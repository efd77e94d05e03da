#include "cli/commands/ask.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/exit_status.hpp"
#include "messages/json_write.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <fstream>
#include <ostream>

namespace muster::cli::commands {

namespace {

constexpr unsigned max_export_pages = 100'000; ///< of 1,000: a service that never ends must not hold us

/// Calls `take` with each page, which gives the path of the next or nothing.
template <class Page, class Take>
status each_page(const surroundings& around, const std::string& path, Take&& take) {
  std::string after;
  for (unsigned n = 0; n < max_export_pages; ++n) {
    const auto target = path + "?limit=1000" + (after.empty() ? "" : "&after=" + encoded(after));
    const auto got = ask<Page>(around, {http_method::get, target, {}});
    if (!got) return got.fault();
    after = got->message.read([&](typename Page::Reader in) {
      take(in);
      return std::string{text_of(in.getNext())};
    });
    if (after.empty()) return {};
  }
  return fault{errc::limit, "the log does not end"};
}

struct totals {
  std::uint64_t leaves = 0;
  std::uint64_t unentered = 0;
};

result<totals> write_log(const surroundings& around, std::ostream& to) {
  totals out;
  // The heads first: the records that they cover are there when the records are asked for.
  const auto heads = each_page<rest::LogHeads>(around, "/v1/log/heads", [&](rest::LogHeads::Reader page) {
    for (const auto one : page.getHeads())
      to << build_json<rest::LogLine>([&](rest::LogLine::Builder line) { line.setHead(one); }) << '\n';
  });
  if (!heads) return heads.fault();
  const auto entries = each_page<rest::LogPage>(around, "/v1/log", [&](rest::LogPage::Reader page) {
    for (const auto one : page.getEntries())
      to << build_json<rest::LogLine>([&](rest::LogLine::Builder line) { line.setEntry(one); }) << '\n';
    out.leaves += page.getEntries().size();
  });
  if (!entries) return entries.fault();
  const auto status = ask<rest::LogStatus>(around, {http_method::get, "/v1/log/head", {}});
  if (!status) return status.fault();
  out.unentered = status->message.read([](rest::LogStatus::Reader in) { return in.getUnentered(); });
  to << build_json<rest::LogLine>([&](rest::LogLine::Builder line) {
    auto total = line.initTotal();
    total.setLeaves(out.leaves);
    total.setUnentered(out.unentered);
  }) << '\n';
  return out;
}

} // namespace

int log_export(const surroundings& around, const std::string& file) {
  std::ofstream to{file, std::ios::trunc};
  if (!to) return report(around, {errc::io, file + ": cannot be written"});
  const auto written = write_log(around, to);
  if (!written) return report(around, written.fault());
  to.close();
  if (!to) return report(around, {errc::io, file + ": could not be written whole"});
  around.out << written->leaves << " records in " << printable(file) << '\n';
  return exit_done;
}

} // namespace muster::cli::commands
