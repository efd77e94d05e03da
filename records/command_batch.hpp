// What is stored of a command, with whatever else becomes durable with it.
#pragma once

#include "records/record_codec.hpp"
#include "records/store_tables.hpp"

namespace muster::service {

/// Puts it among those that are open, or moves it to those that ended: a start reads the open ones alone. A
/// batch is a write_batch, or what goes with a change of a node.
template <class Batch> void put_command(Batch& batch, const command_record& command) {
  if (is_open(command.outcome)) {
    batch.template put<tables::commands>(command.id, to_record(command));
    return;
  }
  batch.template erase<tables::commands>(command.id);
  batch.template put<tables::ended_commands>(command.id, to_record(command));
}

content_address newest_command_key();
record<records::Settings> newest_command_record(command_id newest);

} // namespace muster::service
