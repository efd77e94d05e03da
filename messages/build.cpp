#include "messages/build.hpp"

#include <capnp/any.h>

#include <cstring>

namespace muster::detail {
namespace {

/// The segment table of a one-segment message, followed by the segment.
bytes framed(kj::ArrayPtr<const capnp::word> segment) {
  const auto content = segment.asBytes();
  bytes out(8 + content.size());
  const auto words = static_cast<std::uint32_t>(segment.size());
  for (unsigned i = 0; i < 4; ++i)
    out[4 + i] = static_cast<std::uint8_t>(words >> (8 * i));
  std::memcpy(out.data() + 8, content.begin(), content.size());
  return out;
}

} // namespace

bytes flatten(capnp::MessageBuilder& message) {
  const auto segments = message.getSegmentsForOutput();
  if (segments.size() == 1) return framed(segments[0]);
  // A message that outgrew its first segment is copied once into a segment that holds all of it.
  const auto root = message.getRoot<capnp::AnyStruct>().asReader();
  const auto words = static_cast<kj::uint>(root.totalSize().wordCount) + 1;
  capnp::MallocMessageBuilder single{words, capnp::AllocationStrategy::FIXED_SIZE};
  single.setRoot(root);
  return framed(single.getSegmentsForOutput()[0]);
}

bytes canonical(capnp::MessageBuilder& message) {
  return framed(message.getRoot<capnp::AnyStruct>().asReader().canonicalize());
}

} // namespace muster::detail
