// CAF's configuration of a program that talks to the net.
#pragma once

#include "actors/runtime/system_config.hpp"

namespace muster::net {

/// Loads CAF's multiplexer. BASP stays shut: no port of it is ever opened.
class io_config : public runtime::system_config {
public:
  io_config() : io_config(scheduler{}) {}
  explicit io_config(scheduler how);
};

} // namespace muster::net
