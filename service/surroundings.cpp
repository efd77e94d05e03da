// The half of `ras --check-config` that looks at the machine: addresses, owners and permissions. Adapter.
#include "net/listen.hpp"
#include "service/check.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::service {

namespace {

namespace fs = std::filesystem;
using lines = std::vector<std::string>;

void warn(lines& out, std::string_view key, const std::string& what) {
  out.push_back(std::string{key} + ": WARNING: " + what);
}

std::string user_name(uid_t id) {
  passwd entry{};
  passwd* found = nullptr;
  char space[4096];
  if (::getpwuid_r(id, &entry, space, sizeof space, &found) == 0 && found != nullptr)
    return printable(found->pw_name, 64);
  return "uid " + std::to_string(id);
}

std::string not_for_this_user() {
  return " (for this user, " + user_name(::geteuid()) + "; ask as the user that ras runs as)";
}

void put_address(lines& out, const endpoint& at) {
  const auto bound = net::try_to_listen(at);
  if (bound) return out.push_back("listen.agents: " + to_string(at) + " can be bound");
  const auto& why = bound.fault().check;
  const bool taken = bound.fault().code == errc::conflict;
  warn(out, "listen.agents",
       to_string(at) + ": " + why
           + (taken ? ": a service listens there; is it this one, which runs already?"
                    : ": no start succeeds until this machine has that address and this user may bind the "
                      "port"));
}

/// Keys that others can read stop a start, and files of another owner stop a service that does not run as root.
void put_state(lines& out, const std::string& folder) {
  struct stat of_folder {};
  if (::stat(folder.c_str(), &of_folder) != 0) {
    if (errno != ENOENT) return warn(out, "state", printable(folder, 4096) + ": " + std::strerror(errno));
    // A start makes the folders that are missing, above it as well.
    auto above = fs::path{folder}.parent_path();
    std::error_code ignored;
    while (above.has_relative_path() && !fs::exists(above, ignored))
      above = above.parent_path();
    out.push_back("state: " + printable(folder, 4096) + " is not there yet; the first start makes it");
    if (above.string() != fs::path{folder}.parent_path().string())
      warn(out, "state",
           "the folder above it is not there either: is " + printable(folder, 4096)
               + " the path that was meant? A start makes everything below "
               + printable(above.string(), 4096));
    if (::access(above.c_str(), W_OK | X_OK) != 0)
      warn(out, "state", printable(above.string(), 4096) + ": " + std::strerror(errno) + not_for_this_user());
    return;
  }
  if (!S_ISDIR(of_folder.st_mode)) return warn(out, "state", printable(folder, 4096) + " is not a folder");
  if ((of_folder.st_mode & S_IWOTH) != 0)
    warn(out, "state", printable(folder, 4096) + ": everybody may write to it: chmod o-w");
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
    warn(out, "state", printable(folder, 4096) + ": " + std::strerror(errno) + not_for_this_user());
  constexpr std::size_t most = 1000, named = 10;
  std::size_t seen = 0, foreign = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at{folder, error}, end; !error && at != end && seen < most;
       at.increment(error), ++seen) {
    struct stat one {};
    const auto path = at->path().string();
    if (::lstat(path.c_str(), &one) != 0) continue;
    if (S_ISREG(one.st_mode) && at->path().extension() == ".key" && (one.st_mode & 0077U) != 0)
      warn(out, "state",
           printable(path, 4096) + ": other users can read this key, and a start refuses it: chmod 600");
    if (one.st_uid != of_folder.st_uid && ++foreign <= named)
      warn(out, "state",
           printable(path, 4096) + " belongs to " + user_name(one.st_uid) + ", its folder "
               + printable(folder, 4096) + " to " + user_name(of_folder.st_uid)
               + ": was ras run by hand as another user? chown it");
  }
  if (error) warn(out, "state", printable(folder, 4096) + ": " + error.message());
  if (foreign > named)
    warn(out, "state", std::to_string(foreign - named) + " more files belong to another user");
}

void put_written(lines& out, std::string_view key, const std::string& file) {
  if (file.empty()) return;
  const auto folder = fs::path{file}.parent_path().string();
  std::error_code ignored;
  const bool there = fs::exists(file, ignored);
  if (!there && !fs::exists(folder, ignored)) return; // check_named_files says so
  const auto& written = there ? file : folder;
  if (::access(written.c_str(), W_OK) != 0)
    warn(out, key, printable(written, 4096) + ": " + std::strerror(errno) + not_for_this_user());
}

/// Certificates and policies that others may write decide who is trusted.
void put_read(lines& out, std::string_view key, const std::string& folder) {
  struct stat about {};
  if (folder.empty() || ::stat(folder.c_str(), &about) != 0) return; // a start says so
  if ((about.st_mode & S_IWOTH) != 0)
    warn(out, key,
         printable(folder, 4096) + ": everybody may write to it, and decide who is trusted: chmod o-w");
}

} // namespace

std::vector<std::string> check_surroundings(const configuration& in) {
  lines out;
  const auto& settings = in.settings;
  for (const auto& at : settings.listen_agents)
    put_address(out, at);
  put_state(out, settings.state);
  put_written(out, "socket", settings.socket);
  put_written(out, "log.head_file", settings.head_file);
  put_read(out, "policies", settings.policies);
  for (const auto& folder : settings.admission.vendor_roots)
    put_read(out, "admission.vendor_roots", folder);
  return out;
}

} // namespace muster::service
