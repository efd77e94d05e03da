// A node as people see it (schemas/rest.capnp). Pure.
#pragma once

#include "records/log_board.hpp"
#include "records/node_record.hpp"
#include "schemas/rest.capnp.h"
#include "standing/lease.hpp"

namespace muster::service {

/// Whether a session of it is open.
enum class presence : std::uint8_t { absent, connected };

/// Why there was no complete evidence of a node last. It decides nothing.
struct told_unable {
  std::string why; ///< safe to print
  wall_time since; ///< first time in a row
};

/// What is known of one node.
struct known_node {
  node_record node;
  node_state state; ///< as made by default if it never attested
  presence session = presence::absent;
  records_trust records = records_trust::intact; ///< rolled back: no lease counts, whatever is stored
  std::uint64_t after_loss = 0; ///< as `log_state` has it: a lease that names another does not count
  told_unable unable{};
  std::uint64_t measurements = 0; ///< distinct IMA entries of this boot on record; counted for details only
};

/// The one word, by `shown_as`, of a node with this lease at this moment. Distrust is no lease: a node that
/// is untrusted stays so while the records are rolled back, and one that was trusted is stale.
display display_of(const known_node& known, const moment& now);

void put_node(rest::Node::Builder out, const known_node& known, const moment& now);
void put_detail(rest::NodeDetail::Builder out, const known_node& known, const moment& now);

} // namespace muster::service
