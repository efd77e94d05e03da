#include "cli/references/source_text.hpp"

#include "cli/files/output.hpp"

#include <algorithm>
#include <ostream>

namespace muster::cli {

namespace {

using extraction::loss;

constexpr std::size_t shown_notes = 20;
constexpr std::size_t shown_losses = 3; ///< of each reason

template <class Each> void for_each_loss(const extraction::source_report& report, Each&& each) {
  for (unsigned i = 0; i <= static_cast<unsigned>(extraction::last_loss); ++i)
    if (const auto why = static_cast<loss>(i); report.count(why) != 0) each(why);
}

/// Excluded files are what the operator's own rules say: only `--list` names them.
std::size_t shown_of(loss why, listing of_losses, std::size_t there) {
  if (of_losses == listing::all) return there;
  return why == loss::excluded || why == loss::documentation ? 0 : std::min(there, shown_losses);
}

} // namespace

std::string sum_of(const extraction::source_report& report) {
  auto out = counted(report.learnt, "file", "files") + " learnt";
  if (const auto n = report.count(loss::excluded); n > 0)
    out += ", " + std::to_string(n) + " excluded by the rules";
  if (const auto n = report.left_out(); n > 0) out += ", " + std::to_string(n) + " left out";
  if (const auto n = report.count(loss::unread_line); n > 0)
    out += ", " + counted(n, "line", "lines") + " not understood";
  if (const auto n = report.packages(); n > 0)
    out += ", " + counted(n, "package", "packages") + " not taken or not listed";
  return out;
}

void print_report(const extraction::source_report& report, listing of_losses, std::ostream& out) {
  const auto indent = padded("", 11);
  out << sum_of(report) << '\n';
  bool more = false;
  for_each_loss(report, [&](loss why) {
    const auto count = report.count(why);
    const auto& listed = report.listed(why);
    const auto shown = shown_of(why, of_losses, listed.size());
    out << indent << text_of(why, count) << '\n';
    for (std::size_t i = 0; i < shown; ++i)
      out << indent << "  " << listed[i] << '\n';
    if (shown != 0 && count > shown) out << indent << "  and " << count - shown << " more\n";
    more = more || (of_losses == listing::first && count > shown);
  });
  if (more) out << indent << "--list lists them all\n";
  for (std::size_t i = 0; i < std::min(report.notes.size(), shown_notes); ++i)
    out << indent << report.notes[i] << '\n';
  if (report.notes.size() > shown_notes)
    out << indent << "and " << report.notes.size() - shown_notes << " more; -o json lists them\n";
}

void add_report(json_text& json, const extraction::source_report& report) {
  json.member("learnt", report.learnt).member("passed_over", report.count(loss::excluded));
  json.member("left_out", report.left_out()).key("reasons").open_array();
  for_each_loss(report, [&](loss why) {
    json.open_object().member("reason", to_string(why)).member("count", report.count(why));
    json.key("listed").open_array();
    for (const auto& one : report.listed(why))
      json.text(one);
    json.close_array().close_object();
  });
  json.close_array().key("notes").open_array();
  for (const auto& note : report.notes)
    json.text(note);
  json.close_array();
}

} // namespace muster::cli
