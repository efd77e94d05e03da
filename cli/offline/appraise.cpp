#include "cli/offline/appraise.hpp"

#include "cli/offline/claimed_ak.hpp"
#include "cli/offline/offline_evidence.hpp"
#include "cli/offline/report_text.hpp"
#include "tpm/format/event_log.hpp"
#include "tpm/format/tools_pcrs.hpp"

#include <ostream>

namespace muster::cli {

namespace {

constexpr std::size_t max_small_file = std::size_t{64} << 10U;
constexpr std::size_t max_ima_log = std::size_t{256} << 20U;

/// The bytes behind the views of `offline_inputs`.
struct files {
  bytes ak;
  bytes quote;
  bytes signature;
  std::optional<bytes> pcrs;
  std::optional<bytes> event_log;
  std::optional<bytes> ima_log;
};

/// Reads `path` into `to`; false when it was reported.
bool load(const std::string& path, std::size_t at_most, bytes& to, std::ostream& err) {
  auto content = read_file(path, at_most);
  if (!content) {
    report_error(err, path, content.fault());
    return false;
  }
  to = *std::move(content);
  return true;
}

bool load(const std::optional<std::string>& path, std::size_t at_most, std::optional<bytes>& to,
          std::ostream& err) {
  return !path || load(*path, at_most, to.emplace(), err);
}

bool load_all(const appraise_options& options, files& to, std::ostream& err) {
  return load(options.ak, max_small_file, to.ak, err) && load(options.quote, max_small_file, to.quote, err)
         && load(options.signature, max_small_file, to.signature, err)
         && load(options.pcrs, max_small_file, to.pcrs, err)
         && load(options.event_log, tpm::event_log::max_bytes, to.event_log, err)
         && load(options.ima_log, max_ima_log, to.ima_log, err);
}

} // namespace

int appraise_command(const appraise_options& options, std::ostream& out, std::ostream& err) {
  auto nonce = from_hex(options.nonce);
  if (!nonce || nonce->empty())
    return report_error(err, "--nonce", {errc::malformed, "it must be hex, and not empty"});
  if (!options.pcrs && !options.event_log && !options.ima_log)
    return report_error(err, "--pcrs",
                        {errc::malformed, "give the PCR values or a log: else nothing says what was quoted"});
  files given;
  if (!load_all(options, given, err)) return exit_error;

  const auto ak = parse_claimed_ak(given.ak);
  if (!ak) return report_error(err, options.ak, ak.fault());
  offline_inputs in{*ak, given.quote, given.signature, *std::move(nonce), {}, {}, {}};
  if (given.pcrs) {
    auto pcrs = tpm::parse_tools_pcrs(*given.pcrs);
    if (!pcrs) return report_error(err, *options.pcrs, pcrs.fault());
    in.pcrs = pcrs->values;
  }
  if (given.event_log) in.event_log = *given.event_log;
  if (given.ima_log) in.ima_log = *given.ima_log;

  const auto report = verify_offline(in);
  print_report(report, options.format, out);
  return report.genuine() ? exit_genuine : exit_not_genuine;
}

} // namespace muster::cli
