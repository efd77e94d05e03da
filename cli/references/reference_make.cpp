#include "cli/references/reference_make.hpp"

#include "appraisal/extraction/extraction_rules_text.hpp"
#include "appraisal/extraction/narrowing.hpp"
#include "cli/files/file_role.hpp"
#include "cli/files/json_text.hpp"
#include "cli/files/reference_file.hpp"
#include "cli/references/rim_files.hpp"
#include "cli/references/source_text.hpp"
#include "extraction/keylime_policy.hpp"
#include "extraction/sources/directory.hpp"
#include "extraction/sources/dpkg.hpp"
#include "extraction/sources/image.hpp"
#include "extraction/sources/listed_files.hpp"
#include "extraction/sources/rpm.hpp"
#include "settings/document.hpp"

#include <chrono>
#include <ostream>

namespace muster::cli {

namespace {

using extraction::learning;
using extraction::loss;
using extraction::source_report;

/// Reports progress of long work every few seconds.
class ticker {
public:
  explicit ticker(std::ostream& err) : err_{err} {}

  void operator()(std::uint64_t files, std::uint64_t size) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::seconds{5}) return;
    last_ = now;
    err_ << "muster: " << counted(files, "file", "files") << ", " << (size >> 20U) << " MiB hashed"
         << std::endl;
  }

private:
  std::ostream& err_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

struct told_source {
  std::string kind;
  std::string name;
  source_report report;
  std::string boot; ///< what it gave of the boot: "PCR 0, 2, 3"; empty: nothing
};

result<source_report> learn_keylime(const std::string& file, learning& into) {
  const auto content = read_file(file, extraction::max_keylime_bytes);
  if (!content) return content.fault();
  auto policy = extraction::parse_keylime_policy(as_text(*content));
  if (!policy) return named(*content, file_role::keylime, policy.fault());
  auto report = std::move(policy->report);
  for (std::size_t i = 0; i < policy->files.size(); ++i) {
    const auto one = policy->files[i];
    if (!into.rules.learns_file(one.path)) {
      report.leave_out(loss::excluded, one.path);
      continue;
    }
    if (auto ok = into.out.add(one, nullptr); !ok) return ok.fault();
    ++report.learnt;
  }
  report.notes = std::move(policy->notes);
  return report;
}

result<source_report> learn_rim(const extraction::verified_rim& rim, learning& into) {
  auto report = rim.report();
  if (auto ok = extraction::learn_listed(rim.files(), &rim.product(), into, report); !ok) return ok.fault();
  if (!rim.time_note().empty()) report.note_first(rim.time_note());
  report.note_first("signed by " + rim.signer());
  return report;
}

result<appraisal::extraction_rules> load_rules(const std::optional<std::string>& file) {
  if (!file) return appraisal::extraction_rules{};
  const auto content = read_file(*file, settings::max_document_bytes + 1);
  if (!content) return fault{content.fault().code, printable(*file) + ": " + content.fault().check};
  return appraisal::parse_extraction_rules(*file, as_text(*content));
}

/// Reads the sources of one command, in the order of the options' kinds. Stops at the first failure.
class maker {
public:
  maker(const make_options& options, std::span<const rim_file> rims, learning& into)
      : options_{options}, rims_{rims}, into_{into} {}

  status run() {
    return all("directory", options_.directories,
               [this](const std::string& at) {
                 return extraction::learn_directory({at, options_.root}, into_);
               })
                   && all("image", options_.images,
                          [this](const std::string& at) { return extraction::learn_image(at, into_); })
                   && all("dpkg", options_.dpkg,
                          [this](const std::string& at) { return extraction::learn_dpkg(at, into_); })
                   && all("rpm", options_.rpm,
                          [this](const std::string& at) { return extraction::learn_rpm(at, into_); })
                   && all("rim", options_.rims,
                          [this](const std::string& at) { return learn_rim(rim_of(at), into_); })
                   && all("keylime", options_.keylime,
                          [this](const std::string& at) { return learn_keylime(at, into_); })
               ? status{}
               : status{*why_};
  }

