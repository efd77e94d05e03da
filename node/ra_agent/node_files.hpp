// The folder `state`: what the agent keeps between two starts. Adapter.
#pragma once

#include "actors/node/keeper.hpp"
#include "crypto/certificate.hpp"
#include "crypto/key.hpp"
#include "crypto/trust_list.hpp"
#include "messages/vocabulary/result.hpp"

#include <memory>
#include <optional>

namespace muster::node {

/// What was found.
struct kept_state {
  crypto::private_key key;
  std::optional<issued_identity> issued; ///< not judged: it may have expired
  std::string errands;                   ///< text of the errand book; empty if there is none
  bytes log_heads;
  std::optional<crypto::trust_list> trust; ///< that replaced the configuration's anchors
  bool unregistered = false;               ///< by order of the service: somebody has to act on this machine
  std::string note;                        ///< worth a line in the log; empty: nothing
};

/// The files, all of mode 0600, each replaced whole and durable before a call returns:
///   node.key      the node's key, PKCS#8
///   node.crt      the node's certificate, and its issuers behind it
///   ak.crt        what the service certified of the AK
///   trust         the trust list in force, signed, and SHA-256 over it
///   errands       the errand book
///   log_head      signed heads of the service's log: the largest and the last (`kept_heads`)
///   unregistered  there after the service unregistered this machine; remove it to enrol again
///   lock
/// One process at a time.
class node_files {
public:
  /// Makes the folder (0700) if it is not there. fault busy: another agent runs on it; io.
  static result<node_files> open(const std::string& folder);

  /// Reads all, and makes the key if there is none. fault io: what is there cannot be read; malformed: the
  /// key, or the trust list: without it those would count again whom the list took out. A certificate that
  /// does not parse counts as none: the machine enrols again.
  result<kept_state> load() const;

  status store(const issued_identity& issued) const;
  status store_errands(std::string_view text) const;
  status store(const log_heads& newest) const;
  status store(const kept_trust& newest) const;
  /// The mark first, then the certificates go.
  status leave() const;

private:
  class lock;
  node_files(std::string folder, std::shared_ptr<const lock> held)
      : folder_{std::move(folder)}, lock_{std::move(held)} {}

  std::string path(std::string_view name) const { return folder_ + '/' + std::string{name}; }
  result<crypto::private_key> load_key() const;
  status replace(std::string_view name, byte_view content) const;

  std::string folder_;
  std::shared_ptr<const lock> lock_;
};

} // namespace muster::node
