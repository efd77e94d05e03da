#include "service/store/environment.hpp"

#include "service/store/counters.hpp"
#include "service/store/file_length.hpp"
#include "service/store/stored_value.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace muster::service {
namespace {

struct table_name {
  store_table table;
  const char* name;
  unsigned flags;
};

// Numbers are keys in the machine's byte order, so the newest comes last. All other keys are digests.
constexpr std::array<table_name, 31> table_names{{

    {store_table::nodes, "nodes", 0},
    {store_table::states, "states", 0},
    {store_table::results, "results", MDB_INTEGERKEY},
    {store_table::references, "references", 0},
    {store_table::groups, "groups", 0},
    {store_table::commands, "commands", MDB_INTEGERKEY},
    {store_table::revocations, "revocations", 0},
    {store_table::settings, "settings", 0},
    {store_table::audit, "audit", MDB_INTEGERKEY},
    {store_table::files, "files", MDB_INTEGERKEY},
    {store_table::claims, "claims", 0},
    {store_table::blobs, "blobs", 0},
    {store_table::file_numbers, "file-numbers", 0},
    {store_table::results_of_node, "results-of-node", 0},
    {store_table::counters, "counters", MDB_INTEGERKEY},
    {store_table::boots, "boots", 0},
    {store_table::campaigns, "campaigns", MDB_INTEGERKEY},
    {store_table::log_leaves, "log-leaves", MDB_INTEGERKEY},
    {store_table::log_nodes, "log-nodes", MDB_INTEGERKEY},
    {store_table::log_heads, "log-heads", MDB_INTEGERKEY},
    {store_table::log_alarms, "log-alarms", 0},
    {store_table::log_parts, "log-parts", 0},
    {store_table::uses, "uses", 0},
    {store_table::loose, "loose", 0},
    {store_table::policies, "policies", 0},
    {store_table::ak_certificates, "ak-certificates", 0},
    {store_table::ended_commands, "ended-commands", MDB_INTEGERKEY},
    {store_table::log_incarnations, "log-incarnations", MDB_INTEGERKEY},
    {store_table::join_tokens, "join-tokens", 0},
    {store_table::join_uses, "join-uses", 0},
    {store_table::forgotten, "forgotten", 0},
}};

constexpr bool of_joining(store_table table) noexcept {
  return table == store_table::join_tokens || table == store_table::join_uses
         || table == store_table::forgotten;
}

fault system_fault(const char* during, int error) {
  return {errc::io, std::string{"store: "} + during + ": " + std::strerror(error)};
}

/// Adds the folder, which LMDB's messages do not name.
fault in_folder(const std::filesystem::path& folder, fault why) {
  const auto name = printable(folder.string());
  if (why.check.find(name) == std::string::npos) why.check += " (" + name + ")";
  return why;
}

/// LMDB reports a short write as an input/output error. This adds that the disk is full, where it is.
fault commit_fault(const std::string& folder, int rc) {
  auto out = lmdb_fault("committing", rc);
  struct statvfs disk {};
  const bool full = ::statvfs(folder.c_str(), &disk) == 0
                    && std::uint64_t{disk.f_bavail} * disk.f_frsize < std::uint64_t{1} << 20U;
  if (full && rc != ENOSPC) out.check += ", and no space is left on the device";
  return in_folder(folder, std::move(out));
}

/// Called when LMDB finds an impossible page; LMDB itself would end the process with a message for its
/// developers.
void on_broken_page(MDB_env* env, const char* what) {
  const char* path = nullptr;
  (void)mdb_env_get_path(env, &path);
  const auto words = "ras: " + printable(path == nullptr ? "" : path) + "/data.mdb: it is damaged (LMDB: "
                     + printable(what) + "); " + std::string{damaged_database_remedy} + "\n";
  (void)!::write(STDERR_FILENO, words.data(), words.size());
  ::_exit(EXIT_FAILURE);
}

} // namespace

fault lmdb_fault(const char* during, int rc) {
  auto code = errc::io;
  // A full disk (ENOSPC, EDQUOT, EFBIG) is not a limit of ours: `io`, with the system's words.
  if (rc == MDB_MAP_FULL || rc == MDB_TXN_FULL) code = errc::limit;
  if (rc == MDB_READERS_FULL) code = errc::busy;
  if (rc == MDB_NOTFOUND) code = errc::not_found;
  if (rc == MDB_PANIC) code = errc::internal;
  if (rc == MDB_INVALID || rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_VERSION_MISMATCH)
    code = errc::malformed;
  return {code, std::string{"store: "} + during + ": " + mdb_strerror(rc)};
}

result<std::unique_ptr<environment>> environment::open(const database_options& options) {
  std::unique_ptr<environment> out{new environment};
  out->seal_key_ = options.seal_key;
  const bool own = options.access == database_access::own;
  if (auto taken = own ? out->take_folder(options.folder) : out->look_into(options.folder); !taken)
    return in_folder(options.folder, taken.fault());
  if (auto mapped = out->open_map(options); !mapped) return in_folder(options.folder, mapped.fault());
  if (auto tables = out->open_tables(options); !tables) return in_folder(options.folder, tables.fault());
  return out;
}

