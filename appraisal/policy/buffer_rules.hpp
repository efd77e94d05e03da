// What a policy says about keys, command lines of kexec and critical data that the kernel measured.
#pragma once

#include "appraisal/policy/pattern.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <optional>
#include <string>
#include <vector>

namespace muster::appraisal {

/// One content that is allowed in a keyring or under a label of critical data.
struct buffer_rule {
  std::string name;
  std::optional<bytes32> digest; ///< SHA-256 of the buffer; empty: any content
  friend bool operator==(const buffer_rule&, const buffer_rule&) = default;
};

/// What buffers may hold. A buffer that has no rule stays "ima.not-a-file".
struct buffer_rules {
  static constexpr std::size_t max_rules = 256;
  static constexpr std::size_t max_name = 128;
  static constexpr std::size_t max_patterns = 16;

  std::vector<buffer_rule> keyrings;       ///< `name` is the keyring's: ".ima"
  std::vector<buffer_rule> critical_data;  ///< `name` is the label: "kernel_version"
  std::vector<pattern> kexec_command_line; ///< the line matches one of these

  friend bool operator==(const buffer_rules&, const buffer_rules&) = default;
};

} // namespace muster::appraisal
