#include "cli/evidence/appraise.hpp"

#include "appraisal/extraction/extraction.hpp"
#include "appraisal/policy/policy_codec.hpp"
#include "cli/evidence/claimed_ak.hpp"
#include "cli/evidence/offline_evidence.hpp"
#include "cli/evidence/report_text.hpp"
#include "cli/files/file_role.hpp"
#include "cli/files/policy_file.hpp"
#include "cli/files/reference_file.hpp"
#include "tpm/files/pcr_file.hpp"
#include "tpm/format/event_log.hpp"
#include "tpm/format/ima_ascii.hpp"
#include "tpm/format/ima_bank_list.hpp"

#include <algorithm>
#include <ostream>

namespace muster::cli {

namespace {

constexpr std::size_t max_small_file = std::size_t{64} << 10U;
constexpr std::size_t max_ima_log = std::size_t{256} << 20U;

/// Owns the bytes that the views in `offline_inputs` refer to.
struct files {
  bytes ak;
  bytes quote;
  bytes signature;
  std::optional<bytes> pcrs;
  std::optional<bytes> event_log;
  std::optional<bytes> ima_log;
};

/// Reads `path` into `to`. False: it failed, and the error has been reported.
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

/// Makes a list that was given as text, or as the list of one bank, the usual one. False: it failed, and the
/// error has been reported.
bool read_ima_form(const appraise_options& options, files& to, std::ostream& err) {
  if (!to.ima_log) return true;
  status ended;
  if (tpm::looks_like_ascii_ima(*to.ima_log)) {
    auto made = tpm::ima_log_from_ascii(as_text(*to.ima_log));
    if (made)
      to.ima_log = *std::move(made);
    else
      ended = made.fault();
  } else {
    auto usual = tpm::with_usual_columns(*std::move(to.ima_log));
    to.ima_log = std::move(usual.log);
    ended = std::move(usual.ended);
  }
  if (!ended) report_error(err, *options.ima_log, ended.fault());
  return ended.ok();
}

status begins_as_boot_log(byte_view content) {
  if (auto kind = check_kind(content, file_role::boot_log); !kind) return kind;
  const auto [log, ended] = tpm::read_event_log(content);
  return log.events().empty() ? ended : status{};
}

/// A file of the wrong kind is a mistake of the user, and says nothing about the machine. An empty boot log is
/// one that the kernel had nothing for.
bool are_the_right_files(const appraise_options& options, const files& given, std::ostream& err) {
  const auto wrong = [&](const std::string& path, const fault& why) {
    report_error(err, path, why);
    return false;
  };
  if (given.quote.empty()) return wrong(options.quote, {errc::malformed, "--quote is empty"});
  if (given.signature.empty()) return wrong(options.signature, {errc::malformed, "--signature is empty"});
  if (tpm::kind_of(given.signature) == tpm::file_kind::quote)
    return wrong(options.signature,
                 {errc::malformed, "--signature is a quote: were --quote and --signature swapped?"});
  if (tpm::kind_of(given.quote) != tpm::file_kind::quote)
    return wrong(
        options.quote,
        named(given.quote, file_role::quote,
              {errc::malformed, "--quote is not a quote of a TPM: it does not begin with ff5443478018"}));
  if (given.event_log && !given.event_log->empty())
    if (const auto good = begins_as_boot_log(*given.event_log); !good)
      return wrong(*options.event_log, good.fault());
  if (given.ima_log)
    if (const auto good = check_kind(*given.ima_log, file_role::ima_list); !good)
      return wrong(*options.ima_log, good.fault());
  return true;
}

/// The content of the files; `inputs` holds views of `given`.
struct read_evidence {
  offline_inputs inputs;
  std::optional<bytes32> reference;
  bool judge = false;
};

/// False: it failed, and the error has been reported.
bool load_rules(const appraise_options& options, read_evidence& to, std::ostream& err) {
  to.judge = options.reference.has_value() || options.policy.has_value();
  if (options.policy) {
    auto policy = load_policy(*options.policy);
    if (!policy) return report_lines(err, policy.fault()) == exit_genuine;
    to.inputs.policy = *std::move(policy);
  }
  if (options.reference) {
    auto reference = load_reference(*options.reference);
    if (!reference) return report_error(err, *options.reference, reference.fault()) == exit_genuine;
    to.inputs.reference = std::move(reference->set);
    to.reference = reference->digest;
  }
  return true;
}

bool fails(const std::vector<finding>& remarks) {
  return std::ranges::any_of(remarks, [](const finding& f) { return f.level >= severity::failure; });
}

/// Writes the reference set of a machine whose evidence is genuine and has no failures.
int learn(const appraise_options& options, const tpm::trusted_ak& ak, const offline_report& report,
          const appraisal::policy& p, std::ostream& out, std::ostream& err) {
  const auto& file = *options.learn;
  if (!report.genuine())
    return report_error(err, file, {errc::denied, "not written: the evidence is not genuine"});
  if (fails(report.remarks))
    return report_error(err, file,
                        {errc::denied, "not written: the machine has a finding that is a failure"});
  const auto name = "AK " + to_hex(ak.ak().name());
  // The user who names the AK vouches for it.
  const auto teaches =
      appraisal::may_teach({name, &*report.boot, &report.files, report.remarks, endorsement::inventory}, p);
  if (!teaches)
    return report_error(err, file, {teaches.fault().code, "not written: " + teaches.fault().check});
  auto content = appraisal::extract(*teaches, {}, name);
  if (!content) return report_error(err, file, content.fault());
  const auto set = appraisal::reference_set::make(*std::move(content));
  if (!set) return report_error(err, file, set.fault());
  auto to = output_file::open(file, out);
  if (!to) return report_lines(err, to.fault());
  if (to->is_standard_output())
    return report_error(err, "--learn", {errc::conflict, "name a file: the report is on standard output"});
  const auto digest = store_reference((*set)->content(), *to);
  if (!digest) return report_lines(err, digest.fault());
  if (options.format == output_format::table)
    out << padded("learned", 12) << to_hex(*digest) << ", "
        << counted((*set)->content().files.size(), "file", "files") << "\n";
  return exit_genuine;
}

int judge(const appraise_options& options, const read_evidence& evidence, std::ostream& out,
          std::ostream& err) {
  const auto report = verify_offline(evidence.inputs);
  const judgement judged{verdict_of(report, evidence.inputs), appraisal::digest_of(evidence.inputs.policy),
                         evidence.reference};
  print_report(report, evidence.judge ? &judged : nullptr, options.format, out);
  if (!options.ima_log && report.genuine() && options.format == output_format::table)
    out << padded("proven", 12)
        << "not shown: what the boot log proves is only judged together with the IMA log; give --ima-log\n";
  if (options.learn)
    if (const int learned = learn(options, evidence.inputs.ak, report, evidence.inputs.policy, out, err);
        learned != exit_genuine)
      return learned;
  if (evidence.judge) return exit_status_of(judged.verdict);
  return report.genuine() ? exit_genuine : exit_not_genuine;
}

/// The nonce, empty if the user said that there is none.
result<bytes> nonce_from(const std::string& hex) {
  auto nonce = from_hex(hex);
  if (!nonce)
    return fault{errc::malformed, "it must be hex, an even number of digits; \"\" if there was no nonce"};
  if (nonce->size() > tpm::binding::max_size)
    return fault{errc::limit, "it is longer than the qualifying data of a quote can be (66 bytes)"};
  return *std::move(nonce);
}

/// A file that lacks a quoted value is another file than the quote's, and says nothing about the machine.
status check_coverage(const tpm::pcr_selection& quoted, const tpm::pcr_selection& present) {
  const auto lacks = std::ranges::any_of(quoted, [&present](const tpm::pcr_bank& bank) {
    return (bank.mask & ~present.mask_of(bank.algorithm)) != 0;
  });
  if (!lacks) return {};
  const auto wanted = tpm::to_string(quoted);
  return fault{errc::mismatch, "these are values of " + tpm::to_string(present) + ", and the quote covers "
                                   + wanted
                                   + ": give the PCR values of this quote (tpm2_quote -o FILE, or "
                                     "tpm2_pcrread -o FILE "
                                   + wanted + ")"};
}

/// The values in the file. The selection is that of the quote, which is not verified yet: it only says in which
/// order plain values are.
result<tpm::pcr_values> load_pcrs(const files& given) {
  const auto stated = tpm::parse_quote_attest(given.quote);
  auto values = tpm::read_pcr_file(*given.pcrs, stated ? stated->order : tpm::pcr_order{});
  if (!values) return named(*given.pcrs, file_role::pcrs, values.fault());
  if (stated)
    if (auto whole = check_coverage(stated->order.merged(), values->present()); !whole) return whole.fault();
  return values;
}

} // namespace

int appraise_command(const appraise_options& options, std::ostream& out, std::ostream& err) {
  auto nonce = nonce_from(options.nonce);
  if (!nonce) return report_error(err, "--nonce", nonce.fault());
  if (!options.pcrs && !options.event_log && !options.ima_log)
    return report_error(
        err, "--pcrs",
        {errc::malformed, "give the PCR values or a log: otherwise nothing says what was quoted"});
  if ((options.reference || options.policy || options.learn) && !options.ima_log)
    return report_error(err, "--ima-log",
                        {errc::malformed, "give the IMA log: a verdict is about files, too"});
  if (options.learn && nonce->empty())
    return report_error(err, "--learn",
                        {errc::denied,
                         "a quote without a nonce may be an old one, so nothing is learnt from it; "
                         "quote again with a nonce (tpm2_quote -q)"});
  files given;
  if (!load_all(options, given, err) || !are_the_right_files(options, given, err)
      || !read_ima_form(options, given, err))
    return exit_error;

  const auto claimed = claim_signature({given.ak, given.signature, given.quote});
  if (const auto* wrong = std::get_if<signer_fault>(&claimed))
    return report_error(err, wrong->file == signer_fault::about::ak ? options.ak : options.signature,
                        wrong->why);
  const auto& signer = std::get<claimed_signature>(claimed);
  read_evidence evidence{
      {signer.ak, given.quote, signer.signature, *std::move(nonce), {}, {}, {}, {}, {}}, {}, false};
  auto& in = evidence.inputs;
  if (given.pcrs) {
    auto pcrs = load_pcrs(given);
    if (!pcrs) return report_error(err, *options.pcrs, pcrs.fault());
    in.pcrs = *std::move(pcrs);
  }
  if (given.event_log) in.event_log = *given.event_log;
  if (given.ima_log) in.ima_log = *given.ima_log;
  if (!load_rules(options, evidence, err)) return exit_error;
  return judge(options, evidence, out, err);
}

} // namespace muster::cli
