// Messages between actors never leave the process: CAF is made to refuse to serialise them.
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>

/// Use it at global scope, once for each type that is sent in a message.
#define MUSTER_LOCAL_MESSAGE(...)                                                                            \
  namespace caf {                                                                                            \
  template <> struct allowed_unsafe_message_type<__VA_ARGS__> : std::true_type {};                           \
  }
