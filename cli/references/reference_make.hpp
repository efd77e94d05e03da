// muster reference make SET --base SET [--rules FILE] [--directory DIR|--image FILE|--dpkg ROOT|--rpm ROOT
// |--rim FILE [--support-rim FILE]|--keylime FILE]...
#pragma once

#include "cli/files/output.hpp"
#include "cli/references/source_text.hpp"
#include "extraction/sources/learning.hpp"

#include <optional>
#include <vector>

namespace muster::cli {

struct make_options {
  std::string to;   ///< set to write: see `output_file`
  std::string base; ///< set that the boot values come from; may be empty with `support_rims`
  enum class base_files { leave, take } files_of_base = base_files::leave;
  std::optional<std::string> rules;     ///< see docs/reference-values.md
  std::string root;                     ///< root of the machine that `directories` belong to; empty: "/"
  std::vector<std::string> directories; ///< each in `root`
  std::vector<std::string> images;      ///< archives and file systems
  std::vector<std::string> dpkg;        ///< roots
  std::vector<std::string> rpm;         ///< roots
  std::vector<std::string> rims;
  std::optional<std::string> rim_root;       ///< PEM, with `rims`
  std::optional<std::string> rim_time_root;  ///< PEM: of authorities that stamped the manifests' times
  std::vector<std::string> support_rims;     ///< event logs that `rims` name
  std::vector<std::string> keylime;          ///< runtime policies
  std::vector<std::string> hashes{"sha256"}; ///< those that the machines' IMA uses
  /// Whether documentation of `dpkg` and `rpm` is learnt. Leaving it out is safe: what is not in the set is
  /// unknown, and a finding when it is used.
  extraction::documentation of_packages = extraction::documentation::learn;
  listing of_losses = listing::first;
  output_format format = output_format::table;
};

/// Makes a set with one boot and with the files of all sources: file tables are united, but there is only one
/// boot. Reports what each source gave, and by reason what it had and did not give. `err` gets the progress of long work and
/// warnings about a source that gave no file or a set without files. Exit status: done or error. Without a
/// source it is an error, and also if no source gave a file or a boot value; then, and if a source fails, nothing
/// is written.
int make_command(const make_options& options, std::ostream& out, std::ostream& err);

} // namespace muster::cli
