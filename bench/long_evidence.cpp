#include "bench/long_evidence.hpp"

#include "crypto/digest.hpp"
#include "lab/files.hpp"
#include "lab/ima_list.hpp"

namespace muster::bench {

std::string long_log_path(std::size_t file) {
  return "/usr/lib/x86_64-linux-gnu/package/plugin-" + std::to_string(file) + ".so";
}

result<long_logs> make_long_evidence() {
  const auto real = std::filesystem::path{MUSTER_SOURCE_DIR} / "tests/data/vm/grub-sb";
  auto boot = lab::read_file(real / "binary_bios_measurements");
  if (!boot) return boot.fault();
  auto ima = lab::read_file(real / "binary_runtime_measurements");
  if (!ima) return ima.fault();
  for (std::size_t i = 0; i < long_log_entries; ++i) {
    const auto path = long_log_path(i);
    append(*ima, lab::ima_entry(lab::ima_data(path, crypto::sha256(as_bytes(path)))));
  }
  return long_logs{std::move(*boot), std::move(*ima)};
}

status write_long_evidence(const std::filesystem::path& folder) {
  const auto logs = make_long_evidence();
  if (!logs) return logs.fault();
  if (auto made = lab::make_empty_folder(folder); !made) return made;
  if (auto kept = lab::replace_file(folder / "binary_bios_measurements", logs->boot_log); !kept) return kept;
  return lab::replace_file(folder / "binary_runtime_measurements", logs->ima_log);
}

} // namespace muster::bench
