#include "tests/simulation/disk.hpp"

#include <doctest/doctest.h>

#include <cstdio>

namespace muster::simulation {

using namespace service;

namespace {

namespace fs = std::filesystem;

class moody_writer final : public store_writer {
public:
  moody_writer(std::unique_ptr<store_writer> under, disk& of, liar::dice& dice)
      : under_{std::move(under)}, disk_{of}, dice_{dice} {}

  std::vector<commit_outcome> commit(std::span<const shared_batch> group) override {
    const auto& mood = disk_.mood;
    if (mood.cuts_one_in != 0 && dice_.one_in(mood.cuts_one_in)) {
      for (const auto& one : group.first(dice_.below(group.size() + 1)))
        (void)under_->commit({&one, 1});
      disk_.crashed = true;
      return refused(group.size());
    }
    if (mood.fails_one_in != 0 && dice_.one_in(mood.fails_one_in)) return refused(group.size());
    return under_->commit(group);
  }
  sequence newest() const override { return under_->newest(); }
  result<std::size_t> number_files(const write_batch& batch, std::size_t done, std::size_t budget) override {
    return under_->number_files(batch, done, budget);
  }
  status usable() const override { return under_->usable(); }
  result<bool> sweep(std::size_t budget) override { return under_->sweep(budget); }

private:
  static std::vector<commit_outcome> refused(std::size_t batches) {
    return std::vector<commit_outcome>(batches, commit_outcome{fault{errc::io, "store: the disk fails"}});
  }

  std::unique_ptr<store_writer> under_;
  disk& disk_;
  liar::dice& dice_;
};

fs::path memory() {
  const fs::path shared{"/dev/shm"};
  return fs::is_directory(shared) ? shared : fs::temp_directory_path();
}

} // namespace

disk::disk(const disk* from) {
  auto pattern = (memory() / "muster-simulation-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  if (from != nullptr) copy_from(*from);
}

void disk::copy_from(const disk& other) {
  fs::remove_all(folder_ / "db");
  fs::create_directory(folder_ / "db");
  fs::copy_file(other.folder_ / "db" / "data.mdb", folder_ / "db" / "data.mdb");
}

disk::~disk() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

database disk::open(liar::dice& dice) {
  auto opened = open_database({folder_ / "db"});
  if (!opened) std::fprintf(stderr, "%s\n", opened.fault().check.c_str());
  REQUIRE(opened.ok());
  opened->writer = std::make_unique<moody_writer>(std::move(opened->writer), *this, dice);
  return std::move(*opened);
}

} // namespace muster::simulation
