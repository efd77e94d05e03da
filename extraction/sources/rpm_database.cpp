#include "extraction/sources/rpm_database.hpp"

#include <algorithm>
#include <optional>
#include <sys/stat.h>

namespace muster::extraction {

namespace {

/// The newest place first.
constexpr const char* places[] = {"/usr/lib/sysimage/rpm", "/usr/share/rpm", "/var/lib/rpm"};

constexpr std::pair<rpm_database_kind, const char*> kinds[] = {
    {rpm_database_kind::sqlite, "rpmdb.sqlite"},
    {rpm_database_kind::ndb, "Packages.db"},
    {rpm_database_kind::bdb, "Packages"},
};

struct identity {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const identity&, const identity&) = default;
};

std::optional<identity> identity_of(const open_file& folder) {
  struct stat about {};
  if (::fstat(folder.get(), &about) != 0) return std::nullopt;
  return identity{about.st_dev, about.st_ino};
}

std::optional<rpm_database_kind> kind_of(const std::vector<std::string>& names) {
  for (const auto& [kind, name] : kinds)
    if (std::ranges::find(names, name) != names.end()) return kind;
  return std::nullopt;
}

} // namespace

const char* to_string(rpm_database_kind kind) noexcept {
  switch (kind) {
  case rpm_database_kind::sqlite: return "sqlite";
  case rpm_database_kind::ndb: return "ndb";
  case rpm_database_kind::bdb: return "bdb_ro";
  }
  return "?";
}

result<rpm_database> find_rpm_database(const machine_root& root) {
  std::optional<rpm_database> out;
  std::vector<identity> seen;
  for (const auto* place : places) {
    auto folder = root.open_folder(place);
    if (!folder && folder.fault().code == errc::io) return folder.fault();
    if (!folder) continue;
    const auto names = names_in(*folder);
    const auto own = identity_of(*folder);
    if (!names || !own) return fault{errc::io, "rpm: its database cannot be listed"};
    const auto kind = kind_of(*names);
    if (!kind || std::ranges::find(seen, *own) != seen.end()) continue;
    seen.push_back(*own);
    if (out) {
      out->others.emplace_back(place);
      continue;
    }
    out = rpm_database{*std::move(folder), place, *kind, {}};
  }
  if (out) return *std::move(out);
  return fault{errc::not_found,
               "there is no RPM database (usr/lib/sysimage/rpm, usr/share/rpm, var/lib/rpm)"};
}

} // namespace muster::extraction
