// Kinds and outcomes of commands as the wire has them.
#pragma once

#include "messages/vocabulary/command.hpp"
#include "schemas/wire.capnp.h"

namespace muster {

/// Sets the kind alone: what a `reconfigure` sets goes with the reply (wire::Tuning).
void put_kind(wire::Command::Builder out, command_kind kind);
/// Empty for a kind that this version does not know.
std::optional<command_kind> kind_of(wire::Command::Reader in) noexcept;

/// What a report can say. Of an outcome that only the service gives: `failed`.
wire::Report::Outcome wire_outcome(command_outcome how) noexcept;
/// `unknown` for a word that this version does not know.
command_outcome outcome_of(wire::Report::Outcome told) noexcept;

} // namespace muster