  std::vector<told_source> told;

private:
  const extraction::verified_rim& rim_of(const std::string& file) const {
    return std::ranges::find(rims_, file, &rim_file::file)->rim; // each was loaded
  }

  template <class Learn>
  bool all(const std::string& kind, const std::vector<std::string>& names, Learn&& learn) {
    for (const auto& name : names) {
      auto report = learn(name);
      if (!report) {
        why_ = fault{report.fault().code, "--" + kind + ' ' + printable(name) + ": " + report.fault().check};
        return false;
      }
      // Learning another machine's tree under this disk's paths gives a set that matches nothing there.
      if (kind == "directory" && options_.root.empty())
        report->note_first("paths are those of this disk: --root names the root of another machine");
      told.push_back({kind, name, *std::move(report), {}});
    }
    return true;
  }

  const make_options& options_;
  std::span<const rim_file> rims_;
  learning& into_;
  std::optional<fault> why_;
};

result<std::vector<hash_algorithm>> algorithms_from(const std::vector<std::string>& names) {
  std::vector<hash_algorithm> out;
  for (const auto& name : names) {
    const auto known = hash_algorithm_from(name);
    if (!known) return fault{errc::malformed, "--hash: expected sha1, sha256, sha384, sha512 or sm3"};
    if (std::ranges::find(out, *known) == out.end()) out.push_back(*known);
  }
  return out;
}

std::string origin_of(const std::string& base, const std::vector<told_source>& told) {
  constexpr std::size_t longest = 1000;
  auto out = "boot of (" + base + ')';
  for (const auto& one : told)
    out += "; " + one.kind + ' ' + one.name;
  return printable(out, longest);
}

/// The manifest of a support RIM gave something, too, even if it names no file of a machine.
void tell_of_support(const std::vector<support_report>& supported, std::vector<told_source>& told) {
  for (const auto& one : supported) {
    const auto manifest = std::ranges::find_if(
        told, [&](const told_source& source) { return source.kind == "rim" && source.name == one.manifest; });
    if (manifest != told.end()) manifest->boot = one.gave;
    source_report report;
    report.notes = one.notes;
    told.push_back({"support-rim", one.file, std::move(report), one.gave});
  }
}

/// Warns of a set without files, and of a source that gave none: a machine compared with such a set has no
/// known file.
void warn_of_nothing(const appraisal::reference_content& set, const std::vector<told_source>& told,
                     std::ostream& err) {
  for (const auto& [kind, name, report, boot] : told)
    if (report.learnt == 0 && boot.empty())
      err << "muster: --" << kind << ' ' << printable(name) << " gave no file\n";
  if (set.files.size() == 0)
    err << "muster: the set has boot values but no files: under it, every measured file is unknown\n";
}

/// Whether the sources gave something that the base's boot alone would not have.
bool gave_something(const appraisal::reference_content& set, const std::vector<told_source>& told) {
  return set.files.size() != 0
         || std::ranges::any_of(told, [](const told_source& one) { return !one.boot.empty(); });
}

void print_sources(const std::vector<told_source>& told, listing of_losses, std::ostream& out) {
  for (const auto& [kind, name, report, boot] : told) {
    out << padded(kind, 11) << printable(name) << ": ";
    if (!boot.empty()) out << boot << " of the boot, ";
    print_report(report, of_losses, out);
  }
}

/// A path that was mistyped leads here, too: the sources were read, and had nothing to take.
int report_nothing(const make_options& options, const std::vector<told_source>& told, std::ostream& err) {
  print_sources(told, options.of_losses, err);
  if (options.files_of_base == make_options::base_files::take)
    err << padded("base-files", 11) << printable(options.base) << ": the set has no files\n";
  return report_lines(err, {errc::not_found,
                            "no source gave a file, so nothing is written: under such a set every measured "
                            "file would be unknown; see above what each had, and look at its path and at "
                            "--rules"});
}

void print_table(const bytes32& digest, const appraisal::reference_content& set,
                 const std::vector<told_source>& told, listing of_losses, std::ostream& out) {
  print_sources(told, of_losses, out);
  out << padded("made", 11) << to_hex(digest) << ", " << counted(set.files.size(), "file", "files") << " of "
      << counted(set.packages.size(), "package", "packages") << "\n";
}

bool has_source(const make_options& in) {
  const auto one_of = [](const auto&... lists) { return (!lists.empty() || ...); };
  return in.files_of_base == make_options::base_files::take
         || one_of(in.directories, in.images, in.dpkg, in.rpm, in.rims, in.keylime);
}

void print_json(const bytes32& digest, const appraisal::reference_content& set,
                const std::vector<told_source>& told, std::ostream& out) {
  json_text json;
  json.open_object().member("digest", to_hex(digest)).member("files", set.files.size());
  json.member("packages", set.packages.size()).key("sources").open_array();
  for (const auto& [kind, name, report, boot] : told) {
    json.open_object().member("kind", kind).member("name", name);
    if (!boot.empty()) json.member("boot", boot);
    add_report(json, report);
    json.close_object();
  }
  out << json.close_array().close_object().view() << "\n";
}

} // namespace

