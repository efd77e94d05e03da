// CAF's configuration for a program that talks to the network.
#pragma once

#include "actors/runtime/system_config.hpp"

namespace muster::net {

/// Loads CAF's multiplexer. No port for BASP, CAF's own protocol, is ever opened.
class io_config : public runtime::system_config {
public:
  io_config() : io_config(scheduler{}) {}
  explicit io_config(scheduler how);
};

} // namespace muster::net
