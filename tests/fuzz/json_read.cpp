// JSON: an accepted document is the same after it is written and read again.
#include "messages/json_read.hpp"

#include "messages/json_write.hpp"
#include "schemas/rest.capnp.h"
#include "schemas/wire.capnp.h"

#include <cstdlib>

namespace {

template <class T> void check(std::string_view document, const muster::json_limits& limits) {
  const auto read = muster::from_json<T>(document, limits);
  if (!read) return;
  const auto write = [](typename T::Reader root) { return muster::to_json(root); };
  const auto written = read->read(write);
  auto roomy = limits;
  roomy.bytes = std::size_t{1} << 30U;
  const auto again = muster::from_json<T>(written, roomy);
  if (!again || again->read(write) != written) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const auto document = muster::as_text({input, size});
  check<muster::rest::ApproveRequest>(document, {});
  check<muster::rest::OrderRequest>(document, {});
  check<muster::rest::ReconfigureRequest>(document, {});
  check<muster::rest::NodeDetail>(document, muster::answer_limits);
  check<muster::wire::AgentFrame>(document, {}); // unions, enums, hex, 64 bits
  return 0;
}
