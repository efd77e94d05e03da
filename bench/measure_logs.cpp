#include "appraisal/attestation/boot_evidence.hpp"
#include "appraisal/files/appraise_files.hpp"
#include "bench/measurements.hpp"
#include "bench/service.hpp"
#include "bench/signature_verify.hpp"
#include "bench/soft_machine.hpp"
#include "lab/ima_list.hpp"
#include "tpm/evidence/boot_log.hpp"

#include <iostream>

namespace muster::bench {

namespace {

constexpr std::size_t log_entries = 1'000'000;
constexpr std::size_t references = 100'000;
constexpr std::size_t stride = 7'919;    // coprime to `references`: the log visits them all, far apart
constexpr std::size_t part = 256 * 1024; // of a log, as agents send it
constexpr unsigned boot_logs = 2'000;    // in one round

std::string path_of(std::size_t file) {
  return "/usr/lib/x86_64-linux-gnu/package/library-" + std::to_string(file);
}
bytes32 digest_of_file(std::size_t file) { return crypto::sha256(as_bytes(path_of(file))); }

double seconds_since(std::chrono::nanoseconds start) {
  return static_cast<double>((thread_time() - start).count()) / 1e9;
}

/// A software TPM's quote of these values, verified as the service does.
result<tpm::verified_quote> quote_of(const tpm::pcr_values& values) {
  const auto folder = scratch_folder::make();
  if (!folder) return folder.fault();
  const auto vendor = lab::vendor::create(folder->path() / "vendor");
  if (!vendor) return vendor.fault();
  auto machine = soft_machine::make(*vendor);
  if (!machine) return machine.fault();
  const auto nonce = crypto::make_nonce();
  const auto made = machine->sign_quote(nonce, routine_selection(), values);
  if (!made) return made.fault();
  const auto ak = tpm::trust_recorded_ak(machine->ak().area().raw());
  if (!ak) return ak.fault();
  return tpm::verify_quote({made->attest, made->signature}, *ak, tpm::binding{nonce}, routine_selection());
}

/// A long log of files that are all in the reference, and the resulting PCR values.
struct long_log {
  frame content; ///< whole frames: the service keeps parts as they came
  tpm::log_state start;
  tpm::pcr_values values;
};

result<long_log> make_log() {
  auto start = tpm::first_log_state(routine_selection());
  if (!start) return start.fault();
  long_log out{{}, *start, start->values};
  bytes content;
  crypto::hasher hash{hash_algorithm::sha256};
  crypto::digest pcr{out.values.get(hash_algorithm::sha256, lab::ima_pcr)};
  for (std::size_t i = 0; i < log_entries; ++i) {
    const auto file = i * stride % references;
    const auto data = lab::ima_data(path_of(file), digest_of_file(file));
    append(content, lab::ima_entry(data));
    pcr = hash.of({pcr.view(), hash.of(data).view()});
  }
  out.content = frame::adopt(std::move(content));
  if (auto set = out.values.set(hash_algorithm::sha256, lab::ima_pcr, pcr.view()); !set) return set.fault();
  return out;
}

result<std::shared_ptr<const appraisal::reference_set>> make_reference() {
  appraisal::reference_content content;
  for (const auto index : appraisal::equal_pcrs)
    content.pcrs.push_back(
        {hash_algorithm::sha256, index, crypto::digest{crypto::sha256(as_bytes("firmware"))}});
  for (std::size_t i = 0; i < references; ++i)
    if (!content.files.push(
            {appraisal::file_kind::file, hash_algorithm::sha256, digest_of_file(i), path_of(i)}))
      return fault{errc::limit, "reference: too many files"};
  content.files.make_distinct();
  return appraisal::reference_set::make(std::move(content));
}

/// The service's work on an IMA log, on one core. Returns entries per second of CPU time.
result<double> judge(const long_log& log, const tpm::verified_quote& quote,
                     const appraisal::reference_set& reference, const appraisal::policy& policy) {
  const auto start = thread_time();
  auto verifier = tpm::ima_verifier::begin(log.start, log.values, quote);
  if (!verifier) return verifier.fault();
  for (std::size_t at = 0; at < log.content.size(); at += part) {
    const auto rest = log.content.view().subspan(at);
    if (auto fed = verifier->feed(rest.first(std::min(part, rest.size())), log.content.owner()); !fed)
      return fed.fault();
  }
  auto verified = std::move(*verifier).finish();
  if (!verified) return verified.fault();
  appraisal::file_claims claims;
  if (!appraisal::append_claims(claims, *verified)) return fault{errc::limit, "IMA: the claims do not fit"};
  const auto judged = appraisal::appraise_files(claims, &reference, policy);
  const auto seconds = seconds_since(start);
  if (claims.size() != log_entries || judged.total != 0)
    return fault{errc::internal, "IMA: not all files were known"};
  return static_cast<double>(log_entries) / seconds;
}

} // namespace

status measure_ima(const options& how, report& out) {
  std::cerr << "bench: IMA log of a million entries" << std::endl;
  const auto log = make_log();
  if (!log) return log.fault();
  const auto quote = quote_of(log->values);
  if (!quote) return quote.fault();
  const auto reference = make_reference();
  if (!reference) return reference.fault();
  std::vector<double> rates;
  for (unsigned round = 0; round < how.rounds; ++round) {
    const auto rate = judge(*log, *quote, **reference, {});
    if (!rate) return rate.fault();
    rates.push_back(*rate);
  }
  out.push_back({"ima_entries_per_s", "IMA entries replayed and looked up", median(rates), "/s",
                 budget_kind::at_least, 2.5e6});
  return {};
}

status measure_event_logs(const options& how, report& out) {
  std::cerr << "bench: boot logs" << std::endl;
  const auto software = load_software(std::filesystem::path{MUSTER_SOURCE_DIR} / "tests/data/vm/grub-sb");
  if (!software) return software.fault();
  const auto quote = quote_of(software->pcrs);
  if (!quote) return quote.fault();
  const auto pcrs = tpm::verify_pcr_values(*quote, software->pcrs);
  if (!pcrs) return pcrs.fault();
  std::vector<double> rates;
  for (unsigned round = 0; round < how.rounds; ++round) {
    const auto start = thread_time();
    for (unsigned i = 0; i < boot_logs; ++i) {
      auto log = tpm::parse_event_log(software->boot_log);
      if (!log) return log.fault();
      const auto verified = tpm::verify_boot_log(std::move(*log), *pcrs);
      if (!verified) return verified.fault();
      if (verified->contradicted() != 0)
        return fault{errc::internal, "boot log: it contradicts its own PCRs"};
    }
    rates.push_back(boot_logs / seconds_since(start));
  }
  out.push_back({"event_logs_per_s", "UEFI logs of 52 events parsed and replayed", median(rates), "/s",
                 budget_kind::at_least, 5000});
  return {};
}

} // namespace muster::bench
