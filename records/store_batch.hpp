// A batch: what must become durable together, as a value.
#pragma once

#include "appraisal/claims/kept_log.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "records/store_tables.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace muster::service {

/// A measured file of one machine. records::FileEntry keeps it once for the whole fleet.
struct file_claim {
  std::string path; ///< foreign text, any bytes
  hash_algorithm algorithm = hash_algorithm::sha256;
  bytes digest;
  std::uint8_t kind = 0;      ///< appraisal's file_kind
  std::uint8_t signature = 0; ///< appraisal's file_signature
  bytes signer{};             ///< SHA-256 of the signer's public key; empty unless the signature holds

  friend bool operator==(const file_claim&, const file_claim&) = default;
};

/// Whether a result stays when another becomes the newest of its machine.
enum class result_stay : std::uint8_t { while_newest, for_good };

struct node_state;

/// The operations of a batch, in the store's terms.
namespace store_operation {
struct put {
  store_table table;
  store_key key;
  frame record;
};
struct erase {
  store_table table;
  store_key key;
};
/// Appends under the next sequence number. `state`, unless null, is then put with that number as its result.
struct append_result {
  node_id node;
  frame result;
  std::shared_ptr<const node_state> state;
  result_stay stay;
};
struct list_result {
  node_id node;
  sequence at;
};
struct append_audit {
  frame entry;
};
struct erase_result {
  sequence at;
  std::optional<node_id> node; ///< whose result it is, if known: then it need not be read
};
struct add_claims {
  node_id node;
  std::vector<file_claim> files;
};
struct clear_claims {
  node_id node;
};
/// Counts one more use of the content; stores `content` if it is absent.
struct add_use {
  store_table table; ///< blobs or boots
  content_address address;
  frame content;
};
/// Drops one use. At zero the content becomes loose: `sweep_loose` erases it.
struct drop_use {
  content_address address;
};
struct append_log {
  node_id node;
  std::uint32_t log;
  std::optional<frame> boot;
  std::vector<appraisal::log_piece> ima;
};
struct clear_log {
  node_id node;
  std::uint32_t log;
};
struct sweep_loose {
  std::size_t limit;
};
} // namespace store_operation

/// Changes that are committed all or none, in the order in which they were added. A batch is a plain value
/// while it is filled, and shared and immutable once it is sealed for sending (`seal`).
///
/// Sequence numbers: each appended result and audit entry gets the next number of a single sequence for the
/// whole store, in the order of the batches and of the appends within a batch. No number is given twice, not
/// even after an erasure or a restart.
class write_batch {
public:
  using operation =
      std::variant<store_operation::put, store_operation::erase, store_operation::append_result,
                   store_operation::list_result, store_operation::append_audit, store_operation::erase_result,
                   store_operation::add_claims, store_operation::clear_claims, store_operation::add_use,
                   store_operation::drop_use, store_operation::append_log, store_operation::clear_log,
                   store_operation::sweep_loose>;

  template <keyed_table Table>
  write_batch& put(const typename Table::key& key, const record<typename Table::content>& content) {
    return add(store_operation::put{Table::table, store_key{key}, content.message()});
  }
  /// Erasing what is not there is not an error.
  template <class Table> write_batch& erase(const typename Table::key& key) {
    static_assert(!std::same_as<Table, tables::results>, "erase_result keeps the index of results right");
    static_assert(!std::same_as<Table, tables::audit>, "what was entered in the log stays");
    return add(store_operation::erase{Table::table, store_key{key}});
  }

  /// Appends the result of a decided attestation of `node`, and puts the state to which it leads. A result
  /// gets its number only when it is stored, so the store enters that number in the state. A result that
  /// stays `while_newest` is found only through the state, and so costs no entry in the index of results.
  /// When the state comes to name another result, the caller must erase this one or list it.
  write_batch& append_result(const node_id& node, const record<records::Result>& result,
                             std::shared_ptr<const node_state> state,
                             result_stay stay = result_stay::for_good);
  /// Appends a result that stays for good, and leaves the state to other operations.
  write_batch& append_result(const node_id& node, const record<records::Result>& result);
  /// Makes a result that was to stay `while_newest` stay for good.
  write_batch& list_result(const node_id& node, sequence at);
  write_batch& append_audit(const record<records::AuditEntry>& entry);
  write_batch& erase_result(sequence at);
  /// The same, faster, for a caller that knows whose result it is.
  write_batch& erase_result(const node_id& node, sequence at);

  /// Adds to the measurements on record of the node's boot. Those already on record are not added again.
  write_batch& add_claims(const node_id& node, std::vector<file_claim> files);
  /// Forgets the measurements, because the machine booted or whole logs came again. With `add_claims` after
  /// it in the same batch, the node is never seen without measurements.
  write_batch& clear_claims(const node_id& node);

  /// Stores a set under the digest of its canonical bytes, and returns that digest.
  content_address add_reference(const record<records::ReferenceSet>& set);
  content_address add_policy(const record<records::Policy>& policy);
  /// As `add_reference`, and counts one more use of the content. Each call needs one `drop_use` later.
  content_address add_boot(const record<records::BootClaims>& boot);
  /// Drops one use of a boot or a blob. At zero it becomes loose: `sweep_loose` erases it.
  write_batch& drop_use(const content_address& address);

  /// Adds pieces to the raw log of a boot of `node`. `boot` is its boot log, which comes before any other
  /// piece. Pieces with an address are stored once for all logs that have them.
  write_batch& append_log(const node_id& node, std::uint32_t log, std::optional<frame> boot,
                          std::vector<appraisal::log_piece> ima);
  /// Forgets a raw log, and drops its uses of shared pieces.
  write_batch& clear_log(const node_id& node, std::uint32_t log);
  /// Erases up to `limit` loose contents. The limit keeps transactions short.
  write_batch& sweep_loose(std::size_t limit);

  const std::vector<operation>& operations() const noexcept { return operations_; }
  bool empty() const noexcept { return operations_.empty(); }

  /// Ready to send.
  std::shared_ptr<const write_batch> seal() &&;

  static constexpr std::size_t max_operations = 65536; ///< a larger batch is refused: fault limit
  /// The most bytes of a record; a larger one is refused: fault limit. A reference set of half a million
  /// files fits.
  static constexpr std::size_t max_record = std::size_t{64} << 20U;

private:
  write_batch& add(operation one) {
    operations_.push_back(std::move(one));
    return *this;
  }

  std::vector<operation> operations_;
};

/// How many files the batch adds to the claims of machines, over all of its operations.
std::size_t files_of(const write_batch& batch) noexcept;

using shared_batch = std::shared_ptr<const write_batch>;

} // namespace muster::service
