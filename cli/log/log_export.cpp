#include "cli/client/ask.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/files/output_file.hpp"
#include "cli/log/log_commands.hpp"
#include "messages/json_write.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli {

namespace {

constexpr unsigned max_export_pages = 100'000; ///< of 1,000: a service that never stops must not hold us

/// Calls `take` with each page until it returns a fault.
template <class Page, class Take>
status each_page(const surroundings& around, const std::string& path, Take&& take) {
  std::string after;
  for (unsigned n = 0; n < max_export_pages; ++n) {
    const auto target = path + "?limit=1000" + (after.empty() ? "" : "&after=" + encoded(after));
    const auto got = ask<Page>(around, {http_method::get, target, {}});
    if (!got) return got.fault();
    const auto taken = got->message.read([&](typename Page::Reader in) {
      after = std::string{text_of(in.getNext())};
      return status{take(in)};
    });
    if (!taken || after.empty()) return taken;
  }
  return fault{errc::limit, "the log does not end"};
}

struct totals {
  std::uint64_t heads = 0;
  std::uint64_t leaves = 0;
  std::uint64_t unentered = 0;
};

template <class Fill> status write_line(output_file& to, Fill&& fill) {
  return to.write(build_json<rest::LogLine>(std::forward<Fill>(fill)) + '\n');
}

result<totals> write_log(const surroundings& around, output_file& to) {
  totals out;
  // The heads first: every record that they cover then exists when the records are asked for.
  const auto heads =
      each_page<rest::LogHeads>(around, "/v1/log/heads", [&](rest::LogHeads::Reader page) -> status {
        for (const auto one : page.getHeads())
          if (auto put = write_line(to, [&](rest::LogLine::Builder line) { line.setHead(one); }); !put)
            return put;
        out.heads += page.getHeads().size();
        return {};
      });
  if (!heads) return heads.fault();
  const auto entries = each_page<rest::LogPage>(around, "/v1/log", [&](rest::LogPage::Reader page) -> status {
    for (const auto one : page.getEntries())
      if (auto put = write_line(to, [&](rest::LogLine::Builder line) { line.setEntry(one); }); !put)
        return put;
    out.leaves += page.getEntries().size();
    return {};
  });
  if (!entries) return entries.fault();
  const auto now = ask<rest::LogStatus>(around, {http_method::get, "/v1/log/head", {}});
  if (!now) return now.fault();
  out.unentered = now->message.read([](rest::LogStatus::Reader in) { return in.getUnentered(); });
  const auto ended = write_line(to, [&](rest::LogLine::Builder line) {
    auto total = line.initTotal();
    total.setLeaves(out.leaves);
    total.setUnentered(out.unentered);
  });
  if (!ended) return ended.fault();
  return out;
}

} // namespace

int log_export(const surroundings& around, const std::string& file) {
  auto to = output_file::open(file, around.out);
  if (!to) return report(around, to.fault());
  const auto all = write_log(around, *to);
  if (!all) return report(around, all.fault());
  if (auto finished = to->finish(); !finished) return report(around, finished.fault());
  auto& said = to->is_standard_output() ? around.err : around.out;
  if (around.format == output_format::json)
    said << "{\"records\":" << all->leaves << ",\"heads\":" << all->heads
         << ",\"unentered\":" << all->unentered << "}\n";
  else
    said << all->leaves << (all->leaves == 1 ? " record in " : " records in ") << printable(file) << '\n';
  return exit_done;
}

} // namespace muster::cli
