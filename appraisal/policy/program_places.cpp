#include "appraisal/policy/program_places.hpp"

#include "settings/path_prefix.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::string_view samples[] = {
    "/",
    "/init",
    "/bin/sh",
    "/sbin/init",
    "/usr/bin/env",
    "/usr/sbin/sshd",
    "/usr/lib/systemd/systemd",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/usr/libexec/sudo",
    "/usr/local/bin/app",
    "/usr/local/sbin/app",
    "/usr/local/lib/app.so",
    "/lib/modules/6.1.0-1/kernel/a.ko",
    "/lib64/ld-linux-x86-64.so.2",
    "/boot/vmlinuz",
    "/etc/passwd",
    "/etc/init.d/ssh",
    "/etc/cron.daily/logrotate",
    "/opt/app/bin/app",
};

constexpr std::string_view places[] = {
    "/init",      "/bin",        "/sbin",        "/lib",           "/lib32",          "/lib64",
    "/libx32",    "/boot",       "/usr/bin",     "/usr/sbin",      "/usr/lib",        "/usr/lib32",
    "/usr/lib64", "/usr/libx32", "/usr/libexec", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib",
};

} // namespace

std::span<const std::string_view> sample_programs() noexcept { return samples; }

std::string_view place_around(std::string_view path) noexcept {
  const auto* found =
      std::ranges::find_if(places, [path](auto place) { return settings::covers(place, path); });
  return found == std::ranges::end(places) ? std::string_view{} : *found;
}

std::string objection_to(std::string_view directory) {
  for (const auto sample : samples)
    if (settings::covers(directory, sample))
      return "expected a directory of data; this one would also pass over " + std::string{sample};
  if (const auto place = place_around(directory); !place.empty())
    return "expected a directory of data; machines keep programs in " + std::string{place}
           + ": name the data there with ima.exclude_matching";
  return {};
}

} // namespace muster::appraisal