environment::~environment() {
  watch_.reset();
  if (env_) mdb_env_close(env_);
  if (folder_lock_ >= 0) ::close(folder_lock_);
}

status environment::take_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_fault("making the folder", errno);
  if (::chmod(folder.c_str(), 0700) != 0) return system_fault("closing the folder to others", errno);
  const auto lock = folder / "owner.lock";
  folder_lock_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (folder_lock_ < 0) return system_fault("opening owner.lock", errno);
  // LMDB allows several processes, but only one may give sequence numbers. The kernel drops the lock when the
  // process ends.
  if (::flock(folder_lock_, LOCK_EX | LOCK_NB) != 0)
    return fault{errc::conflict, "store: another process has this database open"};
  return {};
}

status environment::look_into(const std::filesystem::path& folder) {
  const auto lock = folder / "owner.lock";
  folder_lock_ = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (folder_lock_ < 0 && errno != ENOENT) return system_fault("opening owner.lock", errno);
  if (folder_lock_ >= 0 && ::flock(folder_lock_, LOCK_SH | LOCK_NB) != 0)
    return fault{errc::conflict,
                 "store: a process has this database open; look at a copy, or ask the service"};
  return {};
}

status environment::open_map(const database_options& options) {
  if (const int rc = mdb_env_create(&env_); rc != 0) return lmdb_fault("creating", rc);
  (void)mdb_env_set_assert(env_, &on_broken_page);
  if (const int rc = mdb_env_set_maxdbs(env_, static_cast<MDB_dbi>(tables_.size())); rc != 0)
    return lmdb_fault("creating", rc);
  if (const int rc = mdb_env_set_maxreaders(env_, 512); rc != 0) return lmdb_fault("creating", rc);
  if (const int rc = mdb_env_set_mapsize(env_, options.map_bytes); rc != 0) return lmdb_fault("creating", rc);
  // NOTLS: a read transaction belongs to a handler, not to the thread that happens to run it. NOLOCK when
  // inspecting: LMDB's lock file would be a change in the folder.
  const bool inspect = options.access == database_access::inspect;
  const unsigned flags = MDB_NOTLS | MDB_NORDAHEAD | (inspect ? MDB_RDONLY | MDB_NOLOCK : 0U);
  const auto file = options.folder / "data.mdb";
  if (auto whole = check_file_length(file); !whole) return whole;
  if (const int rc = mdb_env_open(env_, options.folder.c_str(), flags, 0600); rc != 0) {
    auto why = lmdb_fault("opening data.mdb", rc);
    if (why.code == errc::malformed) why.check += "; " + std::string{damaged_database_remedy};
    return why;
  }
  watch_.emplace(file);
  if (inspect) return {};
  int stale = 0; // slots of readers that died with their process
  (void)mdb_reader_check(env_, &stale);
  return {};
}

status environment::open_tables(const database_options& options) {
  const bool own = options.access == database_access::own;
  auto txn = transaction::begin(*this, own ? transaction::mode::write : transaction::mode::read);
  if (!txn) return txn.fault();
  // The format comes first: another one may have other tables.
  auto& counters = tables_[static_cast<std::size_t>(store_table::counters)];
  const int existing = mdb_dbi_open(txn->handle(), "counters", MDB_INTEGERKEY, &counters);
  if (existing != 0 && existing != MDB_NOTFOUND) return lmdb_fault("opening a table", existing);
  if (existing == 0)
    if (auto known = check_format(*txn, options.folder); !known) return known;
  for (const auto& one : table_names) {
    auto& table = tables_[static_cast<std::size_t>(one.table)];
    const int rc = mdb_dbi_open(txn->handle(), one.name, one.flags | (own ? MDB_CREATE : 0U), &table);
    // An earlier program of this format did not have these. Nobody who only inspects reads them.
    if (rc == MDB_NOTFOUND && of_joining(one.table)) continue;
    if (rc != 0) return lmdb_fault("opening a table", rc);
  }
  if (auto whole = count_records(*txn); !whole) return whole;
  if (existing == MDB_NOTFOUND)
    if (auto put = put_counter(*this, *txn, counter::format, format); !put) return put;
  return txn->commit();
}

