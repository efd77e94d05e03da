// Messages: no getter throws on a message that `parse_view` accepts.
#include "messages/view.hpp"

#include "schemas/manifest.capnp.h"
#include "schemas/records.capnp.h"
#include "schemas/wire.capnp.h"
#include "tests/messages/every_getter.hpp"

#include <cstdlib>

namespace {

template <class T> void check(const muster::frame& message) {
  const auto checked = muster::parse_view<T>(message);
  if (!checked) return;
  checked->read([](typename T::Reader root) {
    muster::samples::read_everything(capnp::DynamicStruct::Reader{root}); // an exception ends the fuzzer
  });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const auto message = muster::frame::copy_of({input, size});
  check<muster::wire::AgentFrame>(message);
  check<muster::wire::StrangerFrame>(message);
  check<muster::wire::ServiceFrame>(message);
  check<muster::wire::MachineFacts>(message);
  check<muster::wire::Manifest>(message);
  check<muster::records::State>(message);
  check<muster::records::ReferenceSet>(message);
  return 0;
}
