// Records of the store: for any bytes from the disk, a record is either refused with the name of a field, or
// reading and writing it again gives the same bytes.
#include "records/join_token.hpp"
#include "records/record_codec.hpp"

#include <cstdlib>

namespace {

using namespace muster;
using namespace muster::service;

/// Reads, writes, reads and writes a record again. Aborts unless both written records are the same.
template <class T, class Read> void settle(byte_view stored, Read&& read) {
  const auto first = parse_view<T>(frame::copy_of(stored));
  if (!first) return;
  const auto value = read(*first);
  if (!value) {
    if (value.fault().check.empty()) std::abort(); // a fault names its field
    return;
  }
  const auto written = to_record(*value);
  const auto again = read(written.read_back());
  if (!again || !same(to_record(*again).content(), written.content())) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const byte_view stored{data + 1, size - 1};
  switch (data[0] % 7) {
  case 0: settle<records::Node>(stored, [](const auto& in) { return node_from({}, in); }); break;
  case 1: settle<records::State>(stored, [](const auto& in) { return state_from(in); }); break;
  case 2: settle<records::Command>(stored, [](const auto& in) { return command_from({1}, in); }); break;
  case 3: settle<records::Campaign>(stored, [](const auto& in) { return campaign_from({1}, in); }); break;
  case 5: settle<records::JoinToken>(stored, [](const auto& in) { return join_token_from({}, in); }); break;
  case 6: settle<records::JoinUse>(stored, [](const auto& in) { return join_use_from(in); }); break;
  default: settle<records::BootClaims>(stored, [](const auto& in) { return boot_from(in); }); break;
  }
  return 0;
}
