// Messages between actors never leave the process: CAF is told to refuse to send them anywhere.
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

/// At global scope, once for each type that travels in a message.
#define MUSTER_LOCAL_MESSAGE(...)                                                                            \
  namespace caf {                                                                                            \
  template <> struct allowed_unsafe_message_type<__VA_ARGS__> : std::true_type {};                           \
  }
