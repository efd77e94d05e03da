#include "cli/commands/ask.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/exit_status.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <ostream>

namespace muster::cli::commands {

namespace {

/// A second apart, so that a terminal or a log can follow.
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
  const auto unfinished = options.file + ".part";
  std::ofstream out{unfinished, std::ios::binary | std::ios::trunc};
  if (!out) return report(around, {errc::io, printable(unfinished) + " cannot be written"});
  std::string query;
  if (options.attestation) query = "?attestation=" + std::to_string(*options.attestation);
  progress_lines progress{around.err};
  std::uint64_t taken = 0;
  const auto got = download(
      around.socket, {http_method::get, node_path(options.node, "/evidence" + query), {}, export_patience},
      [&](std::string_view more, std::uint64_t of) {
        taken += more.size();
        progress.at(taken, of);
        out.write(more.data(), static_cast<std::streamsize>(more.size()));
        return out.good();
      });
  out.close();
  std::error_code error;
  const auto fail = [&](const fault& why) {
    std::filesystem::remove(unfinished, error);
    return report(around, why);
  };
  if (!got) return fail(got.fault());
  if (got->status != 200) return fail(refusal(*got));
  if (!out) return fail({errc::io, printable(unfinished) + ": writing it failed"});
  std::filesystem::rename(unfinished, options.file, error);
  if (error) return fail({errc::io, printable(options.file) + ": " + error.message()});
  if (around.format == output_format::table)
    around.out << "the evidence of " << printable(options.node) << " is in " << printable(options.file)
               << ", " << taken << " bytes; anybody can verify it again:\n  muster appraise --bundle "
               << printable(options.file) << '\n';
  else
    around.out << "{\"bytes\":" << taken << "}\n";
  return exit_done;
}

} // namespace muster::cli::commands
