#include "tpm/format/event_log.hpp"

#include "messages/vocabulary/cursor.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace muster::tpm {
namespace {

constexpr std::size_t sha1_size = 20;
constexpr std::string_view agile_signature{"Spec ID Event03\0", 16};

/// Where the final run of 0x00 or of 0xff begins. It is searched once, from the end: a search before each
/// event would read the same zeros again for each of many small events.
std::size_t padding_of(byte_view input) noexcept {
  if (input.empty() || (input.back() != 0x00 && input.back() != 0xff)) return input.size();
  auto from = input.size() - 1;
  while (from > 0 && input[from - 1] == input.back())
    --from;
  return from;
}

} // namespace

/// Fills one event_log and tracks how far it has read, for faults.
class event_log_reader {
public:
  explicit event_log_reader(byte_view input) noexcept
      : input_{input}, in_{input}, padding_from_{padding_of(input)} {}

  event_log_beginning read() {
    auto ended = read_all();
    for (std::size_t i = 0; i < log_.declared_.size(); ++i)
      if (lacks_[i])
        log_.incomplete_.push_back({log_.declared_[i], *lacks_[i]});
      else
        log_.banks_.push_back(log_.declared_[i]);
    return {std::move(log_), std::move(ended)};
  }

private:
  status read_all() {
    if (input_.empty()) return fault{errc::malformed, "boot-log: the log is empty"};
    if (input_.size() > event_log::max_bytes)
      return fault{errc::limit, "boot-log: more than " + std::to_string(event_log::max_bytes) + " bytes"};
    // In both formats the first event has the old form.
    if (auto first = read_event(); !first) return first.fault();
    if (const auto& header = log_.events_.front();
        header.type == event_type::no_action && as_text(header.data).starts_with(agile_signature)) {
      if (auto declared = read_header(header.data); !declared) return declared.fault();
      log_.format_ = event_log_format::crypto_agile;
    } else {
      log_.declared_ = {{static_cast<std::uint16_t>(hash_algorithm::sha1), sha1_size}};
    }
    while (!at_end()) {
      if (log_.events_.size() == event_log::max_events) return here(errc::limit, "too many events");
      if (auto next = read_event(); !next) return next.fault();
    }
    return {};
  }

  fault here(errc code, std::string_view what) const {
    return {code, "boot-log: event " + std::to_string(log_.events_.size()) + " at offset "
                      + std::to_string(offset_) + ": " + std::string{what}};
  }

  bool at_end() noexcept {
    if (input_.size() - in_.left() < padding_from_) return false;
    log_.padding_ = in_.left();
    return true;
  }

  // TCG_EfiSpecIDEvent (PFP 1.05, 10.4.5.1); the caller has already checked the signature
  status read_header(byte_view data) {
    cursor in{data};
    //   BYTE signature[16]; UINT32 platformClass; BYTE minor, major, errata, uintnSize
    in.take(agile_signature.size());
    in.take(8);
    //   UINT32 numberOfAlgorithms; { UINT16 algorithmId; UINT16 digestSize } []
    const auto count = in.u32_le();
    if (count == 0 || count > event_log::max_banks) return bad_header("count of algorithms");
    for (std::uint32_t i = 0; i < count; ++i) {
      const event_log_bank bank{in.u16_le(), in.u16_le()};
      const auto known = hash_algorithm_from(bank.algorithm);
      if (known ? bank.digest_size != digest_size(*known)
                : bank.digest_size == 0 || bank.digest_size > max_digest_size)
        return bad_header("digest size of an algorithm");
      if (std::ranges::any_of(log_.declared_, [&](const auto& b) { return b.algorithm == bank.algorithm; }))
        return bad_header("an algorithm stands twice");
      log_.declared_.push_back(bank);
    }
    //   BYTE vendorInfoSize; BYTE vendorInfo[]
    in.take(in.u8());
    if (!in.done()) return bad_header("length of the event");
    return {};
  }

  static fault bad_header(std::string_view what) {
    return {errc::malformed, "boot-log: event 0 at offset 0: Spec ID: " + std::string{what}};
  }

