// Kinds and outcomes of commands as the wire encodes them.
#pragma once

#include "messages/vocabulary/command.hpp"
#include "schemas/wire.capnp.h"

namespace muster {

/// Sets the kind only. The values that a `reconfigure` sets travel in each beat reply: `intervalMs`, and
/// `tuning` for jitter and log level.
void put_kind(wire::Command::Builder out, command_kind kind);
/// Empty for a kind that this version does not know.
std::optional<command_kind> kind_of(wire::Command::Reader in) noexcept;

/// The outcome as a report can state it; `failed` for an outcome that only the service gives.
wire::Report::Outcome wire_outcome(command_outcome how) noexcept;
/// `unknown` for a value that this version does not know.
command_outcome outcome_of(wire::Report::Outcome told) noexcept;

} // namespace muster
