// The write side of the store: groups of batches, a transaction each.
#pragma once

#include "actors/service/store.hpp"
#include "service/store/counters.hpp"
#include "service/store/file_sweep.hpp"
#include "service/store/interned_files.hpp"

#include <span>

namespace muster::service {

/// What the Store actor needs of a database.
class store_writer {
public:
  virtual ~store_writer() = default;

  /// Makes `group` durable, in its order, and answers for each batch in the same order. One transaction for
  /// all; if a batch cannot be applied, each batch gets a transaction of its own, so that the others do not
  /// suffer. If the disk fails, all fail. Blocks for at least one sync.
  virtual std::vector<commit_outcome> commit(std::span<const shared_batch> group) = 0;

  /// Gives numbers to files of `batch` ahead of its commit, in a transaction of its own: `budget` of them,
  /// those behind the first `done`. How many of its files have one then. Nobody sees anything of it, and the
  /// commit does itself what was not done ahead.
  virtual result<std::size_t> number_files(const write_batch& batch, std::size_t done,
                                           std::size_t budget) = 0;

  /// The newest sequence number that is durable.
  virtual sequence newest() const = 0;

  /// fault: the database has to be opened again. Either nothing can be read or written any more, or its file
  /// was replaced. Whether the newest commit will be found then is not known.
  virtual status usable() const = 0;

  /// Erases what nobody refers to any more, a little at a time: looks at about `budget` records, and begins a
  /// pass where none is under way. Whether the pass goes on.
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

  /// All of `group` in one transaction, or a fault and nothing.
  result<std::vector<commit_outcome>> commit_together(std::span<const shared_batch> group);

  std::shared_ptr<const environment> env_;
  store_counters durable_;
  file_sweep sweep_;
  interned_files lately_; ///< all of them durable, between two transactions
};

} // namespace muster::service
