// How a machine boots.
#include "crypto/secret.hpp"
#include "lab/extension.hpp"
#include "lab/files.hpp"
#include "lab/ima_list.hpp"
#include "lab/machine.hpp"
#include "lab/powered_chip.hpp"
#include "messages/vocabulary/ids.hpp"
#include "tpm/device/attestation.hpp"
#include "tpm/device/identity.hpp"

namespace muster::lab {
namespace {

// The logs of a boot and the PCR extensions that follow from them.
struct measured_log {
  bytes log;
  std::vector<extension> extensions;
};

status extend_all(tpm::chip& chip, const std::vector<extension>& all) {
  for (const auto& [pcr, digests] : all)
    if (auto done = tpm::laboratory::extend(chip, pcr, digests); !done) return done;
  return {};
}

measured_log measure_boot(const software& what, const std::vector<hash_algorithm>& banks) {
  // Firmware and boot loaders load images below 4 GiB, page-aligned, at a different address each time.
  const auto random = crypto::make_nonce();
  const std::uint32_t load_base =
      0x40000000U | std::uint32_t{random[0]} << 20U | std::uint32_t{random[1]} << 12U;
  const auto events = boot_events(what, load_base);
  return {encode_boot_log(events, banks), extensions_of(events, banks)};
}

// boot_aggregate: H(PCR 0-9) of the SHA-256 bank, which is what IMA of Linux 5.8 and later takes.
result<crypto::digest> boot_aggregate(tpm::chip& chip) {
  tpm::pcr_selection boot_pcrs;
  if (auto added = boot_pcrs.add(hash_algorithm::sha256, tpm::pcr_mask(0, 9)); !added) return added.fault();
  const auto values = tpm::read_pcrs(chip, boot_pcrs);
  if (!values) return values.fault();
  const auto aggregate = tpm::digest_of(*values, boot_pcrs, hash_algorithm::sha256);
  if (aggregate.empty()) return fault{errc::unsupported, "boot_aggregate: the TPM has no SHA-256 bank"};
  return aggregate;
}

measured_log measure_files(const software& what, const crypto::digest& aggregate,
                           const std::vector<hash_algorithm>& banks) {
  measured_log out;
  const auto add = [&](std::string_view path, byte_view digest) {
    const auto data = ima_data(path, digest);
    append(out.log, ima_entry(data));
    out.extensions.push_back(extend_with(ima_pcr, banks, data));
  };
  add("boot_aggregate", aggregate.view());
  for (std::size_t i = 0; i < what.files; ++i)
    add(file_path(i), crypto::sha256(as_bytes(file_content(i))));
  return out;
}

// The first of the two names that exists: the kernel's own, or the shorter one of some samples.
result<bytes> read_either(const std::filesystem::path& folder, const char* name, const char* other) {
  auto content = read_file(folder / name);
  if (!content && content.fault().code == errc::not_found) return read_file(folder / other);
  return content;
}

struct recorded_boot {
  measured_log boot;
  measured_log files;
  std::vector<hash_algorithm> banks;
};

result<recorded_boot> load_recorded_boot(const std::filesystem::path& folder) {
  auto boot = read_either(folder, "binary_bios_measurements", "bios.bin");
  if (!boot) return boot.fault();
  auto list = read_either(folder, "binary_runtime_measurements", "ima.bin");
  if (!list) return list.fault();
  auto banks = banks_of_boot_log(*boot);
  if (!banks) return banks.fault();
  auto booting = extensions_of_boot_log(*boot);
  if (!booting) return booting.fault();
  auto running = extensions_of_ima_list(*list, *banks);
  if (!running) return running.fault();
  return recorded_boot{
      {std::move(*boot), std::move(*booting)}, {std::move(*list), std::move(*running)}, std::move(*banks)};
}

result<recorded_boot> measure(tpm::chip& chip, const software& what) {
  const auto identity = tpm::read_identity(chip);
  if (!identity) return identity.fault();
  recorded_boot out{measure_boot(what, identity->banks), {}, identity->banks};
  if (auto done = extend_all(chip, out.boot.extensions); !done) return done.fault();
  const auto aggregate = boot_aggregate(chip);
  if (!aggregate) return aggregate.fault();
  out.files = measure_files(what, *aggregate, identity->banks);
  return out;
}

std::string new_boot_id() {
  boot_id id;
  const auto random = crypto::make_nonce();
  std::copy_n(random.begin(), id.raw.size(), id.raw.begin());
  // A UUID of version 4, as the kernel makes it.
  id.raw[6] = static_cast<std::uint8_t>((id.raw[6] & 0x0fU) | 0x40U);
  id.raw[8] = static_cast<std::uint8_t>((id.raw[8] & 0x3fU) | 0x80U);
  return to_string(id) + '\n';
}

} // namespace

status machine::boot_locked(const software& what) const {
  std::optional<recorded_boot> logs;
  if (!what.evidence.empty()) {
    auto recorded = load_recorded_boot(what.evidence);
    if (!recorded) return recorded.fault();
    logs.emplace(std::move(*recorded));
  }
  if (auto down = power_down(); !down) return down;
  if (logs)
    if (auto set = set_banks(folder_, logs->banks); !set) return set;

  auto on = powered_chip::power_on(folder_);
  if (!on) return on.fault();
  if (logs) {
    if (auto done = extend_all(on->chip(), logs->boot.extensions); !done) return done;
  } else {
    auto measured = measure(on->chip(), what);
    if (!measured) return measured.fault();
    logs.emplace(std::move(*measured));
  }
  if (auto done = extend_all(on->chip(), logs->files.extensions); !done) return done;
  // Recorded logs stay as they are: later extensions of that machine are already in its recorded PCR values.
  if (what.evidence.empty())
    if (auto done = extend_all(on->chip(), extensions_of_phases(what, logs->banks)); !done) return done;

  if (auto kept = replace_file(boot_log(), logs->boot.log); !kept) return kept;
  if (auto kept = replace_file(ima_log(), logs->files.log); !kept) return kept;
  if (auto kept = replace_file(boot_id(), as_bytes(new_boot_id())); !kept) return kept;
  if (auto kept = write_facts(what); !kept) return kept;
  if (auto kept = replace_file(folder_ / "software", as_bytes(to_text(what))); !kept) return kept;
  return on->hand_over("tpm.sock");
}

} // namespace muster::lab
