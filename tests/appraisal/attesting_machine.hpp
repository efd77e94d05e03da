// A machine that answers challenges: the logs of a real one, quoted by a software TPM whose AK we hold.
#pragma once

#include "appraisal/attestation/running_attestation.hpp"
#include "messages/build.hpp"
#include "schemas/manifest.capnp.h"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/vm_machine.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"

#include <functional>

namespace muster::testing {

/// Part 0 and the logs, as an agent would send them.
struct evidence {
  frame manifest;
  made_quote quote;
  tpm::pcr_values hints;
  bytes boot_log;
  bytes ima_log;
};

class attesting_machine {
public:
  explicit attesting_machine(const std::string& vm) { boot_from(vm); }

  /// Boots what `vm` booted, on the same TPM.
  void boot_from(const std::string& vm) {
    files_ = read_vm(vm);
    ++reset_count;
    clock += 1000;
    boot.raw.fill(static_cast<std::uint8_t>(reset_count));
  }

  /// Runs a file that IMA measures.
  void run(std::string_view path, std::string_view content) { measure(ima_ng_data(path, content)); }
  void measure(const bytes& data, std::string_view template_name = "ima-ng", unsigned pcr = 10) {
    append(files_.ima_log, ima_record(pcr, template_name, data));
    extend(pcr, data);
  }
  /// A file is written while it is read.
  void violate(std::string_view path) {
    append(files_.ima_log, ima_record(10, "ima-ng", ima_ng_data(path, "anything"), bytes(20, 0)));
    for (const auto& bank : files_.pcrs.present())
      extend_by(bank.algorithm, 10, bytes(digest_size(bank.algorithm), 0xff));
  }
  /// Begins the list of another kernel.
  void begin_list() {
    files_.ima_log.clear();
    for (const auto& bank : files_.pcrs.present())
      REQUIRE(files_.pcrs.set(bank.algorithm, 10, bytes(digest_size(bank.algorithm), 0)).ok());
  }
  /// TPM2_PCR_Extend with H(data) in each bank.
  void extend(unsigned pcr, byte_view data) {
    for (const auto& bank : files_.pcrs.present())
      extend_by(bank.algorithm, pcr, crypto::hash(bank.algorithm, data).view());
  }

  appraisal::attestation_inputs challenge(appraisal::logs_wanted logs) {
    appraisal::attestation_inputs in{{}, {}, tpm_.trusted(), recorded, reference, rules, {}};
    in.challenge.number.value = ++number_;
    in.challenge.nonce = crypto::make_nonce();
    in.challenge.logs = logs;
    REQUIRE(in.challenge.selection.add(hash_algorithm::sha256, tpm::pcr_mask(0, 14)).ok());
    in.channel.node.raw.fill(7);
    in.channel.exporter.fill(8);
    in.channel.node_spki.fill(9);
    return in;
  }

  /// What an honest agent answers; `alter` changes the manifest before it is hashed.
  evidence answer(const appraisal::attestation_inputs& in,
                  const std::function<void(wire::Manifest::Builder)>& alter = {}) const {
    const auto first = appraisal::first_entry_wanted(in.challenge, in.recorded.get());
    const bool whole = in.challenge.logs == appraisal::logs_wanted::whole;
    evidence out;
    out.boot_log = whole ? files_.boot_log : bytes{};
    out.ima_log = entries_from(first);
    const auto& asked = in.challenge.selection;
    for (const auto& bank : asked)
      for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr)
        if ((bank.mask >> pcr & 1U) != 0)
          REQUIRE(out.hints.set(bank.algorithm, pcr, files_.pcrs.get(bank.algorithm, pcr)).ok());
    out.manifest = frame::adopt(build<wire::Manifest>([&](wire::Manifest::Builder m) {
      m.setNumber(in.challenge.number.value);
      m.setNonce(data_of(in.challenge.nonce));
      auto banks = m.initSelection(static_cast<unsigned>(asked.size()));
      unsigned i = 0;
      for (const auto& bank : asked) {
        banks[i].setAlgorithm(static_cast<std::uint16_t>(bank.algorithm));
        banks[i++].setMask(bank.mask);
      }
      m.setBootId(data_of(boot.raw));
      if (!files_.boot_log.empty()) {
        m.setBootLogDigest(data_of(crypto::sha256(files_.boot_log)));
        m.setBootLogSize(files_.boot_log.size());
      }
      m.setImaFirst(first);
      if (alter) alter(m);
    }));
    const auto binding = tpm::quote_binding({in.challenge.nonce, in.channel.node, in.channel.exporter,
                                             in.channel.node_spki, crypto::sha256(out.manifest.view())});
    auto fields = tpm_.honest(binding.view(), in.challenge.selection, out.hints);
    fields.clock = clock;
    fields.reset_count = reset_count;
    fields.restart_count = restart_count;
    out.quote = tpm_.sign(fields);
    return out;
  }

