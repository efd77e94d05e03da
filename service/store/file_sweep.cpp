#include "service/store/file_sweep.hpp"

#include "crypto/digest.hpp"
#include "messages/view.hpp"

namespace muster::service {

void file_sweep::begin(std::uint64_t newest) {
  marked_.assign(newest + 1, false);
  after_.reset();
  next_ = 1;
  phase_ = phase::marking;
}

status file_sweep::step(const environment& env, std::size_t budget) {
  status done;
  if (phase_ == phase::marking)
    done = mark(env, budget);
  else if (phase_ == phase::erasing)
    done = erase(env, budget);
  if (!done) phase_ = phase::none;
  if (phase_ == phase::none) marked_ = {};
  return done;
}

status file_sweep::mark(const environment& env, std::size_t budget) {
  const auto in = transaction::begin(env, transaction::mode::read);
  if (!in) return in.fault();
  auto cursor = table_cursor::open(env, *in, store_table::claims);
  if (!cursor) return cursor.fault();
  auto more = after_ ? cursor->seek(after_->view()) : cursor->move(MDB_FIRST);
  if (more && *more && after_ && std::ranges::equal(cursor->key(), after_->view()))
    more = cursor->move(MDB_NEXT);
  for (; more && *more && budget > 0; --budget, more = cursor->move(MDB_NEXT)) {
    after_.emplace(cursor->key());
    const auto found = find_record(env, *in, store_table::claims, cursor->key());
    const auto chunk = found ? parse_view<records::Claims>(frame::copy_of(*found))
                             : result<view<records::Claims>>{found.fault()};
    // A damaged page does not show which files it refers to, so no file is known to be unused.
    if (!chunk) return chunk.fault();
    chunk->read([this](records::Claims::Reader claims) {
      for (const auto n : claims.getFiles())
        keep({n});
    });
  }
  if (!more) return more.fault();
  if (!*more) phase_ = phase::erasing;
  return {};
}

status file_sweep::erase(const environment& env, std::size_t budget) {
  auto in = transaction::begin(env, transaction::mode::write);
  if (!in) return in.fault();
  bool changed = false;
  for (; next_ < marked_.size() && budget > 0; ++next_) {
    if (marked_[next_]) continue;
    --budget;
    const store_key key{file_number{next_}};
    const auto entry = find_record(env, *in, store_table::files, key.view());
    // The entry was erased by an earlier pass; or it is damaged, and its digest, under which it is listed, is
    // unknown.
    if (!entry && (entry.fault().code == errc::not_found || entry.fault().code == errc::malformed)) continue;
    if (!entry) return entry.fault();
    const auto address = crypto::sha256(*entry);
    if (auto done = erase_record(env, *in, store_table::file_numbers, address); !done) return done;
    if (auto done = erase_record(env, *in, store_table::files, key.view()); !done) return done;
    changed = true;
  }
  if (next_ >= marked_.size()) phase_ = phase::none;
  return changed ? in->commit() : status{};
}

} // namespace muster::service
