// A disk that takes nothing while it is full.
#pragma once

#include "service/store/database.hpp"

#include <atomic>

namespace muster::service::store_test {

class disk_that_fills final : public store_writer {
public:
  disk_that_fills(std::unique_ptr<store_writer> disk, std::shared_ptr<const std::atomic<bool>> full)
      : disk_{std::move(disk)}, full_{std::move(full)} {}

  std::vector<commit_outcome> commit(std::span<const shared_batch> group) override {
    if (!*full_) return disk_->commit(group);
    return std::vector<commit_outcome>(group.size(), commit_outcome{fault{errc::limit, "disk: it is full"}});
  }
  sequence newest() const override { return disk_->newest(); }
  result<std::size_t> number_files(const write_batch& batch, std::size_t done, std::size_t budget) override {
    return disk_->number_files(batch, done, budget);
  }
  status usable() const override { return disk_->usable(); }
  result<bool> sweep(std::size_t budget) override { return disk_->sweep(budget); }

private:
  std::unique_ptr<store_writer> disk_;
  std::shared_ptr<const std::atomic<bool>> full_;
};

} // namespace muster::service::store_test
