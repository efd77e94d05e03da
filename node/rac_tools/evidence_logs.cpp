#include "node/rac_tools/evidence_logs.hpp"

#include "messages/vocabulary/log_caps.hpp"

#include <algorithm>

namespace muster::node {

evidence_logs::evidence_logs(attestation_number number, frame boot_log, std::optional<kernel_file> ima_log,
                             std::uint64_t ima_first, ima_bookmarks& places)
    : number_{number}, boot_log_{std::move(boot_log)}, ima_log_{std::move(ima_log)},
      ima_first_{ima_first}, places_{places}, over_{boot_log_.empty() && !ima_log_} {}

result<log_part> evidence_logs::next() {
  if (over_) return fault{errc::conflict, "evidence: all of it was read"};
  auto part = boot_sent_ < boot_log_.size() ? result<log_part>{next_boot_part()} : next_ima_part();
  if (!part || part->last) over_ = true;
  return part;
}

log_part evidence_logs::next_boot_part() {
  const auto rest = boot_log_.view().subspan(boot_sent_);
  const auto body = rest.first(std::min(rest.size(), max_log_part));
  boot_sent_ += body.size();
  return {number_, log_kind::boot, to_bytes(body), boot_sent_ == boot_log_.size() && !ima_log_};
}

result<log_part> evidence_logs::next_ima_part() {
  if (!walker_) {
    const auto found = find_first();
    // A list that cannot be walked cannot be continued either: the service will ask for the whole list.
    if (!found && found.fault().code == errc::malformed) return log_part{number_, log_kind::ima, {}, true};
    if (!found) return found.fault();
  }
  log_part part{number_, log_kind::ima, bytes(max_log_part), false};
  const auto got = ima_log_->read_at(offset_, part.body);
  if (!got) return got.fault();
  part.body.resize(*got);
  offset_ += *got;
  ima_sent_ += *got;
  part.last = *got < max_log_part || ima_sent_ >= max_ima_log; // no service takes more
  remember(part.body);
  return part;
}

// Walks from the nearest bookmark to the boundary before the first wanted entry.
status evidence_logs::find_first() {
  constexpr std::size_t block = 64 * 1024;
  walker_.emplace(places_.nearest(ima_first_));
  offset_ = walker_->at().offset;
  bytes read(block);
  while (walker_->at().entry < ima_first_ || walker_->at().offset > offset_) {
    const auto got = ima_log_->read_at(offset_, read);
    if (!got) return got.fault();
    const auto walked = walker_->walk(byte_view{read}.first(*got), ima_first_);
    if (!walked) return walked.fault();
    offset_ += *walked;
    places_.note(walker_->at());
    if (*got < block && *walked == *got) break; // the list ends before that entry
  }
  return {};
}

// A list that becomes malformed is sent all the same: the verifier judges it.
void evidence_logs::remember(byte_view part) {
  std::size_t taken = 0;
  while (taken < part.size()) {
    const auto walked = walker_->walk(part.subspan(taken), walker_->at().entry + ima_bookmarks::stride);
    if (!walked) return;
    taken += *walked;
    if (walker_->at().offset <= offset_) places_.note(walker_->at());
  }
}

} // namespace muster::node
