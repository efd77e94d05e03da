// What a machine says of itself: the texts that the quote does not make.
#pragma once

#include "tests/liar/machine.hpp"

namespace muster::liar {

struct account {
  boot_story boot;
  bool has_boot = true; ///< else it says that it has no boot log
  ima_story list;
  boot_id id;
  bool late = false;      ///< answers with what it answered last time
  bool hints = true;      ///< PCR values that are the TPM's; else zeros
  bool withholds = false; ///< says nothing when it is asked for whole logs
};

inline account honest_account(const machine& of) {
  return {of.boot, true, of.list, of.id, false, true, false};
}

} // namespace muster::liar
