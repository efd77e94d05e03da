// A software TPM that the lab switches on for one purpose, on a socket that no agent knows.
#pragma once

#include "lab/swtpm.hpp"
#include "tpm/device/chip.hpp"

#include <optional>

namespace muster::lab {

/// The TPM of `folder`, running and open. The destructor ends it; only `power_off` ends it in an orderly way.
class powered_chip {
public:
  /// fault conflict: it is running already.
  static result<powered_chip> power_on(const std::filesystem::path& folder);
  ~powered_chip();
  powered_chip(powered_chip&& other) noexcept;
  powered_chip& operator=(powered_chip&&) = delete;
  powered_chip(const powered_chip&) = delete;
  powered_chip& operator=(const powered_chip&) = delete;

  tpm::chip& chip() noexcept { return *chip_; }

  /// Sends TPM2_Shutdown(CLEAR) and ends the process.
  status power_off();

  /// Closes the TPM and leaves it running on the socket `folder/name`: from now on it belongs to the machine.
  status hand_over(const std::string& name);

private:
  explicit powered_chip(const std::filesystem::path& folder) : folder_{folder} {}

  std::filesystem::path folder_; // empty: moved from, ended or handed over
  std::optional<tpm::chip> chip_;
};

} // namespace muster::lab
