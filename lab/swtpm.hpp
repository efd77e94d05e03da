// One swtpm process.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <filesystem>

namespace muster::lab {

/// The files of a software TPM. All are in one folder; the names are fixed:
///   tpm/          the state, which is the TPM's identity
///   swtpm.pid     while it runs
///   swtpm.log
class swtpm {
public:
  explicit swtpm(std::filesystem::path folder) : folder_{std::move(folder)} {}

  std::filesystem::path state() const { return folder_ / "tpm"; }

  /// Starts it as a daemon, powered on and after TPM2_Startup(CLEAR), on the socket `folder/name` (and
  /// `folder/name.ctrl`). The socket answers when this returns. fault limit: the path does not fit a socket
  /// address. fault conflict: it is running. fault io: swtpm is not installed or refuses; the text includes
  /// its log.
  status start(const std::string& name) const;

  /// Ends it and waits for the process's end. No effect if it is not running.
  status stop() const;

  bool running() const;

private:
  std::filesystem::path folder_;
};

/// Sends TPM2_Shutdown(CLEAR) to the software TPM behind `socket`, as an operating system does before the
/// power goes. Gives up without a fault after a second, because another client may hold the TPM: then the
/// machine simply lost its power.
void shut_down(const std::filesystem::path& socket);

} // namespace muster::lab