int make_command(const make_options& options, std::ostream& out, std::ostream& err) {
  if (!has_source(options))
    return report_lines(err, {errc::malformed,
                              "no source of files: give --directory, --image, --dpkg, --rpm, --rim, "
                              "--keylime or --base-files"});
  if (options.of_packages == extraction::documentation::leave_out && options.dpkg.empty()
      && options.rpm.empty())
    return report_lines(err, {errc::malformed,
                              "--without-documentation: there is no package to leave it out of; it goes with "
                              "--dpkg or --rpm"});
  const auto rules = load_rules(options.rules);
  if (!rules) return report_lines(err, rules.fault());
  if (options.base.empty() && options.support_rims.empty())
    return report_lines(err, {errc::malformed, "give --base, the set that the boot values come from"});
  appraisal::reference_content before;
  if (!options.base.empty()) {
    const auto base = load_reference(options.base);
    if (!base) return report_error(err, options.base, base.fault());
    before = base->set->content();
  }
  const auto algorithms = algorithms_from(options.hashes);
  if (!algorithms) return report_lines(err, algorithms.fault());
  const auto rims = load_rims(options);
  if (!rims) return report_lines(err, rims.fault());
  const auto supported = take_support_rims(options, *rims, *rules, before);
  if (!supported) return report_lines(err, supported.fault());
  auto boot = appraisal::narrowed(before, *rules);
  if (!boot) return report_error(err, options.base.empty() ? "--rules" : options.base, boot.fault());
  auto to = output_file::open(options.to, out); // before hours of work
  if (!to) return report_lines(err, to.fault());

  appraisal::reference_files files;
  if (options.files_of_base == make_options::base_files::take)
    if (auto ok = files.add(*boot); !ok) return report_error(err, options.base, ok.fault());
  learning into{*rules, *algorithms, files, ticker{err}, options.of_packages};
  maker make{options, *rims, into};
  if (auto ok = make.run(); !ok) return report_lines(err, ok.fault());
  tell_of_support(*supported, make.told);

  boot->origin = origin_of(boot->origin, make.told);
  std::move(files).move_into(*boot);
  const auto set = appraisal::reference_set::make(*std::move(boot));
  if (!set) return report_error(err, options.to, set.fault());
  if (!gave_something((*set)->content(), make.told)) return report_nothing(options, make.told, err);
  const auto digest = store_reference((*set)->content(), *to);
  if (!digest) return report_lines(err, digest.fault());
  warn_of_nothing((*set)->content(), make.told, err);
  if (options.base.empty())
    err << "muster: without --base the set compares only PCRs that the firmware alone extends: not the boot "
           "loader, the kernel or Secure Boot\n";
  auto& said = to->is_standard_output() ? err : out;
  if (options.format == output_format::json)
    print_json(*digest, (*set)->content(), make.told, said);
  else
    print_table(*digest, (*set)->content(), make.told, options.of_losses, said);
  return exit_genuine;
}

} // namespace muster::cli
