// Package lists and Keylime's policies: for any input the readers return a value or a fault. The first byte
// chooses the reader.
#include "extraction/dpkg_database.hpp"
#include "extraction/keylime_policy.hpp"
#include "extraction/rpm_listing.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  using namespace muster::extraction;
  if (size == 0) return 0;
  const auto text = as_text({data + 1, size - 1});
  switch (data[0] % 6) {
  case 0: {
    const auto packages = parse_dpkg_status(text);
    if (!packages) return 0;
    for (const auto& one : *packages) {
      for (const auto& file : one.conffiles)
        if (!file.path.starts_with('/')) std::abort();
      if (one.state != dpkg_state::unpacked) continue; // only such a name becomes part of a file name
      if (one.name.empty() || one.name.find('/') != std::string::npos || one.name.front() == '.')
        std::abort();
    }
    return 0;
  }
  case 1: {
    const auto list = parse_md5sums(text);
    if (!list) return 0;
    for (const auto& file : list->files)
      if (!file.path.starts_with('/') || file.path.find('\0') != std::string::npos) std::abort();
    return 0;
  }
  case 2: (void)parse_diversions(text); return 0;
  case 3: (void)parse_rpm_listing(text); return 0;
  case 5: (void)parse_dpkg_list(text); return 0;
  default: {
    const auto policy = parse_keylime_policy(text);
    if (!policy) return 0;
    for (std::size_t i = 0; i < policy->files.size(); ++i)
      if (policy->files[i].digest.size() != digest_size(policy->files[i].algorithm)) std::abort();
    return 0;
  }
  }
}
