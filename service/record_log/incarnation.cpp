#include "service/record_log/incarnation.hpp"

#include "crypto/secret.hpp"
#include "records/log_alarm.hpp"
#include "records/record_codec.hpp"

namespace muster::service {

namespace {

constexpr std::size_t incarnation_page = 1024;

crypto::log_name make_log_name() {
  crypto::log_name out;
  std::ranges::copy(crypto::make_random(out.id.size()), out.id.begin());
  return out;
}

/// Empty if there are none.
result<std::optional<crypto::log_incarnations>> read_incarnations(const store_reader& store) {
  std::optional<crypto::log_incarnations> out;
  std::optional<incarnation> after;
  for (;;) {
    const auto page = store.page<tables::log_incarnations>(after, incarnation_page);
    if (!page) return page.fault();
    for (const auto& one : *page) {
      after = one.key;
      const auto begun = one.record ? begun_from(*one.record) : result<begun_incarnation>{one.record.fault()};
      if (!begun) return begun.fault();
      if (!out) out.emplace(begun->log);
      if (out->log() != begun->log) return fault{errc::malformed, "log incarnation: of another log"};
      out->add(one.key, begun->first);
    }
    if (page->size() < incarnation_page) return out;
  }
}

} // namespace

incarnation incarnation_after(incarnation newest, wall_time now) noexcept {
  // Otherwise a clock that is centuries ahead would use up all incarnations with one start.
  constexpr std::uint64_t kept_for_starts = std::uint64_t{1} << 30U;
  const auto by_clock = std::min(now.milliseconds / 1000, max_incarnation.value - kept_for_starts);
  return std::min(max_incarnation, {std::max(newest.value + 1, by_clock)});
}

void enter_incarnation(write_batch& batch, const crypto::log_name& log, incarnation next,
                       std::uint64_t leaves, wall_time now) {
  batch.put<tables::log_incarnations>(next, to_record(log, leaves));
  batch.append_audit(audit_entry(now, "service", "log.incarnation", {}, crypto::incarnation_text(log, next)));
}

result<begun_log> begin_incarnation(const store_reader& store, const head_file& sink,
                                    const crypto::public_key& key, wall_time now) {
  auto known = read_incarnations(store);
  if (!known) return known.fault();
  const auto shipped = sink.last();
  if (!shipped) return shipped.fault();
  const auto leaves = store.log_size();
  if (!leaves) return leaves.fault();
  begun_log out{*known ? **known : crypto::log_incarnations{make_log_name()}, {}};
  auto newest = out.incarnations.newest();
  if (*shipped && crypto::verify_log_head(**shipped, key))
    newest = std::max(newest, (*shipped)->head.incarnation);
  const auto next = incarnation_after(newest, now);
  if (next == out.incarnations.newest()) return out;
  out.incarnations.add(next, leaves->leaves);
  enter_incarnation(out.batch, out.incarnations.log(), next, leaves->leaves, now);
  return out;
}

} // namespace muster::service
