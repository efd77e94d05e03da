#include "node/look_around.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace muster::node {

namespace {

namespace fs = std::filesystem;

/// Empty if this user can read it.
std::string obstacle(const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) return {};
  return errno == ENOENT || errno == ENOTDIR ? "is not there" : std::strerror(errno);
}

void put_file(std::vector<std::string>& out, std::string_view key, const std::string& path,
              std::string_view remedy) {
  if (path.empty()) return;
  const auto why = obstacle(path);
  out.push_back(std::string{key} + ": "
                + (why.empty()
                       ? printable(path, 4096)
                       : "WARNING: " + printable(path, 4096) + ": " + why + ": " + std::string{remedy}));
}

/// The agent makes the folder of its state itself, but not the folders above it.
void put_state(std::vector<std::string>& out, const std::string& path) {
  std::error_code ignored;
  const fs::path folder{path};
  if (fs::is_directory(folder, ignored)) {
    if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0)
      out.push_back("state: WARNING: " + printable(path, 4096) + ": " + std::strerror(errno)
                    + ": it must belong to the agent's user");
    else
      out.push_back("state: " + printable(path, 4096));
  } else if (fs::exists(folder, ignored)) {
    out.push_back("state: WARNING: " + printable(path, 4096) + " is not a folder");
  } else if (!fs::is_directory(folder.parent_path(), ignored)) {
    out.push_back("state: WARNING: the folder " + printable(folder.parent_path().string(), 4096)
                  + " is not there; a start needs it");
  } else {
    out.push_back("state: " + printable(path, 4096) + " is not there yet; the first start makes it");
  }
}

} // namespace

std::vector<std::string> look_around(const settings::node_settings& settings) {
  std::vector<std::string> out;
  const auto& files = settings.platform;
  put_state(out, settings.state);
  put_file(out, "platform.boot_id", files.boot_id,
           "the agent cannot tell one boot from another; is /proc mounted?");
  put_file(out, "platform.boot_log", files.boot_log,
           "the machine sends no boot log; is securityfs mounted (/sys/kernel/security), does the user of "
           "the agent "
           "read it, and does the firmware measure (UEFI with the TPM switched on)?");
  put_file(
      out, "platform.ima_log", files.ima_log,
      "the machine sends no list of files; is securityfs mounted, and IMA on (ima_policy=tcb on the kernel's "
      "command line)?");
  put_file(out, "platform.ima_policy", files.ima_policy,
           "only the advice on the policy of IMA is lost; many kernels do not show it");
  put_file(out, "platform.facts", files.facts, "make the file, or leave the key out");
  constexpr std::string_view socket = "swtpm:path=";
  if (settings.tpm.starts_with(socket))
    put_file(out, "tpm", settings.tpm.substr(socket.size()), "start the software TPM first");
  return out;
}

} // namespace muster::node
