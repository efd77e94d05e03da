#include "extraction/sources/dpkg.hpp"

#include "extraction/dpkg_database.hpp"
#include "extraction/sources/machine_root.hpp"

#include <map>
#include <set>

namespace muster::extraction {

namespace {

constexpr std::size_t max_status = std::size_t{256} << 20U;
constexpr std::size_t max_list = std::size_t{64} << 20U;
const std::string database = "/var/lib/dpkg/";

/// "of bash": a bare name after a path would read as a part of the reason.
std::string of(const appraisal::package& owner) { return "of " + owner.name; }

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

  /// A file of info/. Those of a package that may be installed for several architectures have the architecture
  /// in their name.
  result<std::string> read_info(const dpkg_package& package, const std::string& kind) const {
    const auto base = database + "info/" + package.name;
    auto text = root_.read(base + ':' + package.architecture + kind, max_list);
    if (text || text.fault().code != errc::not_found) return text;
    return root_.read(base + kind, max_list);
  }

  status take_package(const dpkg_package& package) {
    const auto named = package.name + ' ' + package.version;
    if (package.state == dpkg_state::removed) report.leave_out(loss::removed_package, named);
    if (package.state == dpkg_state::unfinished)
      report.leave_out(loss::unfinished_package, named, printable(package.status));
    if (package.state != dpkg_state::unpacked) return {};
    for (const auto line : package.unread)
      report.leave_out(loss::unread_line, named, "status, line " + std::to_string(line));
    const appraisal::package owner{package.name, package.version, appraisal::package_source::deb};
    std::set<std::string> vouched;
    for (const auto& one : package.conffiles)
      if (one.md5 && !one.obsolete) vouched.insert(one.path);
    const auto listed = take_md5sums(package, owner, vouched);
    if (!listed) return listed.fault();
    for (const auto& one : package.conffiles)
      if (auto ok = take_conffile(one, owner, vouched); !ok) return ok;
    return count_unlisted(package, owner, vouched, *listed);
  }

  enum class md5sums { absent, read };

  /// A path of a configuration file is judged by the status: package tools may list it here, too, and then a
  /// changed one would be called modified.
  result<md5sums> take_md5sums(const dpkg_package& package, const appraisal::package& owner,
                               std::set<std::string>& vouched) {
    const auto text = read_info(package, ".md5sums");
    if (!text && text.fault().code == errc::not_found) return md5sums::absent;
    if (!text) return fault{text.fault().code, package.name + ".md5sums: " + text.fault().check};
    const auto list = parse_md5sums(*text);
    if (!list) return fault{list.fault().code, package.name + ": " + list.fault().check};
    for (const auto line : list->unread)
      report.leave_out(loss::unread_line, package.name + ".md5sums", "line " + std::to_string(line));
    const auto configuration = vouched;
    for (const auto& one : list->files) {
      if (configuration.contains(one.path)) continue;
      vouched.insert(one.path);
      if (auto ok = take_file(one, owner, loss::modified); !ok) return ok.fault();
    }
    return md5sums::read;
  }

  status take_conffile(const dpkg_conffile& file, const appraisal::package& owner,
                       std::set<std::string>& vouched) {
    if (file.md5 && !file.obsolete) return take_file({file.path, *file.md5}, owner, loss::configured);
    if (!vouched.insert(file.path).second) return {};
    const auto found = root_.open_regular(place_of(file.path, owner));
    if (found) report.leave_out(file.obsolete ? loss::obsolete : loss::no_digest, found->path, of(owner));
    return {};
  }

  /// The files of a package that no list has an MD5 of.
  status count_unlisted(const dpkg_package& package, const appraisal::package& owner,
                        const std::set<std::string>& vouched, md5sums list) {
    const auto text = read_info(package, ".list");
    if (!text && text.fault().code != errc::not_found)
      return fault{text.fault().code, package.name + ".list: " + text.fault().check};
    const auto paths = parse_dpkg_list(text ? *text : std::string{});
    if (!paths) return fault{paths.fault().code, package.name + ": " + paths.fault().check};
    bool any = !text;
    for (const auto& path : *paths) {
      if (vouched.contains(path)) continue;
      const auto found = root_.open_regular(place_of(path, owner));
      if (!found) continue;
      report.leave_out(loss::no_digest, found->path, of(owner));
      any = true;
    }
    if (any && list == md5sums::absent)
      report.leave_out(loss::unlisted_package, owner.name + ' ' + owner.version);
    return {};
  }

  const std::string& place_of(const std::string& path, const appraisal::package& owner) const {
    const auto diverted = diversions_.find(path);
    return diverted == diversions_.end() || diverted->second.second == owner.name ? path
                                                                                  : diverted->second.first;
  }

  status take_file(const dpkg_file& file, const appraisal::package& owner, loss if_other) {
    const auto& path = place_of(file.path, owner);
    const auto found = root_.open_regular(path);
    if (!found) {
      const auto code = found.fault().code;
      report.leave_out(code == errc::not_found     ? loss::missing
                       : code == errc::unsupported ? loss::not_regular
                                                   : loss::unreadable,
                       path, of(owner) + ": " + found.fault().check);
      return {};
    }
    if (const auto why = into_.unwanted(found->path, found->mode)) {
      report.leave_out(*why, found->path, of(owner));
      return {};
    }
    const auto digests = hash_file(found->content, into_.algorithms, file_hasher::md5_too::yes);
    if (!digests)
      report.leave_out(loss::unreadable, found->path, digests.fault().check);
    else if (!same(digests->md5.view(), file.md5))
      report.leave_out(if_other, found->path, "it is not the file of " + owner.name + ' ' + owner.version);
    else
      return into_.take(found->path, *digests, &owner, report);
    return {};
  }

  const machine_root& root_;
  learning& into_;
  std::map<std::string, std::pair<std::string, std::string>> diversions_; // from: to, by
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
