// Nodes as people read them. Pure.
#pragma once

#include "cli/client/surroundings.hpp"
#include "messages/view.hpp"
#include "schemas/rest.capnp.h"

#include <string>

namespace muster::cli {

/// The table of `muster nodes` by name, with a line that counts them.
std::string nodes_text(rest::NodeList::Reader nodes, colours tint);

/// All of `muster node show`: the verdict and what it rests on, then the findings with what was expected,
/// what was found and what to do, and what a verdict lacks that no finding explains; for a machine that
/// waits, the fingerprint and the command that approves it.
std::string node_text(rest::NodeDetail::Reader detail, colours tint);

/// Which machine it is, in some lines: for a question about it.
std::string identity_text(rest::NodeDetail::Reader detail);

/// "no new verdict since TIME: WHY"; empty if nothing keeps it from one.
std::string unable_text(rest::Node::Reader node);

/// The name of a node, or the first 16 digits of its id.
std::string called(rest::Node::Reader node);

} // namespace muster::cli
