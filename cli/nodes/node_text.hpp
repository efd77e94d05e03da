// Nodes as text for people. Pure.
#pragma once

#include "cli/client/surroundings.hpp"
#include "messages/view.hpp"
#include "schemas/rest.capnp.h"

#include <string>

namespace muster::cli {

/// The table of `muster nodes`, sorted by name, with a line of totals.
std::string nodes_text(rest::NodeList::Reader nodes, colours tint);

/// The whole of `muster node show`: the verdict and its basis, then the findings with what was expected, what
/// was found and what to do, then the reasons for the verdict that no finding gives. For a pending machine,
/// the fingerprint and the command that approves it.
std::string node_text(rest::NodeDetail::Reader detail, colours tint);

/// A few lines that identify the machine, for a confirmation question.
std::string identity_text(rest::NodeDetail::Reader detail);

/// "no new verdict since TIME: WHY"; empty if nothing prevents one.
std::string unable_text(rest::Node::Reader node);

/// "approved by WHO, waiting for the agent to ask again"; empty if no approval waits for its machine.
std::string approved_text(rest::Node::Reader node);

/// The name of a node, or the first 16 digits of its id.
std::string called(rest::Node::Reader node);

} // namespace muster::cli
