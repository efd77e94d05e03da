// What the node's actors send each other about the machine: what it is and what it booted.
#pragma once

#include "actors/runtime/local_message.hpp"
#include "messages/frame.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <vector>

namespace muster::node {

/// The state in which a file of the kernel was found.
enum class file_state : std::uint8_t {
  absent,     ///< it does not exist; or it is a boot log of no bytes, as some kernels have it
  unreadable, ///< it exists, but we may not read it
  present
};

enum class switch_state : std::uint8_t { unknown, off, on };

/// What can be seen of measured boot, not judged yet.
struct boot_survey {
  std::string chip_problem; ///< why the TPM could not be queried; empty: it could
  std::string manufacturer; ///< printable
  std::string vendor;       ///< printable
  std::uint64_t firmware = 0;
  std::vector<hash_algorithm> banks;
  file_state boot_log = file_state::absent;
  frame boot_log_content; ///< empty unless `present`
  file_state ima_log = file_state::absent;
  bool ima_measures = false; ///< the list holds more than boot_aggregate
  /// The kernel's own command line; empty if this is not the machine that the kernel runs on (a simulation).
  std::string command_line;
  switch_state secure_boot = switch_state::unknown;
};

/// What TBProvisioner concludes from the survey (MeasuredBoot in schemas/wire.capnp).
struct measured_boot {
  std::string tpm; ///< manufacturer and firmware; empty if there is none
  std::vector<hash_algorithm> banks;
  bool event_log = false;
  std::string ima_policy; ///< as named on the kernel's command line; empty if it is not
  switch_state secure_boot = switch_state::unknown;
  std::vector<std::string> advice; ///< one sentence each, for the people who run this machine
};

/// Who this machine is, for an enrolment.
struct machine_identity {
  std::vector<bytes> ek_certificates; ///< DER, the EK's own first; empty if the TPM has none
  bytes ek_public;                    ///< TPMT_PUBLIC
  bytes ak_public;                    ///< TPMT_PUBLIC
  bytes facts;                        ///< flat message MachineFacts
  std::vector<std::string> notes;     ///< each worth a line in the log; printable
};

} // namespace muster::node

MUSTER_LOCAL_MESSAGE(muster::node::boot_survey)
MUSTER_LOCAL_MESSAGE(muster::node::measured_boot)
MUSTER_LOCAL_MESSAGE(muster::result<muster::node::machine_identity>)
