#include "tpm/evidence/ima_replay.hpp"

#include "tpm/evidence/boot_replay.hpp"

namespace muster::tpm {
namespace {

constexpr std::size_t original_name_size = 256;
constexpr std::array<std::uint8_t, original_name_size> zeros{};

constexpr auto ones = [] {
  std::array<std::uint8_t, crypto::digest::max_size> out{};
  out.fill(0xff);
  return out;
}();

} // namespace

result<ima_replay> ima_replay::begin(const log_state& start, const pcr_selection& quoted) {
  ima_replay out;
  out.entries_ = start.entries;
  out.ima_pcrs_ = start.ima_pcrs | default_ima_pcrs;
  for (const auto& bank : quoted) {
    if (bank.mask == 0) continue;
    if (!crypto::supported(bank.algorithm))
      return fault{errc::unsupported, "ima-log: bank " + std::string{to_string(bank.algorithm)}};
    lane one{bank.algorithm, start.padded(bank.algorithm), bank.mask, 0, 0, {}};
    one.extends_with = out.slot_of(bank.algorithm);
    one.hashes_with = out.slot_of(one.padded ? hash_algorithm::sha1 : bank.algorithm);
    for (unsigned pcr = 0; pcr < pcr_count; ++pcr) {
      if ((bank.mask >> pcr & 1U) == 0) continue;
      one.values[pcr] = crypto::digest{start.values.get(bank.algorithm, pcr)};
      if (one.values[pcr].empty() && (out.ima_pcrs_ >> pcr & 1U) != 0)
        return fault{errc::conflict, "ima-log: no recorded value of PCR " + std::to_string(pcr) + " in bank "
                                         + std::string{to_string(bank.algorithm)}};
    }
    out.quoted_ |= bank.mask;
    out.lanes_.push_back(one);
  }
  if ((out.ima_pcrs_ & ~out.quoted_) != 0)
    return fault{errc::denied, "ima-log: a PCR that IMA extends was not quoted"};
  return out;
}

std::size_t ima_replay::slot_of(hash_algorithm algorithm) {
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].hash.algorithm() == algorithm) return i;
  slots_.push_back({crypto::hasher{algorithm}, {}, false});
  return slots_.size() - 1;
}

byte_view ima_replay::template_hash(slot& s, const ima_entry& entry) {
  if (!s.fresh) {
    // ima_calc_field_array_hash: template `ima` hashes its name in a zeroed field of 256 bytes.
    s.of_entry = entry.layout == ima_layout::original
                     ? s.hash.of({entry.digest, as_bytes(entry.path),
                                  byte_view{zeros}.first(original_name_size - entry.path.size())})
                     : s.hash.of({entry.data});
    s.fresh = true;
  }
  return s.of_entry.view();
}

void ima_replay::extend(lane& l, const ima_entry& entry) {
  auto& value = l.values[entry.pcr];
  auto& hash = slots_[l.extends_with].hash;
  const auto size = digest_size(l.bank);
  if (entry.violation()) return hash.extend(value, byte_view{ones}.first(size));
  const auto measured = template_hash(slots_[l.hashes_with], entry);
  if (measured.size() == size) return hash.extend(value, measured);
  std::array<std::uint8_t, crypto::digest::max_size> padded{};
  std::ranges::copy(measured, padded.begin());
  hash.extend(value, byte_view{padded}.first(size)); // with the length of a digest, the fast way
}

status ima_replay::extend(const ima_entry& entry) {
  if ((quoted_ >> entry.pcr & 1U) == 0)
    return fault{errc::denied, "ima-log: entry " + std::to_string(entries_) + " extends PCR "
                                   + std::to_string(entry.pcr) + ", which was not quoted"};
  for (auto& s : slots_)
    s.fresh = false;
  for (auto& l : lanes_) {
    if ((l.quoted >> entry.pcr & 1U) == 0) continue;
    if (l.values[entry.pcr].empty())
      return fault{errc::conflict, "ima-log: no recorded value of PCR " + std::to_string(entry.pcr)
                                       + " in bank " + std::string{to_string(l.bank)}};
    if ((ima_pcrs_ >> entry.pcr & 1U) == 0 && !is_start_value(l.bank, entry.pcr, l.values[entry.pcr].view()))
      return fault{errc::conflict, "ima-log: entry " + std::to_string(entries_) + " begins PCR "
                                       + std::to_string(entry.pcr)
                                       + ", but something else has extended that PCR before"};
    extend(l, entry);
  }
  ima_pcrs_ |= 1U << entry.pcr;
  ++entries_;
  return {};
}

} // namespace muster::tpm
