#include "cli/client/ask.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/client/text_table.hpp"
#include "cli/log/log_commands.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli {

namespace {

std::string word(capnp::Text::Reader text) {
  auto out = printable(text_of(text), 120);
  return out.empty() ? "-" : out;
}

std::string log_text(rest::LogPage::Reader page, colours tint) {
  if (page.getEntries().size() == 0) return "No records.\n";
  text_table table{{"RECORD", "WHEN", "ACTION", "ACTOR", "NODE", "WHAT"}};
  for (const auto one : page.getEntries())
    table.add({std::to_string(one.getLeaf()), word(one.getWhen()), word(one.getAction()),
               word(one.getActor()), word(one.getNode()).substr(0, 16),
               one.getProblem().size() == 0 ? word(one.getText()) : "UNREADABLE: " + word(one.getProblem())});
  return table.text(tint, 2);
}

} // namespace

int log_show(const surroundings& around, const log_show_options& options) {
  auto after = options.after;
  if (!after) {
    const auto status = ask<rest::LogStatus>(around, {http_method::get, "/v1/log/head", {}});
    if (!status) return report(around, status.fault());
    const auto size = status->message.read([](rest::LogStatus::Reader in) { return in.getSize(); });
    if (size > options.limit) after = size - options.limit - 1;
  }
  auto target = "/v1/log?limit=" + std::to_string(options.limit);
  if (after) target += "&after=" + std::to_string(*after);
  const auto got = ask<rest::LogPage>(around, {http_method::get, std::move(target), {}});
  if (!got) return report(around, got.fault());
  if (around.format == output_format::json)
    around.out << got->json << '\n';
  else
    got->message.read([&](rest::LogPage::Reader in) { around.out << log_text(in, around.tint); });
  return exit_done;
}

} // namespace muster::cli
