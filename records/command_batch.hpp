// What is stored of a command, together with whatever else becomes durable.
#pragma once

#include "records/record_codec.hpp"
#include "records/store_tables.hpp"

namespace muster::service {

/// Puts the command into the table of open commands, or moves it to that of ended ones: a start reads only
/// the open ones. `batch`: a `write_batch` or a `change_batch`.
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