  /// Signs fields that an honest TPM would not.
  made_quote sign(const attest_fields& fields) const { return tpm_.sign(fields); }

  vm_files& files() noexcept { return files_; }
  const soft_tpm& chip() const noexcept { return tpm_; }

  muster::boot_id boot;
  std::uint64_t clock = 1000;
  std::uint32_t reset_count = 3;
  std::uint32_t restart_count = 0;
  std::shared_ptr<const appraisal::recorded_boot> recorded;
  std::shared_ptr<const appraisal::reference_set> reference;
  std::shared_ptr<const appraisal::policy> rules = std::make_shared<appraisal::policy>();

private:
  void extend_by(hash_algorithm bank, unsigned pcr, byte_view measured) {
    const auto value = crypto::hash(bank, {files_.pcrs.get(bank, pcr), measured});
    REQUIRE(files_.pcrs.set(bank, pcr, value.view()).ok());
  }

  bytes entries_from(std::uint64_t first) const {
    tpm::ima_log_reader reader;
    tpm::ima_entry entry;
    byte_view rest{files_.ima_log};
    for (; first > 0; --first) {
      const auto read = reader.read(rest, entry);
      if (!read || *read == 0) return {}; // a shorter log has nothing to send
      rest = rest.subspan(*read);
    }
    return muster::to_bytes(rest);
  }

  soft_tpm tpm_;
  vm_files files_;
  std::uint64_t number_ = 0;
};

/// Feeds the evidence in parts of `part` bytes.
inline appraisal::attestation_outcome appraise(const appraisal::attestation_inputs& in, const evidence& e,
                                               std::size_t part = 4096) {
  using appraisal::log_kind;
  using appraisal::progress;
  appraisal::running_attestation run{in};
  auto state = run.take_part0(e.manifest, e.quote.attest, e.quote.signature, e.hints);
  for (const auto kind : {log_kind::boot, log_kind::ima}) {
    byte_view rest{kind == log_kind::boot ? e.boot_log : e.ima_log};
    while (!rest.empty() && state == progress::more) {
      const auto now = rest.first(std::min(part, rest.size()));
      state = run.take_log_part(kind, now);
      rest = rest.subspan(now.size());
    }
  }
  return std::move(run).finish();
}

/// One attestation; records what it verified.
inline appraisal::attestation_outcome attest(attesting_machine& m, appraisal::logs_wanted logs) {
  const auto in = m.challenge(logs);
  auto out = appraise(in, m.answer(in));
  if (out.boot) m.recorded = std::make_shared<appraisal::recorded_boot>(*out.boot);
  return out;
}

/// A machine whose first attestation with whole logs was recorded and became its reference.
inline attesting_machine trusted_machine() {
  attesting_machine m{"grub-sb"};
  const auto out = attest(m, appraisal::logs_wanted::whole);
  REQUIRE(out.end == appraisal::attestation_end::verified);
  m.reference = appraisal::samples::reference_of(*out.claims, out.files);
  return m;
}

} // namespace muster::testing
