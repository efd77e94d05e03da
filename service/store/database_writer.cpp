#include "service/store/database_writer.hpp"

#include "service/store/apply_batch.hpp"
#include "service/store/claim_table.hpp"

#include <algorithm>

namespace muster::service {

result<std::unique_ptr<database_writer>> database_writer::open(std::shared_ptr<const environment> env) {
  const auto in = transaction::begin(*env, transaction::mode::read);
  if (!in) return in.fault();
  const auto durable = load_counters(*env, *in);
  if (!durable) return durable.fault();
  return std::unique_ptr<database_writer>{new database_writer{std::move(env), *durable}};
}

result<std::vector<commit_outcome>> database_writer::commit_together(std::span<const shared_batch> group) {
  auto txn = transaction::begin(*env_, transaction::mode::write);
  if (!txn) return txn.fault();
  auto counters = durable_;
  std::vector<commit_outcome> out;
  out.reserve(group.size());
  for (const auto& batch : group) {
    if (auto applied = apply_batch(*env_, *txn, *batch, counters, sweep_, recent_); !applied)
      return applied.fault();
    out.emplace_back(sequence{counters.sequence});
  }
  if (auto saved = save_counters(*env_, *txn, durable_, counters); !saved) return saved.fault();
  if (auto done = txn->commit(); !done) return done.fault();
  durable_ = counters;
  return out;
}

std::vector<commit_outcome> database_writer::commit(std::span<const shared_batch> group) {
  if (auto together = commit_together(group)) return std::move(*together);
  recent_.clear();
  // One batch cannot be stored, or the disk is full or failing: trying each batch by itself shows which. The
  // order is kept.
  std::vector<commit_outcome> out;
  out.reserve(group.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    auto alone = commit_together(group.subspan(i, 1));
    if (!alone) recent_.clear();
    out.push_back(alone ? alone->front() : commit_outcome{alone.fault()});
    // A disk that fails a write will fail the rest, too.
    if (!alone && alone.fault().code == errc::io) {
      out.resize(group.size(), commit_outcome{alone.fault()});
      break;
    }
  }
  return out;
}

result<std::size_t> database_writer::number_files(const write_batch& batch, std::size_t done,
                                                  std::size_t budget) {
  if (done == 0 && !recent_.has_room_for(files_of(batch)))
    recent_.clear(); // else it would forget the first of them on the way
  auto txn = transaction::begin(*env_, transaction::mode::write);
  if (!txn) return txn.fault();
  auto counters = durable_;
  const auto before = done;
  std::size_t passed = 0;
  auto made = status{};
  for (const auto& operation : batch.operations()) {
    const auto* claims = std::get_if<store_operation::add_claims>(&operation);
    if (claims == nullptr) continue;
    const std::span<const file_claim> files{claims->files};
    const auto from = std::min(before - std::min(before, passed), files.size());
    const auto some = files.subspan(from, std::min(budget, files.size() - from));
    passed += files.size();
    if (made) made = intern_files(*env_, *txn, some, counters.files, sweep_, recent_);
    budget -= some.size();
    done += some.size();
  }
  if (made) made = save_counters(*env_, *txn, durable_, counters);
  if (made) made = txn->commit();
  if (!made) {
    recent_.clear();
    return made.fault();
  }
  durable_ = counters;
  return done;
}

status database_writer::usable() const {
  // After a failed write of its meta page LMDB refuses everything (mdb_txn_begin, MDB_PANIC).
  const auto txn = transaction::begin(*env_, transaction::mode::read);
  if (!txn && txn.fault().code == errc::internal) return txn.fault();
  return env_->in_place();
}

result<bool> database_writer::sweep(std::size_t budget) {
  if (!sweep_.under_way()) sweep_.begin(durable_.files);
  if (sweep_.erasing()) recent_.clear();
  if (auto done = sweep_.step(*env_, budget); !done) return done.fault();
  return sweep_.under_way();
}

} // namespace muster::service
