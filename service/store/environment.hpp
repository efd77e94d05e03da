// The LMDB environment: folder, lock, tables and transactions. Adapter: the rest of the service never sees
// it.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "records/store_tables.hpp"
#include "service/store/lost_page.hpp"

#include <lmdb.h>

#include <filesystem>
#include <memory>

namespace muster::service {

enum class database_access : std::uint8_t {
  own,    ///< reads and writes, alone; makes what is missing
  inspect ///< reads a copy that no process has open; changes nothing in its folder
};

struct database_options {
  std::filesystem::path folder; ///< made if missing; closed to other users (0700)
  /// Address space, reserved once and never resized: the database never grows beyond it. Sparse.
  std::uint64_t map_bytes = std::uint64_t{1} << 40U;
  database_access access = database_access::own;
  /// Seals the records that people are shown (stored_value.hpp). Not needed to inspect a copy for its log.
  bytes32 seal_key{};
};

/// The fault for LMDB's `rc`: `limit` for a full map or a transaction that is too large, `busy` for too many
/// readers, `not_found`, `malformed` for a file that is not a database or contradicts
/// itself, else `io`. `during` is a literal.
fault lmdb_fault(const char* during, int rc);

inline MDB_val to_lmdb(byte_view content) noexcept {
  return {content.size(), const_cast<std::uint8_t*>(content.data())}; // LMDB does not write through a key
}
inline byte_view from_lmdb(const MDB_val& value) noexcept {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

class transaction;

/// One open database of one process.
class environment {
public:
  static constexpr std::uint64_t format = 5; ///< of tables and keys; records have their own versions

  /// Errors: `conflict` if another process has it open; `unsupported` if it has another format, older or
  /// newer, with what to do about it; `malformed` if its file is not a database or was cut short; `io`,
  /// `limit`.
  static result<std::unique_ptr<environment>> open(const database_options& options);
  ~environment();
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;

  MDB_env* handle() const noexcept { return env_; }
  const bytes32& seal_key() const noexcept { return seal_key_; }
  MDB_dbi table(store_table t) const noexcept { return tables_[static_cast<std::size_t>(t)]; }
  /// Whether the open file is the one that the next start will find; restoring a backup puts another file
  /// there. fault conflict: it is not.
  status in_place() const;

private:
  environment() = default;
  status take_folder(const std::filesystem::path& folder);
  status look_into(const std::filesystem::path& folder);
  status open_map(const database_options& options);
  status open_tables(const database_options& options);
  status check_format(const transaction& in, const std::filesystem::path& folder) const;
  status count_records(const transaction& in) const;

  int folder_lock_ = -1;
  MDB_env* env_ = nullptr;
  std::optional<lost_page_watch> watch_; ///< of the map of env_
  bytes32 seal_key_{};
  std::array<MDB_dbi, 40> tables_{};
};

/// Ends with its scope; views into it end with it.
class transaction {
public:
  enum class mode { read, write };

  static result<transaction> begin(const environment& env, mode how);
  transaction(transaction&& other) noexcept : txn_{std::exchange(other.txn_, nullptr)} {}
  transaction& operator=(transaction&&) = delete;
  ~transaction() {
    if (txn_) mdb_txn_abort(txn_);
  }

  /// Everything is durable if this succeeds; nothing is kept if it fails.
  status commit();
  MDB_txn* handle() const noexcept { return txn_; }

private:
  explicit transaction(MDB_txn* txn) noexcept : txn_{txn} {}
  MDB_txn* txn_;
};

/// Walks a table. Must not outlive its transaction.
class table_cursor {
public:
  static result<table_cursor> open(const environment& env, const transaction& in, store_table table);
  table_cursor(table_cursor&& other) noexcept : cursor_{std::exchange(other.cursor_, nullptr)} {}
  table_cursor& operator=(table_cursor&&) = delete;
  ~table_cursor() {
    if (cursor_) mdb_cursor_close(cursor_);
  }

  /// MDB_NEXT, MDB_PREV, MDB_FIRST, MDB_LAST. False at the end.
  result<bool> move(MDB_cursor_op how);
  /// Moves to the first key that is not before `key`. False if there is none.
  result<bool> seek(byte_view key);
  byte_view key() const noexcept { return from_lmdb(key_); }
  byte_view value() const noexcept { return from_lmdb(value_); }

private:
  explicit table_cursor(MDB_cursor* cursor) noexcept : cursor_{cursor} {}
  MDB_cursor* cursor_;
  MDB_val key_{};
  MDB_val value_{};
};

/// The content of the record under `key`, with its checksum and seal verified; a view into the transaction.
/// Errors: `not_found`, `malformed`, `io`.
result<byte_view> find_record(const environment& env, const transaction& in, store_table table,
                              byte_view key);

/// Writes a record. `flags` is 0 or MDB_APPEND.
status put_record(const environment& env, const transaction& in, store_table table, byte_view key,
                  byte_view content, unsigned flags = 0);

/// Erasing a missing record is not an error.
status erase_record(const environment& env, const transaction& in, store_table table, byte_view key);

} // namespace muster::service
