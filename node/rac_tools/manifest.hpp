// The manifest and the facts: what the machine says about itself. Pure.
#pragma once

#include "actors/node/evidence.hpp"
#include "actors/node/machine.hpp"

#include <string>

namespace muster::node {

/// The flat message Manifest (docs/protocol.md 4): what a quote binds in addition to the PCRs. `boot_log` is
/// empty if the machine has none.
bytes make_manifest(const evidence_order& order, const boot_id& boot, byte_view boot_log);

/// What the machine says about itself, for people to read. Valid UTF-8.
struct machine_texts {
  std::string hostname;
  std::string operating_system;
  std::string kernel;
  std::string architecture;
  std::string product;
  std::string firmware;
  friend bool operator==(const machine_texts&, const machine_texts&) = default;
};

/// A facts file (`platform.facts`): a YAML mapping with the keys hostname, operating_system, kernel,
/// architecture, product and firmware, all optional, all text. `file` is the name that faults begin with.
result<machine_texts> parse_facts(std::string_view file, std::string_view text);

/// PRETTY_NAME of an os-release file (os-release(5)); empty if there is none.
std::string pretty_name(std::string_view os_release);

/// The flat message MachineFacts. It says that the node's key is in a file.
bytes make_facts(const machine_texts& texts, const measured_boot& boot);

} // namespace muster::node
