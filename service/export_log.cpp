#include "service/export_log.hpp"

#include "messages/json_write.hpp"
#include "records/log_text.hpp"
#include "service/store/database.hpp"

#include <ostream>

namespace muster::service {

namespace {

constexpr std::size_t export_page = 512;

result<std::uint64_t> export_leaves(const store_reader& store, std::ostream& out) {
  std::uint64_t present = 0;
  for (std::uint64_t first = 0;;) {
    const auto page = store.log_leaves(first, export_page);
    if (!page) return page.fault();
    for (const auto& leaf : *page) {
      present += leaf.record.ok() ? 1 : 0;
      out << build_json<rest::LogLine>([&](rest::LogLine::Builder line) {
        put_entry(line.initEntry(), leaf);
      }) << '\n';
    }
    if (page->size() < export_page) return present;
    first += page->size();
  }
}

status export_heads(const store_reader& store, std::ostream& out) {
  std::optional<log_number> after;
  for (;;) {
    const auto page = store.page<tables::log_heads>(after, export_page);
    if (!page) return page.fault();
    for (const auto& one : *page) {
      after = one.key;
      const auto head =
          one.record ? head_from(*one.record) : result<crypto::signed_log_head>{one.record.fault()};
      if (!head) continue; // a damaged head proves nothing; others do
      out << build_json<rest::LogLine>([&](rest::LogLine::Builder line) { put_head(line.initHead(), *head); })
          << '\n';
    }
    if (page->size() < export_page) return {};
  }
}

} // namespace

status export_log(const std::filesystem::path& folder, std::ostream& out) {
  const auto store = inspect_database(folder);
  if (!store) return store.fault();
  const auto tally = (*store)->log_size();
  if (!tally) return tally.fault();
  const auto present = export_leaves(**store, out);
  if (!present) return present.fault();
  if (auto heads = export_heads(**store, out); !heads) return heads;
  out << build_json<rest::LogLine>([&](rest::LogLine::Builder line) {
    line.initTotal().setLeaves(tally->leaves);
    line.getTotal().setUnentered(tally->records - std::min(tally->records, *present));
  }) << '\n';
  if (!out.flush()) return fault{errc::io, "export: the log could not be written whole"};
  return {};
}

} // namespace muster::service
