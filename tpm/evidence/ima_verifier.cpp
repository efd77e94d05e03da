#include "tpm/evidence/ima_verifier.hpp"

#include <algorithm>
#include <utility>

namespace muster::tpm {
namespace {

constexpr std::string_view check_name = "ima-log: ";

constexpr std::size_t least_step = 4096;

} // namespace

ima_verifier::ima_verifier(log_state start, ima_caps caps, ima_search search)
    : start_{std::move(start)}, caps_{caps}, search_{std::move(search)} {}

result<ima_verifier> ima_verifier::begin(log_state start, const pcr_values& claimed,
                                         const verified_quote& quote, ima_caps caps) {
  auto search = ima_search::begin(start, claimed, quote);
  if (!search) return search.fault();
  return ima_verifier{std::move(start), caps, std::move(*search)};
}

status ima_verifier::feed(byte_view part) {
  const auto copy = std::make_shared<const bytes>(to_bytes(part));
  return feed(*copy, copy);
}

status ima_verifier::feed(byte_view part, const std::shared_ptr<const void>& owner) {
  if (complete()) {
    keep_rest(part, owner);
    return {};
  }
  if (!broken_) {
    bytes_ += part.size();
    if (bytes_ > caps_.bytes)
      broken_ = fault{errc::limit, "ima-log: more than " + std::to_string(caps_.bytes) + " bytes"};
    else if (auto read = read_entries(part, owner); !read)
      broken_ = read.fault();
  }
  // The entries read so far may be all that a quote with padded banks covers; `finish` decides.
  if (broken_ && perhaps_padded().empty()) return *broken_;
  return {};
}

status ima_verifier::read_entries(byte_view part, const std::shared_ptr<const void>& owner) {
  const auto joined = join(part);
  if (!joined) return joined.fault();
  auto offset = *joined;
  if (offset < part.size()) entries_.hold(part.subspan(offset), owner);
  ima_entry entry;
  while (offset < part.size() && !search_.found()) {
    const auto size = reader_.read(part.subspan(offset), entry);
    if (!size) return at_entry(size.fault());
    if (*size == 0) {
      carry_ = to_bytes(part.subspan(offset));
      return {};
    }
    if (auto taken = take(entry, *size); !taken) return taken;
    offset += *size;
  }
  if (search_.found()) unread_.push_back({part.subspan(offset), owner});
  return {};
}

void ima_verifier::keep_rest(byte_view part, const std::shared_ptr<const void>& owner) {
  bytes_ += part.size();
  if (bytes_ <= caps_.bytes) unread_.push_back({part, owner});
}

// Completes the entry that the last part began, with as little of this part as possible. Returns how much of
// the part was used.
result<std::size_t> ima_verifier::join(byte_view part) {
  if (carry_.empty()) return std::size_t{0};
  const auto before = carry_.size();
  for (std::size_t used = 0; used < part.size();) {
    // The steps double, so a long entry is not read again for each of many small steps.
    const auto step = std::min(part.size() - used, std::max(carry_.size(), least_step));
    append(carry_, part.subspan(used, step));
    used += step;
    ima_entry entry;
    const auto size = reader_.read(carry_, entry);
    if (!size) return at_entry(size.fault());
    if (*size == 0) continue;
    // Moving a vector keeps its buffer in place, and so the views of `entry` stay valid.
    const auto block = std::make_shared<const bytes>(std::move(carry_));
    carry_.clear();
    entries_.hold(*block, block);
    if (auto taken = take(entry, *size); !taken) return taken.fault();
    return *size - before;
  }
  return part.size();
}

status ima_verifier::take(const ima_entry& entry, std::size_t size) {
  if (entries_.size() == caps_.entries)
    return fault{errc::limit, "ima-log: more than " + std::to_string(caps_.entries) + " entries"};
  if (auto extended = search_.extend(entry); !extended) return extended;
  entries_.add(size);
  return {};
}

fault ima_verifier::at_entry(const fault& why) const {
  std::string_view what{why.check};
  if (what.starts_with(check_name)) what.remove_prefix(check_name.size());
  return {why.code, std::string{check_name} + "entry " + std::to_string(search_.replay().entries()) + ": "
                        + std::string{what}};
}

// It is unknown how banks are extended only in the first verification of a boot. SHA-1 needs no padding.
std::vector<hash_algorithm> ima_verifier::perhaps_padded() const {
  std::vector<hash_algorithm> out;
  if (start_.entries != 0 || !start_.padded_banks.empty()) return out;
  for (const auto& lane : search_.replay().lanes())
    if (lane.bank != hash_algorithm::sha1 && !search_.reached(lane.bank)) out.push_back(lane.bank);
  return out;
}

// A second pass over the kept entries, instead of two replays of everything: padded banks are rare.
status ima_verifier::search_padded(std::vector<hash_algorithm> banks) {
  start_.padded_banks = std::move(banks);
  auto again = ima_search::begin(start_, search_.claimed(), search_.quote());
  if (!again) return again.fault();
  search_ = std::move(*again);
  carry_.clear();
  const auto before = std::exchange(entries_, {});
  for (const auto& run : before.list())
    if (auto read = read_entries(run.bytes, run.owner); !read) return read;
  return {};
}

result<verified_ima> ima_verifier::finish() && {
  if (auto banks = perhaps_padded(); !complete() && !banks.empty())
    if (auto searched = search_padded(std::move(banks)); !searched && !broken_) broken_ = searched.fault();
  if (!complete()) {
    if (broken_) return *broken_;
    return fault{errc::mismatch, search_.reached_all()
                                     ? "ima-log: the PCR values that were sent are not the quoted ones"
                                     : "ima-log: the log does not lead to the quoted PCRs"};
  }
  auto pcrs = verify_pcr_values(search_.quote(), search_.values());
  if (!pcrs) return pcrs.fault();
  log_state state{search_.replay().entries(), search_.replay().ima_pcrs(), pcrs->values(),
                  std::move(start_.padded_banks)};
  return verified_ima{std::move(state), *pcrs, std::move(entries_), std::move(unread_)};
}

} // namespace muster::tpm
