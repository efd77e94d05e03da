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
  std::optional<crypto::trust_list> trust; ///< the list that replaced the configured anchors
  bool unregistered = false;               ///< by order of the service: an operator must act here
  std::string note;                        ///< worth a line in the log; empty: nothing
};

/// The files, all of mode 0600. Each is replaced as a whole, and is durable before a call returns:
///   node.key      the node's key, PKCS#8
///   node.crt      the node's certificate, followed by its issuers
///   ak.crt        the service's certificate for the AK
///   trust         the trust list in force, signed, and SHA-256 over it
///   errands       the errand book
///   log_head      signed heads of the service's log: the largest and the last (`kept_heads`)
///   unregistered  exists after the service unregistered this machine; remove it to enrol again
///   lock
/// Only one process may use the folder at a time.
class node_files {
public:
  /// Makes the folder (0700) if it does not exist. fault busy: another agent uses it; io.
  static result<node_files> open(const std::string& folder);

  /// Reads everything, and makes the key if there is none. fault io: a file cannot be read; malformed: the
  /// key or the trust list is damaged. Without its trust list the agent would again trust those whom the list
  /// removed. A certificate that does not parse counts as absent: the machine enrols again.
  result<kept_state> load() const;

  status store(const issued_identity& issued) const;
  status store_errands(std::string_view text) const;
  status store(const log_heads& newest) const;
  status store(const kept_trust& newest) const;
  /// Writes the mark first, then removes the certificates.
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
