#include "cli/references/reference_show.hpp"

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/extraction/reference_diff.hpp"
#include "cli/files/json_text.hpp"
#include "cli/files/reference_file.hpp"
#include "tpm/format/event_type.hpp"

#include <limits>
#include <optional>
#include <ostream>

namespace muster::cli {

namespace {

using appraisal::reference_content;

std::string digest_text(hash_algorithm algorithm, byte_view digest) {
  return std::string{to_string(algorithm)} + ':' + to_hex(digest);
}

std::string_view name_of(appraisal::package_source source) {
  switch (source) {
  case appraisal::package_source::deb: return "deb";
  case appraisal::package_source::rpm: return "rpm";
  case appraisal::package_source::rim: return "rim";
  }
  return "?";
}

std::string type_of(const appraisal::event_rule& rule) {
  return rule.type ? tpm::to_string(static_cast<tpm::event_type>(*rule.type)) : std::string{};
}

/// The number of files of each package; files without a package are counted last.
std::vector<std::uint64_t> files_by_package(const reference_content& set) {
  std::vector<std::uint64_t> out(set.packages.size() + 1);
  for (std::size_t i = 0; i < set.files.size(); ++i) {
    const auto own = i < set.package_of.size() ? set.package_of[i] : appraisal::no_package;
    ++out[own == appraisal::no_package ? set.packages.size() : own];
  }
  return out;
}

void print_boot(const reference_content& set, std::ostream& out) {
  for (const auto& p : set.pcrs)
    out << padded("PCR " + std::to_string(p.index), 11) << digest_text(p.algorithm, p.value.view()) << "  "
        << appraisal::meaning_of_pcr(p.index) << "\n";
  for (const auto& list : set.events) {
    std::size_t number = 0;
    for (const auto& event : list.events)
      out << padded("PCR " + std::to_string(list.pcr) + " #" + std::to_string(++number), 11)
          << (event.text.empty() ? digest_text(list.algorithm, event.digest.view())
                                 : printable(event.text, 200))
          << "\n";
  }
  for (const auto& rule : set.left_out)
    out << padded("left out", 11) << "events of PCR " << unsigned{rule.pcr} << " that match "
        << printable(rule.description.text()) << (rule.type ? ", of type " + type_of(rule) : "") << "\n";
}

void print_set(const named_reference& named, std::ostream& out) {
  const auto& set = named.set->content();
  out << padded("set", 11) << to_hex(named.digest) << "\n"
      << padded("origin", 11) << printable(set.origin) << "\n";
  print_boot(set, out);
  const auto counts = files_by_package(set);
  for (std::size_t i = 0; i < set.packages.size(); ++i)
    out << padded("package", 11) << printable(set.packages[i].name) << ' '
        << printable(set.packages[i].version) << " (" << name_of(set.packages[i].source) << "), "
        << counted(counts[i], "file", "files") << "\n";
  out << padded("files", 11) << set.files.size() << ", " << counts.back() << " of no package\n";
}

void add_boot(json_text& json, const reference_content& set) {
  json.key("pcrs").open_object();
  for (const auto& p : set.pcrs)
    json.member(std::to_string(p.index), digest_text(p.algorithm, p.value.view()));
  json.close_object().key("events").open_array();
  for (const auto& list : set.events)
    for (const auto& event : list.events) {
      json.open_object()
          .member("pcr", list.pcr)
          .member("digest", digest_text(list.algorithm, event.digest.view()));
      json.member("type", tpm::to_string(static_cast<tpm::event_type>(event.type)))
          .member("text", event.text);
      json.close_object();
    }
  json.close_array().key("left_out").open_array();
  for (const auto& rule : set.left_out)
    json.open_object()
        .member("pcr", rule.pcr)
        .member("type", type_of(rule))
        .member("description", rule.description.text())
        .close_object();
  json.close_array();
}

void print_set_json(const named_reference& named, std::ostream& out) {
  const auto& set = named.set->content();
  json_text json;
  json.open_object().member("digest", to_hex(named.digest)).member("origin", set.origin);
  add_boot(json, set);
  json.key("packages").open_array();
  for (const auto& one : set.packages)
    json.open_object()
        .member("name", one.name)
        .member("version", one.version)
        .member("source", name_of(one.source))
        .close_object();
  json.close_array().key("files").open_array();
  for (std::size_t i = 0; i < set.files.size(); ++i) {
    const auto file = set.files[i];
    json.open_object().member("path", file.path).member("digest", digest_text(file.algorithm, file.digest));
    const auto own = i < set.package_of.size() ? set.package_of[i] : appraisal::no_package;
    if (own != appraisal::no_package) json.member("package", set.packages[own].name);
    json.close_object();
  }
  out << json.close_array().close_object().view() << "\n";
}

void print_diff_json(const appraisal::reference_diff& diff, std::ostream& out) {
  json_text json;
  json.open_object().key("boot").open_array();
  for (const auto& one : diff.boot)
    json.open_object()
        .member("pcr", one.pcr)
        .member("event", one.event)
        .member("was", one.was)
        .member("is", one.is)
        .close_object();
  json.close_array().member("more_boot", diff.more_boot).key("rules").open_array();
  for (const auto& one : diff.rules)
    json.text(one);
  json.close_array().key("packages").open_array();
  for (const auto& one : diff.packages) {
    json.open_object().member("name", one.name).member("from", one.from).member("to", one.to);
    json.member("changed", one.changed).member("added", one.added).member("removed", one.removed);
    json.key("paths").open_array();
    for (const auto& changed : one.paths)
      json.text(changed.path);
    json.close_array().close_object();
  }
  out << json.close_array().member("same_files", diff.same_files).close_object().view() << "\n";
}

} // namespace

int show_reference_command(const std::string& file, output_format format, std::ostream& out,
                           std::ostream& err) {
  const auto named = load_reference(file);
  if (!named) return report_error(err, file, named.fault());
  if (format == output_format::json)
    print_set_json(*named, out);
  else
    print_set(*named, out);
  return exit_genuine;
}

int diff_reference_command(const std::string& before, const std::string& after, listing of_paths,
                           output_format format, std::ostream& out, std::ostream& err) {
  using appraisal::diff_detail;
  const auto detail = of_paths == listing::all ? diff_detail::all : diff_detail::first;
  const std::size_t most_lines = of_paths == listing::all ? std::numeric_limits<std::size_t>::max() : 10'000;
  const auto old_set = load_reference(before);
  if (!old_set) return report_error(err, before, old_set.fault());
  const auto new_set = load_reference(after);
  if (!new_set) return report_error(err, after, new_set.fault());
  const auto diff = appraisal::compare_references(old_set->set.get(), *new_set->set, detail);
  if (format == output_format::json)
    print_diff_json(diff, out);
  else
    for (const auto& line : appraisal::lines_of(diff, most_lines, detail))
      out << line << "\n";
  return diff.empty() ? exit_genuine : exit_not_genuine;
}

} // namespace muster::cli
