#include "cli/client/ask.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/nodes/node_commands.hpp"
#include "cli/nodes/node_text.hpp"
#include "messages/json_write.hpp"

#include <ostream>
#include <vector>

namespace muster::cli {

namespace {

constexpr unsigned max_pages = 1000; ///< of 1,000 nodes: a service that never stops must not hold us

std::string page_path(const nodes_options& options, const std::string& after) {
  std::string out = "/v1/nodes?limit=1000";
  if (!options.group.empty()) out += "&group=" + encoded(options.group);
  if (!options.shown.empty()) out += "&shown=" + encoded(options.shown);
  if (!after.empty()) out += "&after=" + encoded(after);
  return out;
}

using page = view<rest::NodeList>;

result<std::vector<page>> all_pages(const surroundings& around, const nodes_options& options) {
  std::vector<page> out;
  std::string after;
  while (out.size() < max_pages) {
    const auto got = ask<rest::NodeList>(around, {http_method::get, page_path(options, after), {}});
    if (!got) return got.fault();
    out.push_back(got->message);
    auto next =
        got->message.read([](rest::NodeList::Reader in) { return std::string{text_of(in.getNext())}; });
    if (next.empty()) return out;
    if (next <= after) return fault{errc::malformed, "ras answered with pages that do not advance"};
    after = std::move(next);
  }
  return fault{errc::limit, "more than a million nodes; use --group or --shown"};
}

/// One list from all pages.
view<rest::NodeList> merged(const std::vector<page>& pages) {
  unsigned total = 0;
  unsigned unreadable = 0;
  for (const auto& one : pages)
    one.read([&](rest::NodeList::Reader in) {
      total += in.getNodes().size();
      unreadable += in.getDamaged().size();
    });
  auto record = make_record<rest::NodeList>([&](rest::NodeList::Builder out) {
    auto rows = out.initNodes(total);
    auto damaged = out.initDamaged(unreadable);
    unsigned at = 0;
    unsigned damaged_at = 0;
    for (const auto& one : pages)
      one.read([&](rest::NodeList::Reader in) {
        for (const auto node : in.getNodes())
          rows.setWithCaveats(at++, node);
        for (const auto line : in.getDamaged())
          damaged.set(damaged_at++, line);
        if (in.getRolledBack()) out.setRolledBack(true);
      });
  });
  return record.read_back();
}

} // namespace

int nodes(const surroundings& around, const nodes_options& options) {
  const auto pages = all_pages(around, options);
  if (!pages) return report(around, pages.fault());
  const auto list = pages->size() == 1 ? pages->front() : merged(*pages);
  list.read([&](rest::NodeList::Reader in) {
    if (around.format == output_format::json)
      around.out << to_json(in) << '\n';
    else
      around.out << nodes_text(in, around.tint);
  });
  return exit_done;
}

} // namespace muster::cli
