#include "service/store/claim_table.hpp"

#include "crypto/digest.hpp"

#include <algorithm>
#include <limits>

namespace muster::service {
namespace {

/// A node's numbers are a set, kept in pages: page `p` has the numbers from p * page_span. Numbers are dense,
/// and similar machines have the same ones, so a few pages hold them. A full page has 4 KiB, like a page of
/// the database.
constexpr std::uint64_t page_span = 1024;

using numbers = std::vector<file_number>;

result<numbers> read_page(const environment& env, const transaction& in, byte_view key) {
  const auto found = find_record(env, in, store_table::claims, key);
  if (!found) return found.fault();
  const auto page = parse_view<records::Claims>(frame::copy_of(*found));
  if (!page) return page.fault();
  numbers out;
  page->read([&](records::Claims::Reader claims) {
    for (const auto n : claims.getFiles())
      out.push_back({n});
  });
  return out;
}

status put_page(const environment& env, const transaction& in, byte_view key, const numbers& files) {
  const auto content = make_record<records::Claims>([&](records::Claims::Builder claims) {
    auto list = claims.initFiles(static_cast<unsigned>(files.size()));
    for (unsigned i = 0; i < files.size(); ++i)
      list.set(i, static_cast<std::uint32_t>(files[i].value));
  });
  return put_record(env, in, store_table::claims, key, content.content());
}

void make_set(numbers& all) {
  std::ranges::sort(all, {}, &file_number::value);
  const auto rest = std::ranges::unique(all, {}, &file_number::value);
  all.erase(rest.begin(), rest.end());
}

/// The keys of a node's pages, in order.
result<std::vector<store_key>> pages_of(const environment& env, const transaction& in, const node_id& id) {
  auto cursor = table_cursor::open(env, in, store_table::claims);
  if (!cursor) return cursor.fault();
  std::vector<store_key> out;
  auto more = cursor->seek(store_key{id, 0}.view());
  for (; more && *more; more = cursor->move(MDB_NEXT)) {
    const auto key = cursor->key();
    if (key.size() < id.raw.size() || !std::ranges::equal(key.first(id.raw.size()), id.raw)) return out;
    out.emplace_back(key);
  }
  if (!more) return more.fault();
  return out;
}

/// Adds to one page the numbers that it lacks.
status add_to_page(const environment& env, const transaction& in, const node_id& id, std::uint64_t page,
                   std::span<const file_number> files) {
  const store_key key{id, page};
  auto known = read_page(env, in, key.view());
  if (!known && known.fault().code != errc::not_found) return known.fault();
  auto all = known ? std::move(*known) : numbers{};
  const auto before = all.size();
  all.insert(all.end(), files.begin(), files.end());
  make_set(all);
  return all.size() == before ? status{} : put_page(env, in, key.view(), all);
}

/// The number of one file; a new number if the file is new to the fleet.
result<file_number> intern(const environment& env, const transaction& in, const file_claim& file,
                           std::uint64_t& newest) {
  const auto entry = make_record<records::FileEntry>([&](records::FileEntry::Builder out) {
    out.setAlgorithm(static_cast<std::uint16_t>(file.algorithm));
    out.setDigest(data_of(file.digest));
    out.setPath(data_of(as_bytes(file.path)));
    out.setKind(file.kind);
    out.setSignature(file.signature);
    if (!file.signer.empty()) out.setSigner(data_of(file.signer));
  });
  const auto address = crypto::sha256(entry.content());
  const auto known = find_record(env, in, store_table::file_numbers, address);
  if (known) {
    file_number out{};
    if (known->size() != sizeof out.value)
      return fault{errc::malformed, "store: a file number has the wrong length"};
    std::memcpy(&out.value, known->data(), sizeof out.value);
    return out;
  }
  if (known.fault().code != errc::not_found) return known.fault();
  if (newest >= std::numeric_limits<std::uint32_t>::max()) return fault{errc::limit, "store: too many files"};
  const file_number out{++newest};
  const store_key key{out};
  if (auto put = put_record(env, in, store_table::files, key.view(), entry.content(), MDB_APPEND); !put)
    return put.fault();
  if (auto put = put_record(env, in, store_table::file_numbers, address, key.view()); !put)
    return put.fault();
  return out;
}

/// Like `intern`, for a file that may be among the recent ones; protects it from the sweep.
result<file_number> number_of(const environment& env, const transaction& in, const file_claim& file,
                              std::uint64_t& newest, file_sweep& sweep, interned_files& lately) {
  const auto key = lately.key_of(file);
  auto n = lately.find(key);
  if (!n) {
    const auto found = intern(env, in, file, newest);
    if (!found) return found.fault();
    lately.add(key, *found);
    n = *found;
  }
  sweep.keep(*n);
  return *n;
}

} // namespace

result<std::vector<file_number>> claims_of(const environment& env, const transaction& in, const node_id& id) {
  const auto pages = pages_of(env, in, id);
  if (!pages) return pages.fault();
  numbers out;
  for (const auto& key : *pages) {
    const auto page = read_page(env, in, key.view());
    if (!page) return page.fault();
    out.insert(out.end(), page->begin(), page->end());
  }
  make_set(out); // records of older versions have other numbers in their pages
  return out;
}

status add_claims(const environment& env, const transaction& in, const node_id& id,
                  const std::vector<file_claim>& files, std::uint64_t& newest, file_sweep& sweep,
                  interned_files& lately) {
  numbers added;
  added.reserve(files.size());
  for (const auto& file : files) {
    const auto n = number_of(env, in, file, newest, sweep, lately);
    if (!n) return n.fault();
    added.push_back(*n);
  }
  make_set(added);
  for (auto rest = std::span<const file_number>{added}; !rest.empty();) {
    const auto page = rest.front().value / page_span;
    const auto beyond =
        std::ranges::find_if(rest, [&](file_number n) { return n.value / page_span != page; });
    const auto here = rest.first(static_cast<std::size_t>(beyond - rest.begin()));
    if (auto done = add_to_page(env, in, id, page, here); !done) return done;
    rest = rest.subspan(here.size());
  }
  return {};
}

status intern_files(const environment& env, const transaction& in, std::span<const file_claim> files,
                    std::uint64_t& newest, file_sweep& sweep, interned_files& lately) {
  for (const auto& file : files)
    if (const auto n = number_of(env, in, file, newest, sweep, lately); !n) return n.fault();
  return {};
}

status clear_claims(const environment& env, const transaction& in, const node_id& id) {
  const auto pages = pages_of(env, in, id);
  if (!pages) return pages.fault();
  for (const auto& key : *pages) {
    auto key_value = to_lmdb(key.view());
    const int rc = mdb_del(in.handle(), env.table(store_table::claims), &key_value, nullptr);
    if (rc != 0) return lmdb_fault("erasing", rc);
  }
  return {};
}

} // namespace muster::service
