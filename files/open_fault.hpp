// Why a file did not open: one sentence for all programs.
#pragma once

#include "messages/vocabulary/result.hpp"

namespace muster::files {

/// The sentence for the system's error (errno) of an attempt to open or read a file: "there is no such file",
/// "no permission to read it", "it is a folder", else "it cannot be opened: REASON". fault not_found where
/// nothing has this name, else io. The caller puts the file's name before it.
fault open_fault(int error);

} // namespace muster::files
