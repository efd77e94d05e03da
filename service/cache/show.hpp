// A node as people see it (schemas/rest.capnp). Pure.
#pragma once

#include "records/log_board.hpp"
#include "records/node_record.hpp"
#include "schemas/rest.capnp.h"
#include "standing/lease.hpp"
#include "standing/unvouched.hpp"

namespace muster::service {

/// Whether the node has an open session.
enum class presence : std::uint8_t { absent, connected };

/// Why the last attempt gave no complete evidence of a node. It decides nothing.
struct failed_attempt {
  std::string why; ///< safe to print
  wall_time since; ///< the first failure in a row
};

/// All that is known of one node.
struct known_node {
  node_record node;
  node_state state; ///< the default if it never attested
  presence session = presence::absent;
  records_trust records = records_trust::intact; ///< rolled back: no lease counts, whatever is stored
  std::uint64_t after_loss = 0; ///< as `log_state` has it: a lease that names another one does not count
  failed_attempt unable{};
  std::uint64_t measurements = 0; ///< distinct IMA entries of this boot on record; counted for details only
  std::optional<service::unvouched> unvouched{}; ///< computed for details only
};

/// The one word shown for a node with this lease at this moment, by `shown_as`. Distrust is not a lease:
/// while the records are rolled back, an untrusted node stays untrusted, and a trusted one is stale.
display display_of(const known_node& known, const moment& now);

void put_node(rest::Node::Builder out, const known_node& known, const moment& now);
void put_detail(rest::NodeDetail::Builder out, const known_node& known, const moment& now);

} // namespace muster::service
