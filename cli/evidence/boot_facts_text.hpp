// A boot log's statements about a machine, in words.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "cli/files/json_text.hpp"

#include <iosfwd>

namespace muster::cli {

/// One line for each: firmware, variables of Secure Boot, option ROMs, loaders, keys of shim, initial RAM
/// disk, sections of a unified kernel image, disk. What a digest covers is under "proven"; names next to
/// digests that do not cover them are under "hint". Prints nothing without a boot log.
void print_boot_facts(const appraisal::boot_content& boot, std::ostream& out);
/// The same, as members of the JSON object that is open.
void add_boot_facts(json_text& json, const appraisal::boot_content& boot);

} // namespace muster::cli
