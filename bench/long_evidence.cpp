#include "bench/long_evidence.hpp"

#include "crypto/digest.hpp"
#include "lab/files.hpp"
#include "lab/ima_list.hpp"

namespace muster::bench {

status write_long_evidence(const std::filesystem::path& folder) {
  const auto real = std::filesystem::path{MUSTER_SOURCE_DIR} / "tests/data/vm/grub-sb";
  const auto boot = lab::read_file(real / "binary_bios_measurements");
  if (!boot) return boot.fault();
  auto ima = lab::read_file(real / "binary_runtime_measurements");
  if (!ima) return ima.fault();
  for (std::size_t i = 0; i < long_log_entries; ++i) {
    const auto path = "/usr/lib/x86_64-linux-gnu/package/plugin-" + std::to_string(i) + ".so";
    append(*ima, lab::ima_entry(lab::ima_data(path, crypto::sha256(as_bytes(path)))));
  }
  if (auto made = lab::make_empty_folder(folder); !made) return made;
  if (auto kept = lab::replace_file(folder / "binary_bios_measurements", *boot); !kept) return kept;
  return lab::replace_file(folder / "binary_runtime_measurements", *ima);
}

} // namespace muster::bench
