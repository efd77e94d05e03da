#include "messages/state_stamp.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "schemas/records.capnp.h"

#include <capnp/schema.h>

namespace muster {
namespace {

std::size_t word_of_result_sequence() {
  const auto field = capnp::Schema::from<records::State>().getFieldByName("resultSequence");
  return field.getProto().getSlot().getOffset();
}

} // namespace

bool stamp_result_sequence(mutable_bytes state, std::uint64_t placeholder, std::uint64_t value) noexcept {
  static const std::size_t word = word_of_result_sequence();
  cursor in{state};
  // Encoding, "Structs": after the segment table the root pointer: 2 bits kind (0) and 30 bits offset (0, as
  // the data of a canonical root follows at once), then 16 bits count of data words.
  (void)in.u64_le();
  const auto kind_and_offset = in.u32_le();
  const auto data_words = in.u16_le();
  (void)in.u16_le();
  if (in.failed() || kind_and_offset != 0 || data_words <= word) return false;
  (void)in.take(word * 8);
  const auto at = state.size() - in.left();
  if (in.u64_le() != placeholder || in.failed()) return false;
  for (unsigned i = 0; i < 8; ++i)
    state[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  return true;
}

} // namespace muster
