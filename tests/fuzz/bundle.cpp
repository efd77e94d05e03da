// Bundles: any input is read to its end, or refused with the place of the error. The outcome does not depend
// on how the input is cut into pieces.
#include "appraisal/bundle/bundle_frames.hpp"
#include "appraisal/bundle/bundle_verification.hpp"

#include <cstdlib>

namespace {

using namespace muster;

/// The outcome for the bundle when it comes in steps of that size.
std::string outcome(byte_view in, std::size_t step) {
  appraisal::bundle_frames frames;
  appraisal::bundle_verification verification;
  while (!in.empty()) {
    const auto now = in.first(std::min(step, in.size()));
    in = in.subspan(now.size());
    frames.feed(now);
    for (;;) {
      auto part = frames.next();
      if (!part) return part.fault().check;
      if (!*part) break;
      if (auto taken = verification.take(**part); !taken) return taken.fault().check;
    }
  }
  if (auto ended = frames.end(); !ended) return ended.fault().check;
  const auto verified = std::move(verification).finish();
  return verified ? "verified, differences: " + std::to_string(verified->differs.size())
                  : verified.fault().check;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const muster::byte_view in{data, size};
  if (outcome(in, size) != outcome(in, 61)) std::abort();
  return 0;
}