  status read_event() {
    offset_ = input_.size() - in_.left();
    logged_event event;
    event.number = static_cast<std::uint32_t>(log_.events_.size());
    event.offset = offset_;
    //   UINT32 pcrIndex; UINT32 eventType
    event.pcr = in_.u32_le();
    event.type = event_type{in_.u32_le()};
    //   agile: TPML_DIGEST_VALUES; else BYTE digest[20]
    if (log_.format_ == event_log_format::crypto_agile) {
      if (auto digests = read_digests(event); !digests)
        return digests.fault();
      else
        event.digests = *digests;
    } else {
      event.digests = in_.take(sha1_size);
    }
    //   UINT32 eventSize; BYTE event[]
    const auto size = in_.u32_le();
    if (size > event_log::max_event_data && !in_.failed()) return here(errc::limit, "event data too long");
    event.data = in_.take(size);
    if (in_.failed()) return here(errc::malformed, "ends within the event");
    if (event.measured() && event.pcr >= pcr_count) return here(errc::malformed, "PCR index");
    log_.events_.push_back(event);
    return {};
  }

  // TPML_DIGEST_VALUES, little-endian: UINT32 count; { UINT16 algorithm; BYTE digest[] } []
  result<byte_view> read_digests(const logged_event& event) {
    const auto count = in_.u32_le();
    if (in_.failed()) return here(errc::malformed, "ends within the event");
    if (count > log_.declared_.size())
      return here(errc::malformed, "more digests than banks that the header declares");
    const auto start = in_.rest();
    std::uint32_t seen = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto algorithm = in_.u16_le();
      if (in_.failed()) return here(errc::malformed, "ends within the event");
      const auto bank = std::ranges::find(log_.declared_, algorithm, &event_log_bank::algorithm);
      if (bank == log_.declared_.end()) return here(errc::malformed, "algorithm that the header lacks");
      const auto bit = 1U << static_cast<unsigned>(bank - log_.declared_.begin());
      if ((seen & bit) != 0) return here(errc::malformed, "two digests of one bank");
      seen |= bit;
      in_.take(bank->digest_size);
    }
    if (in_.failed()) return here(errc::malformed, "ends within the event");
    if (event.measured() && !has_a_whole_bank(seen, event.number))
      return here(errc::malformed, "no bank has a digest of each event up to this one");
    return start.first(start.size() - in_.left());
  }

  /// Notes the banks that the event has no digest for. False: none would be left. `seen` has bit i for bank i.
  bool has_a_whole_bank(std::uint32_t seen, std::uint32_t event) {
    bool any = false;
    for (std::size_t i = 0; i < log_.declared_.size(); ++i)
      any = any || ((seen >> i & 1U) != 0 && !lacks_[i]);
    for (std::size_t i = 0; any && i < log_.declared_.size(); ++i)
      if ((seen >> i & 1U) == 0 && !lacks_[i]) lacks_[i] = event;
    return any;
  }

  static constexpr std::size_t max_digest_size = 64;

  byte_view input_;
  cursor in_;
  std::size_t padding_from_;
  std::size_t offset_ = 0;
  std::array<std::optional<std::uint32_t>, event_log::max_banks> lacks_; ///< first event without that bank
  event_log log_;
};

event_log_beginning read_event_log(byte_view input) { return event_log_reader{input}.read(); }

result<event_log> parse_event_log(byte_view input) {
  auto read = read_event_log(input);
  if (!read.ended) return read.ended.fault();
  return std::move(read.log);
}

std::string to_string(const incomplete_bank& bank) {
  const auto known = hash_algorithm_from(bank.bank.algorithm);
  const auto name =
      known ? std::string{to_string(*known)} : "algorithm " + std::to_string(bank.bank.algorithm);
  return name + " is left out: event " + std::to_string(bank.event) + " has no digest for it";
}

bool event_log::has_bank(hash_algorithm bank) const noexcept {
  return std::ranges::find(banks_, static_cast<std::uint16_t>(bank), &event_log_bank::algorithm)
         != banks_.end();
}

byte_view event_log::digest(const logged_event& event, hash_algorithm bank) const noexcept {
  const auto wanted = static_cast<std::uint16_t>(bank);
  if (format_ == event_log_format::sha1_only)
    return bank == hash_algorithm::sha1 ? event.digests : byte_view{};
  if (event.number == 0) return {};
  cursor in{event.digests};
  while (!in.done() && !in.failed()) {
    const auto algorithm = in.u16_le();
    const auto found = std::ranges::find(declared_, algorithm, &event_log_bank::algorithm);
    if (found == declared_.end()) return {};
    const auto value = in.take(found->digest_size);
    if (algorithm == wanted) return value;
  }
  return {};
}

} // namespace muster::tpm
