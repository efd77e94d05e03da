#include "extraction/sources/dpkg.hpp"

#include "extraction/dpkg_database.hpp"
#include "extraction/sources/machine_root.hpp"

#include <map>

namespace muster::extraction {

namespace {

constexpr std::size_t max_status = std::size_t{256} << 20U;
constexpr std::size_t max_list = std::size_t{64} << 20U;
const std::string database = "/var/lib/dpkg/";

class dpkg_source {
public:
  dpkg_source(const machine_root& root, learning& into) : root_{root}, into_{into} {}

  status run() {
    const auto text = root_.read(database + "status", max_status);
    if (!text) return fault{text.fault().code, "var/lib/dpkg/status: " + text.fault().check};
    const auto packages = parse_dpkg_status(*text);
    if (!packages) return packages.fault();
    if (auto ok = read_diversions(); !ok) return ok;
    for (const auto& one : *packages)
      if (auto ok = take_package(one); !ok) return ok;
    if (missing_ > 0) report.note_first(std::to_string(missing_) + " files that packages list are not there");
    if (unlisted_ > 0)
      report.note_first(std::to_string(unlisted_)
                        + " packages have no list of MD5s; their files are not learnt");
    report.left_out += missing_;
    return {};
  }

  source_report report;

private:
  status read_diversions() {
    const auto text = root_.read(database + "diversions", max_list);
    if (!text) return text.fault().code == errc::not_found ? status{} : status{text.fault()};
    auto read = parse_diversions(*text);
    if (!read) return read.fault();
    for (auto& one : *read)
      diversions_.emplace(one.from, std::pair{std::move(one.to), std::move(one.by)});
    return {};
  }

  /// The list of a package that may be installed for several architectures has the architecture in its name.
  result<std::string> read_list(const dpkg_package& package) const {
    const auto base = database + "info/" + package.name;
    auto text = root_.read(base + ':' + package.architecture + ".md5sums", max_list);
    if (text || text.fault().code != errc::not_found) return text;
    return root_.read(base + ".md5sums", max_list);
  }

  status take_package(const dpkg_package& package) {
    const auto text = read_list(package);
    if (!text) {
      ++unlisted_;
      return text.fault().code == errc::not_found ? status{} : status{text.fault()};
    }
    const auto files = parse_md5sums(*text);
    if (!files) return fault{files.fault().code, package.name + ": " + files.fault().check};
    const appraisal::package owner{package.name, package.version, appraisal::package_source::deb};
    for (const auto& one : *files)
      if (auto ok = take_file(one, owner); !ok) return ok;
    return {};
  }

  const std::string& place_of(const dpkg_file& file, const appraisal::package& owner) const {
    const auto diverted = diversions_.find(file.path);
    return diverted == diversions_.end() || diverted->second.second == owner.name ? file.path
                                                                                  : diverted->second.first;
  }

  status take_file(const dpkg_file& file, const appraisal::package& owner) {
    const auto& path = place_of(file, owner);
    const auto found = root_.open_regular(path);
    if (!found && found.fault().code == errc::not_found) {
      ++missing_;
      return {};
    }
    if (!found) {
      report.leave_out(path, found.fault().check + " (" + owner.name + ')');
      return {};
    }
    if (!into_.rules.learns_file(found->path)) {
      ++report.skipped;
      return {};
    }
    const auto digests = hash_file(found->content, into_.algorithms, file_hasher::md5_too::yes);
    if (!digests)
      report.leave_out(path, digests.fault().check);
    else if (!same(digests->md5.view(), file.md5))
      report.leave_out(found->path, "it is not the file of " + owner.name + ' ' + owner.version
                                        + ": its MD5 is another; it was modified or replaced");
    else
      return into_.take(found->path, *digests, &owner, report);
    return {};
  }

  const machine_root& root_;
  learning& into_;
  std::map<std::string, std::pair<std::string, std::string>> diversions_; // from: to, by
  std::uint64_t unlisted_ = 0;
  std::uint64_t missing_ = 0;
};

} // namespace

result<source_report> learn_dpkg(const std::string& root, learning& into) {
  const auto folder = machine_root::open(root);
  if (!folder) return folder.fault();
  dpkg_source source{*folder, into};
  if (auto ok = source.run(); !ok) return ok.fault();
  return std::move(source.report);
}

} // namespace muster::extraction
