// A software TPM that is on for one purpose of the lab, behind a socket that no agent knows.
#pragma once

#include "lab/swtpm.hpp"
#include "tpm/device/chip.hpp"

#include <optional>

namespace muster::lab {

/// The TPM of `folder`, running and open. Ends with its owner, in an orderly way only by `power_off`.
class powered_chip {
public:
  /// fault conflict: it runs already.
  static result<powered_chip> power_on(const std::filesystem::path& folder);
  ~powered_chip();
  powered_chip(powered_chip&& other) noexcept;
  powered_chip& operator=(powered_chip&&) = delete;
  powered_chip(const powered_chip&) = delete;
  powered_chip& operator=(const powered_chip&) = delete;

  tpm::chip& chip() noexcept { return *chip_; }

  /// TPM2_Shutdown(CLEAR), and the process ends.
  status power_off();

  /// Closes the TPM and lets it run on behind `folder/name`: from here on it belongs to the machine.
  status hand_over(const std::string& name);

private:
  explicit powered_chip(const std::filesystem::path& folder) : folder_{folder} {}

  std::filesystem::path folder_; // empty: moved from, ended or handed over
  std::optional<tpm::chip> chip_;
};

} // namespace muster::lab
