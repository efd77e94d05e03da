#include "service/store/counters.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "messages/vocabulary/writer.hpp"
#include "service/store/log_tree.hpp"

namespace muster::service {
namespace {

store_key key_of(counter which) { return store_key{number<counter>{static_cast<std::uint64_t>(which)}}; }

} // namespace

result<std::uint64_t> get_counter(const environment& env, const transaction& in, counter which) {
  const auto key = key_of(which);
  const auto found = find_record(env, in, store_table::counters, key.view());
  if (!found && found.fault().code == errc::not_found) return std::uint64_t{0};
  if (!found) return found.fault();
  cursor content{*found};
  const auto value = content.u64_le();
  if (!content.done()) return fault{errc::malformed, "store: a counter has the wrong length"};
  return value;
}

status put_counter(const environment& env, const transaction& in, counter which, std::uint64_t value) {
  const auto key = key_of(which);
  return put_record(env, in, store_table::counters, key.view(), writer{}.u64_le(value).view());
}

result<store_counters> load_counters(const environment& env, const transaction& in) {
  const auto sequence = get_counter(env, in, counter::sequence);
  if (!sequence) return sequence.fault();
  const auto files = get_counter(env, in, counter::files);
  if (!files) return files.fault();
  auto log = load_frontier(env, in);
  if (!log) return log.fault();
  return store_counters{*sequence, *files, std::move(*log)};
}

status save_counters(const environment& env, const transaction& in, const store_counters& before,
                     const store_counters& now) {
  if (now.sequence != before.sequence) {
    if (auto put = put_counter(env, in, counter::sequence, now.sequence); !put) return put;
  }
  if (now.files != before.files) {
    if (auto put = put_counter(env, in, counter::files, now.files); !put) return put;
  }
  if (now.log.size() != before.log.size()) {
    if (auto put = put_counter(env, in, counter::leaves, now.log.size()); !put) return put;
  }
  return {};
}

} // namespace muster::service
