// What this user sees of the service and of its files. Reads only. Adapter.
#pragma once

#include "checkup/clock_line.hpp"
#include "checkup/path_lines.hpp"
#include "checkup/probe/service.hpp"
#include "checkup/program_lines.hpp"
#include "checkup/vendor_lines.hpp"
#include "settings/service_settings.hpp"

namespace muster::cli {

/// fault denied: this user may not read it; io: it is not there; else one line for each problem.
result<settings::service_settings> read_configuration(const std::string& file);

/// What the service says on its socket.
struct rest_look {
  result<unsigned> ready = fault{};
  std::string said; ///< with another status than 200; printable
  checkup::log_facts log;
  wall_time newest_head; ///< when it was signed; 0: none
};
rest_look ask_service(const std::string& socket, std::chrono::milliseconds limit);

/// The state folder, and what is in it for everybody.
struct state_look {
  checkup::state_facts folder;
  std::vector<checkup::state_facts> closed; ///< the folders in it that hold keys and records
  checkup::space_facts space;
  checkup::anchor_facts anchor;
  checkup::probe_trust trust;
};
state_look look_at_state(const std::string& folder);

/// The address by which this machine reaches its own listener.
endpoint own_address(const endpoint& listen);
/// Whether it is of TCP and no other machine reaches it.
bool is_loopback(const endpoint& listen);

/// Reads the folders as the service does, and the EK certificates that are asked about.
checkup::vendor_facts look_at_vendor_roots(const settings::admission_settings& admission,
                                           const std::vector<std::string>& eks);

} // namespace muster::cli
