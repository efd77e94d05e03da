// A machine's claims about itself: the part of the evidence that is not the quote.
#pragma once

#include "tests/liar/machine.hpp"

namespace muster::liar {

struct account {
  boot_story boot;
  bool has_boot = true; ///< false: it claims to have no boot log
  ima_story list;
  boot_id id;
  bool late = false;      ///< repeats its last answer
  bool hints = true;      ///< PCR values are the TPM's; false: zeros
  bool withholds = false; ///< does not answer requests for whole logs
};

inline account honest_account(const machine& of) {
  return {of.boot, true, of.list, of.id, false, true, false};
}

} // namespace muster::liar
