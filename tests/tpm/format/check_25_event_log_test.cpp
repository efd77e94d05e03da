#include "tests/tpm/logs.hpp"
#include "tpm/format/event_log.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::testing;
using tpm::event_log;
using tpm::event_type;

namespace {

constexpr auto sha1 = hash_algorithm::sha1;

event_log_builder boot_of(std::size_t events, std::size_t data_size) {
  event_log_builder out{{sha1}};
  const bytes data(data_size, 0x41);
  for (std::size_t i = 0; i < events; ++i)
    out.event(1, event_type::event_tag, data);
  return out;
}

std::optional<errc> outcome(byte_view raw) {
  const auto log = tpm::parse_event_log(raw);
  if (log) return std::nullopt;
  return log.fault().code;
}

} // namespace

TEST_CASE("check 25: a boot log at each cap is read, and one over it is a limit") {
  // The header is an event as well.
  CHECK_FALSE(outcome(boot_of(event_log::max_events - 1, 0).view()));
  CHECK(outcome(boot_of(event_log::max_events, 0).view()) == errc::limit);

  CHECK_FALSE(outcome(boot_of(1, event_log::max_event_data).view()));
  CHECK(outcome(boot_of(1, event_log::max_event_data + 1).view()) == errc::limit);

  // Padding counts, because it is read as well.
  auto raw = boot_of(1, 0).view();
  raw.resize(event_log::max_bytes);
  CHECK_FALSE(outcome(raw));
  raw.push_back(0);
  CHECK(outcome(raw) == errc::limit);
}

TEST_CASE("check 25: a boot log that announces more than it contains is a fault, however much it announces") {
  const bytes honest = boot_of(1, 0).view();
  // The length of the last event's data is at the end.
  const auto head = byte_view{honest}.first(honest.size() - 4);
  for (const std::uint32_t announced : {1U, 4096U, 0x00100000U, 0x7fffffffU, 0xffffffffU}) {
    CAPTURE(announced);
    const auto raw = writer{}.put(head).u32_le(announced).take();
    CHECK(outcome(raw) == (announced > event_log::max_event_data ? errc::limit : errc::malformed));
  }
}