/// A page that the disk lost may read as its older version, intact: a machine, a revocation or the use of a
/// token is missing, and nothing else shows it. LMDB keeps the number of a table's records with the table's root.
status environment::count_records(const transaction& in) const {
  for (const auto& one : table_names) {
    if (one.table != store_table::nodes && one.table != store_table::states
        && one.table != store_table::revocations && !of_joining(one.table))
      continue;
    if (table(one.table) == 0) continue; // an earlier program did not have it
    MDB_stat stat{};
    if (const int rc = mdb_stat(in.handle(), table(one.table), &stat); rc != 0)
      return lmdb_fault("counting records", rc);
    auto cursor = table_cursor::open(*this, in, one.table);
    if (!cursor) return cursor.fault();
    std::size_t found = 0;
    bool in_order = true;
    bytes before;
    for (auto more = cursor->move(MDB_FIRST);; more = cursor->move(MDB_NEXT)) {
      if (!more) return more.fault();
      if (!*more) break;
      in_order = in_order && (found++ == 0 || std::ranges::lexicographical_compare(before, cursor->key()));
      before.assign(cursor->key().begin(), cursor->key().end());
    }
    if (found != stat.ms_entries || !in_order)
      return fault{errc::malformed, "store: of " + std::to_string(stat.ms_entries) + " records of \""
                                        + one.name + "\" " + std::to_string(found)
                                        + (in_order ? " are there" : " are there, out of order")
                                        + ": the disk lost some; " + std::string{damaged_database_remedy}};
  }
  return {};
}

status environment::in_place() const {
  const char* folder = nullptr;
  int open = -1;
  if (mdb_env_get_path(env_, &folder) != 0 || mdb_env_get_fd(env_, &open) != 0) return {};
  const auto file = std::string{folder} + "/data.mdb";
  struct stat named {};
  struct stat used {};
  if (::fstat(open, &used) != 0) return system_fault("looking at data.mdb", errno);
  if (::stat(file.c_str(), &named) == 0 && named.st_ino == used.st_ino && named.st_dev == used.st_dev)
    return {};
  return fault{errc::conflict,
               "store: " + printable(file)
                   + " was replaced, or taken away, while it was open: what is written goes nowhere"};
}

status environment::check_format(const transaction& in, const std::filesystem::path& folder) const {
  const auto found = get_counter(*this, in, counter::format);
  if (!found) return found.fault();
  if (*found == format) return {};
  return fault{
      errc::unsupported,
      "store: " + printable(folder.string()) + " is a database of format " + std::to_string(*found)
          + ", and this program knows format " + std::to_string(format)
          + " only; run the release that wrote it; or, to begin with an empty record, move the folder "
            "away and make an empty file begin_empty_record in the state folder: then nobody is revoked, "
            "every machine has to be admitted again, and `muster log head` says what to acknowledge"};
}

result<transaction> transaction::begin(const environment& env, mode how) {
  MDB_txn* txn = nullptr;
  const unsigned flags = how == mode::read ? MDB_RDONLY : 0U;
  if (const int rc = mdb_txn_begin(env.handle(), nullptr, flags, &txn); rc != 0)
    return lmdb_fault("beginning", rc);
  return transaction{txn};
}

status transaction::commit() {
  const char* path = nullptr;
  (void)mdb_env_get_path(mdb_txn_env(txn_), &path);
  const std::string folder = path == nullptr ? "" : path;
  // The handle is gone in either case.
  if (const int rc = mdb_txn_commit(std::exchange(txn_, nullptr)); rc != 0) return commit_fault(folder, rc);
  return {};
}

result<table_cursor> table_cursor::open(const environment& env, const transaction& in, store_table table) {
  MDB_cursor* cursor = nullptr;
  if (const int rc = mdb_cursor_open(in.handle(), env.table(table), &cursor); rc != 0)
    return lmdb_fault("opening a cursor", rc);
  return table_cursor{cursor};
}

result<bool> table_cursor::move(MDB_cursor_op how) {
  const int rc = mdb_cursor_get(cursor_, &key_, &value_, how);
  if (rc == MDB_NOTFOUND) return false;
  if (rc != 0) return lmdb_fault("reading", rc);
  return true;
}

result<bool> table_cursor::seek(byte_view key) {
  key_ = to_lmdb(key);
  return move(MDB_SET_RANGE);
}

result<byte_view> find_record(const environment& env, const transaction& in, store_table table,
                              byte_view key) {
  auto key_value = to_lmdb(key);
  MDB_val value{};
  if (const int rc = mdb_get(in.handle(), env.table(table), &key_value, &value); rc != 0)
    return lmdb_fault("reading", rc);
  return read_stored(from_lmdb(value), table, key, env.seal_key());
}

status put_record(const environment& env, const transaction& in, store_table table, byte_view key,
                  byte_view content, unsigned flags) {
  // With another length, later values would be at addresses where a message cannot be read in place.
  if (key.size() % 8 != 0) return fault{errc::internal, "store: key is not a multiple of 8 bytes"};
  auto key_value = to_lmdb(key);
  MDB_val value{stored_size(table, content.size()), nullptr};
  if (const int rc = mdb_put(in.handle(), env.table(table), &key_value, &value, flags | MDB_RESERVE); rc != 0)
    return lmdb_fault("writing", rc);
  write_stored({static_cast<std::uint8_t*>(value.mv_data), value.mv_size}, table, key, content,
               env.seal_key());
  return {};
}

status erase_record(const environment& env, const transaction& in, store_table table, byte_view key) {
  auto key_value = to_lmdb(key);
  const int rc = mdb_del(in.handle(), env.table(table), &key_value, nullptr);
  if (rc != 0 && rc != MDB_NOTFOUND) return lmdb_fault("erasing", rc);
  return {};
}

} // namespace muster::service
