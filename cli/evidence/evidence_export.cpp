#include "cli/evidence/evidence_export.hpp"

#include "cli/client/ask.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/files/output_file.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <chrono>
#include <ostream>

namespace muster::cli {

namespace {

/// Prints a line at most once a second, so that a terminal or a log can follow.
class progress_lines {
public:
  explicit progress_lines(std::ostream& err) : err_{err} {}

  void at(std::uint64_t bytes, std::uint64_t of) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::seconds{1};
    err_ << "muster: " << (bytes >> 20U) << " of " << (of >> 20U) << " MiB\n";
  }

private:
  std::ostream& err_;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds{1};
};

} // namespace

int evidence_export(const surroundings& around, const export_options& options) {
  auto out = output_file::open(options.file, around.out);
  if (!out) return report(around, out.fault());
  std::string query;
  if (options.attestation) query = "?attestation=" + std::to_string(*options.attestation);
  progress_lines progress{around.err};
  std::uint64_t taken = 0;
  status written;
  const auto got = download(
      around.socket, {http_method::get, node_path(options.node, "/evidence" + query), {}, export_patience},
      [&](std::string_view more, std::uint64_t of) {
        taken += more.size();
        progress.at(taken, of);
        written = out->write(more);
        return written.ok();
      });
  if (!written) return report(around, written.fault()); // we ended the download ourselves
  if (!got) return report(around, got.fault());
  if (got->status != 200) return report(around, refusal(*got));
  if (auto finished = out->finish(); !finished) return report(around, finished.fault());
  auto& said = out->is_standard_output() ? around.err : around.out;
  if (around.format == output_format::json)
    said << "{\"bytes\":" << taken << "}\n";
  else
    said << "the evidence of " << printable(options.node) << " is in " << printable(options.file) << ", "
         << taken << " bytes; anyone can verify it again:\n  muster appraise --bundle "
         << printable(options.file) << " --anchor anchor.pem\n";
  return exit_done;
}

} // namespace muster::cli
