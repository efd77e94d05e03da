// A boot log as root on the machine writes it: events of a real log that can be changed one by one.
#pragma once

#include "messages/vocabulary/writer.hpp"
#include "tests/tpm/logs.hpp"
#include "tpm/format/event_log.hpp"

#include <map>

namespace muster::testing {

struct written_event {
  std::uint32_t pcr = 0;
  tpm::event_type type{};
  std::map<hash_algorithm, bytes> digests;
  bytes data;
};

/// Keeps the header of the log that it was read from.
struct written_log {
  bytes header;
  std::vector<hash_algorithm> banks;
  std::vector<written_event> events;

  static written_log of(byte_view raw) {
    const auto parsed = tpm::parse_event_log(raw).value();
    written_log out;
    for (const auto& bank : parsed.banks())
      out.banks.push_back(hash_algorithm_from(bank.algorithm).value());
    out.header = muster::to_bytes(raw.first(parsed.events().at(1).offset));
    for (const auto& event : parsed.events()) {
      if (event.number == 0) continue;
      written_event one{event.pcr, event.type, {}, muster::to_bytes(event.data)};
      for (const auto bank : out.banks)
        one.digests[bank] = muster::to_bytes(parsed.digest(event, bank));
      out.events.push_back(std::move(one));
    }
    return out;
  }

  /// An event that measures `measured` and says `data`.
  written_event made(std::uint32_t pcr, tpm::event_type type, byte_view measured, byte_view data) const {
    written_event out{pcr, type, {}, muster::to_bytes(data)};
    for (const auto bank : banks)
      out.digests[bank] = muster::to_bytes(crypto::hash(bank, measured).view());
    return out;
  }
  written_event made(std::uint32_t pcr, tpm::event_type type, byte_view measured) const {
    return made(pcr, type, measured, measured);
  }

  bytes raw() const {
    writer out;
    out.put(header);
    for (const auto& event : events) {
      out.u32_le(event.pcr).u32_le(static_cast<std::uint32_t>(event.type));
      out.u32_le(static_cast<std::uint32_t>(banks.size()));
      for (const auto bank : banks)
        out.u16_le(static_cast<std::uint16_t>(bank)).put(event.digests.at(bank));
      out.u32_le(static_cast<std::uint32_t>(event.data.size())).put(event.data);
    }
    return out.take();
  }
};

} // namespace muster::testing
