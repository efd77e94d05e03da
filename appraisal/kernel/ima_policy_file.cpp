#include "appraisal/kernel/ima_policy_file.hpp"

#include "tpm/evidence/log_state.hpp"

#include <algorithm>
#include <utility>

namespace muster::appraisal {

namespace {

/// Programs with which an initial RAM disk hands over to the disk's init (klibc-utils, util-linux).
constexpr std::string_view handovers[] = {"/usr/bin/run-init", "/bin/run-init", "/usr/sbin/switch_root",
                                          "/sbin/switch_root", "/usr/bin/switch_root"};

/// linux-image-6.1.0-56-cloud-amd64 and linux-image-6.12.117+deb12-cloud-amd64 of Debian 12: the file
/// /boot/vmlinuz-*, with "CONFIG_IMA_WRITE_POLICY is not set" in its /boot/config-*.
constexpr std::string_view closing_kernels[] = {
    "51349501a3d1ff83836437d2b365fd2d57f2feb8642d315e5181dec23d4c3275",
    "b9ea6660d2abac0b2d65aaf11d07cb9d9012b4beb1287d6eb539fccecd1aebd2",
};

constexpr unsigned pcr_of_loaded_files = 9;

bool is_one_of(std::string_view path, std::span<const std::string_view> list) noexcept {
  return std::ranges::find(list, path) != list.end();
}

/// "/usr/lib/x86_64-linux-gnu/libc.so.6": a file that the dynamic linker maps and that is not started itself.
bool is_mapped(std::string_view path) noexcept {
  if (path == "/etc/ld.so.cache") return true;
  if (!path.starts_with("/usr/lib") && !path.starts_with("/lib")) return false;
  const auto name = path.substr(path.rfind('/') + 1);
  const auto at = name.find(".so");
  return at != std::string_view::npos && (at + 3 == name.size() || name[at + 3] == '.');
}

/// A buffer runs nothing. An entry that only claims to be one is judged as a file.
bool is_buffer(const tpm::ima_entry& entry) noexcept {
  return !entry.buffer.empty() && same(crypto::hash(entry.algorithm, entry.buffer).view(), entry.digest);
}

} // namespace

ima_policy_watch::phase ima_policy_watch::after(const tpm::ima_entry& entry) const noexcept {
  const bool init = entry.subject == tpm::ima_subject::file && is_one_of(entry.path, init_paths);
  switch (phase_) {
  case phase::begin: return init ? phase::init : entry.path == "/init" ? phase::initrd : phase::others;
  // From here on the disk's own programs could run, which no boot loader measured.
  case phase::handing_over:
    if (init) return phase::init;
    return is_mapped(entry.path) && !entry.violation() ? phase::handing_over : phase::others;
  case phase::initrd:
    if (init) return phase::others; // not started by the RAM disk's last program
    return is_one_of(entry.path, handovers) ? phase::handing_over : phase::initrd;
  case phase::init: return is_mapped(entry.path) && !entry.violation() ? phase::init : phase::others;
  case phase::others: break;
  }
  return phase::others;
}

void ima_policy_watch::see_policy(const tpm::ima_entry& entry, bool in_place) {
  const bool again = claim_.file != policy_file::absent;
  // The digest of an fs-verity tree could be that of another file's content.
  const bool no_content = entry.subject != tpm::ima_subject::file;
  const bool other =
      no_content || entry.algorithm != claim_.algorithm || !same(entry.digest, claim_.digest.view());
  if (again && !other) return;
  if (again || no_content) {
    claim_.file = policy_file::changed;
    return;
  }
  claim_.file = !in_place                 ? policy_file::late
                : phase_ == phase::initrd ? policy_file::initial
                : phase_ == phase::init   ? policy_file::first
                                          : policy_file::late;
  claim_.algorithm = entry.algorithm;
  claim_.digest = crypto::digest{entry.digest};
}

void ima_policy_watch::see(const tpm::ima_entry& entry, bool aggregate) {
  const bool in_place = entry.pcr == tpm::ima_pcr;
  const bool first = in_place && !std::exchange(begun_, true);
  if (in_place && (first || !aggregate)) claim_.entries = claim_.entries == 0 ? 1 : 2;
  if (entry.path == ima_policy_path) return see_policy(entry, in_place);
  if (!in_place || (first && entry.boot_aggregate())) return;
  // No phase follows `others`, and recognising a buffer takes a hash.
  if (phase_ == phase::others || is_buffer(entry)) return;
  const auto before = std::exchange(phase_, after(entry));
  if (phase_ != phase::init || before == phase::init) return;
  claim_.init_algorithm = entry.algorithm;
  claim_.init = crypto::digest{entry.digest};
}

bool kernel_takes_one_policy(const boot_content& boot) noexcept {
  if (boot.bank != hash_algorithm::sha256) return false;
  return std::ranges::any_of(boot.events, [](const boot_event& e) {
    return e.pcr == pcr_of_loaded_files && is_one_of(to_hex(e.digest.view()), closing_kernels);
  });
}

} // namespace muster::appraisal
