// The write side of the store: groups of batches, each group in one transaction.
#pragma once

#include "actors/service/store.hpp"
#include "service/store/counters.hpp"
#include "service/store/file_sweep.hpp"
#include "service/store/interned_files.hpp"

#include <span>

namespace muster::service {

/// What the Store actor needs from a database.
class store_writer {
public:
  virtual ~store_writer() = default;

  /// Makes the batches of `group` durable in their order, and returns an outcome for each, in the same order.
  /// One transaction covers all. If a batch cannot be applied, each batch gets a transaction of its own, so
  /// the others do not suffer. If the disk fails, all fail. Blocks for at least one sync.
  virtual std::vector<commit_outcome> commit(std::span<const shared_batch> group) = 0;

  /// Numbers files of `batch` ahead of its commit, in a transaction of its own: `budget` of them, after the
  /// first `done`. Returns how many of its files have a number then. Readers see nothing of this, and the
  /// commit numbers whatever is left.
  virtual result<std::size_t> number_files(const write_batch& batch, std::size_t done,
                                           std::size_t budget) = 0;

  /// The newest sequence number that is durable.
  virtual sequence newest() const = 0;

  /// fault: the database must be opened again, because nothing can be read or written any more or because its
  /// file was replaced. It is unknown whether the newest commit will be found then.
  virtual status usable() const = 0;

  /// Erases what no record refers to any more, a little at a time: looks at about `budget` records, and
  /// begins a pass if none is under way. Returns whether the pass continues.
  virtual result<bool> sweep(std::size_t budget) = 0;
};

/// For one thread at a time.
class database_writer final : public store_writer {
public:
  static result<std::unique_ptr<database_writer>> open(std::shared_ptr<const environment> env);

  std::vector<commit_outcome> commit(std::span<const shared_batch> group) override;
  result<std::size_t> number_files(const write_batch& batch, std::size_t done, std::size_t budget) override;
  sequence newest() const override { return {durable_.sequence}; }
  status usable() const override;
  result<bool> sweep(std::size_t budget) override;

private:
  database_writer(std::shared_ptr<const environment> env, store_counters durable) noexcept
      : env_{std::move(env)}, durable_{durable} {}

  /// All of `group` in one transaction, or a fault and no change.
  result<std::vector<commit_outcome>> commit_together(std::span<const shared_batch> group);

  std::shared_ptr<const environment> env_;
  store_counters durable_;
  file_sweep sweep_;
  interned_files recent_; ///< all of them are durable between two transactions
};

} // namespace muster::service
