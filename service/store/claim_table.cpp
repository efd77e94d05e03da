#include "service/store/claim_table.hpp"

#include "crypto/digest.hpp"

#include <limits>
#include <optional>
#include <unordered_set>

namespace muster::service {
namespace {

/// Numbers in one record: 4 KiB, one page of the database.
constexpr std::size_t chunk_capacity = 1000;

struct claim_chunks {
  std::vector<file_number> files; ///< of all chunks
  std::uint64_t chunks = 0;
  std::vector<file_number> last; ///< of the newest chunk
};

/// Reads all chunks of a node. They are numbered from 0 without gaps.
result<claim_chunks> load_chunks(const environment& env, const transaction& in, const node_id& id) {
  claim_chunks out;
  for (;; ++out.chunks) {
    const store_key key{id, out.chunks};
    const auto found = find_record(env, in, store_table::claims, key.view());
    if (!found && found.fault().code == errc::not_found) return out;
    if (!found) return found.fault();
    const auto chunk = parse_view<records::Claims>(frame::copy_of(*found));
    if (!chunk) return chunk.fault();
    out.last.clear();
    chunk->read([&](records::Claims::Reader claims) {
      for (const auto n : claims.getFiles())
        out.last.push_back({n});
    });
    out.files.insert(out.files.end(), out.last.begin(), out.last.end());
  }
}

status put_chunk(const environment& env, const transaction& in, const node_id& id, std::uint64_t chunk,
                 std::span<const file_number> files) {
  const auto content = make_record<records::Claims>([&](records::Claims::Builder claims) {
    auto list = claims.initFiles(static_cast<unsigned>(files.size()));
    for (unsigned i = 0; i < files.size(); ++i)
      list.set(i, static_cast<std::uint32_t>(files[i].value));
  });
  const store_key key{id, chunk};
  return put_record(env, in, store_table::claims, key.view(), content.content());
}

/// The number of one measurement, a new one if the fleet did not have it.
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

} // namespace

result<std::vector<file_number>> claims_of(const environment& env, const transaction& in, const node_id& id) {
  auto chunks = load_chunks(env, in, id);
  if (!chunks) return chunks.fault();
  return std::move(chunks->files);
}

status add_claims(const environment& env, const transaction& in, const node_id& id,
                  const std::vector<file_claim>& files, std::uint64_t& newest, file_sweep& sweep) {
  auto on_record = load_chunks(env, in, id);
  if (!on_record) return on_record.fault();
  std::unordered_set<std::uint64_t> known;
  known.reserve(on_record->files.size() + files.size());
  for (const auto n : on_record->files)
    known.insert(n.value);

  auto chunk = std::move(on_record->last);
  auto index = on_record->chunks == 0 ? 0 : on_record->chunks - 1;
  bool changed = false;
  for (const auto& file : files) {
    const auto n = intern(env, in, file, newest);
    if (!n) return n.fault();
    sweep.keep(*n);
    if (!known.insert(n->value).second) continue;
    if (chunk.size() >= chunk_capacity) {
      if (auto put = put_chunk(env, in, id, index, chunk); !put) return put;
      chunk.clear();
      ++index;
    }
    chunk.push_back(*n);
    changed = true;
  }
  return changed ? put_chunk(env, in, id, index, chunk) : status{};
}

status clear_claims(const environment& env, const transaction& in, const node_id& id) {
  for (std::uint64_t chunk = 0;; ++chunk) {
    const store_key key{id, chunk};
    auto key_value = to_lmdb(key.view());
    const int rc = mdb_del(in.handle(), env.table(store_table::claims), &key_value, nullptr);
    if (rc == MDB_NOTFOUND) return {};
    if (rc != 0) return lmdb_fault("erasing", rc);
  }
}

} // namespace muster::service
