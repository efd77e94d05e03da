// Whether an event's digest is of the data that the log has with it.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/format/event_log.hpp"

namespace muster::tpm {

enum class data_match : std::uint8_t {
  unknown, ///< the event measures something that the log does not have, such as an image
  matches,
  differs ///< the digest must be of the data, by the event's type, and is not
};

/// Recomputes the digest in each way in which firmware and boot loaders log what they measured: all of the
/// data, without a NUL at its end, a variable's value, the text after the first ": ", UTF-16 text in ASCII.
/// The type is a hint and decides only between `unknown` and `differs`: of a variable, a separator, an action,
/// a firmware version or a partition table the data is what is measured. For people: nothing is proven by it.
data_match compare_data(const logged_event& event, byte_view digest, hash_algorithm bank);

} // namespace muster::tpm
