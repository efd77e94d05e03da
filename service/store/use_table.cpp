#include "service/store/use_table.hpp"

#include "messages/vocabulary/cursor.hpp"

#include <optional>
#include <vector>

namespace muster::service {
namespace {

std::array<std::uint8_t, 8> as_number(std::uint64_t value) noexcept {
  std::array<std::uint8_t, 8> out{};
  for (unsigned i = 0; i < 8; ++i)
    out[i] = static_cast<std::uint8_t>(value >> (8 * i));
  return out;
}

/// How many records refer to it; empty if it has no count.
result<std::optional<std::uint64_t>> uses_of(const environment& env, const transaction& in,
                                             const content_address& address) {
  const auto found = find_record(env, in, store_table::uses, address.raw);
  if (!found && found.fault().code == errc::not_found) return std::optional<std::uint64_t>{};
  if (!found) return found.fault();
  cursor count{*found};
  const auto value = count.u64_le();
  if (!count.done()) return fault{errc::malformed, "store: a count of uses has the wrong length"};
  return std::optional{value};
}

status put_uses(const environment& env, const transaction& in, const content_address& address,
                std::uint64_t value) {
  return put_record(env, in, store_table::uses, address.raw, as_number(value));
}

} // namespace

status add_use(const environment& env, const transaction& in, store_table table,
               const content_address& address, byte_view content) {
  const auto uses = uses_of(env, in, address);
  if (!uses) return uses.fault();
  if (!*uses)
    if (auto put = put_record(env, in, table, address.raw, content); !put) return put;
  if (*uses && **uses == 0)
    if (auto tied = erase_record(env, in, store_table::loose, address.raw); !tied) return tied;
  return put_uses(env, in, address, uses->value_or(0) + 1);
}

status drop_use(const environment& env, const transaction& in, const content_address& address) {
  const auto uses = uses_of(env, in, address);
  if (!uses) return uses.fault();
  if (!*uses || **uses == 0) return {};
  if (**uses == 1)
    if (auto loose = put_record(env, in, store_table::loose, address.raw, {}); !loose) return loose;
  return put_uses(env, in, address, **uses - 1);
}

status sweep_loose(const environment& env, const transaction& in, std::size_t limit) {
  std::vector<content_address> gone;
  {
    auto cursor = table_cursor::open(env, in, store_table::loose);
    if (!cursor) return cursor.fault();
    auto more = cursor->move(MDB_FIRST);
    for (; more && *more && gone.size() < limit; more = cursor->move(MDB_NEXT))
      gone.push_back(store_key{cursor->key()}.as<content_address>());
    if (!more) return more.fault();
  }
  for (const auto& address : gone)
    for (const auto table : {store_table::blobs, store_table::boots, store_table::uses, store_table::loose})
      if (auto erased = erase_record(env, in, table, address.raw); !erased) return erased;
  return {};
}

} // namespace muster::service
