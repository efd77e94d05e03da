#include "lab/vendor.hpp"

#include "lab/files.hpp"
#include "tpm/format/public_area.hpp"

#include <chrono>

namespace muster::lab {
namespace {

wall_time now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count())};
}

std::filesystem::path root_of(const std::filesystem::path& folder) { return folder / "roots" / "root.pem"; }
std::filesystem::path issuer_of(const std::filesystem::path& folder) {
  return folder / "intermediates" / "issuer.pem";
}
std::filesystem::path key_of(const std::filesystem::path& folder) { return folder / "issuer.key"; }

} // namespace

result<vendor> vendor::create(const std::filesystem::path& folder) {
  if (auto made = make_empty_folder(folder); !made) return made.fault();
  for (const auto* part : {"roots", "intermediates"})
    if (auto made = make_empty_folder(folder / part); !made) return made.fault();
  constexpr std::uint64_t twenty_years = 20ULL * 365 * 24 * 3600 * 1000;
  const auto from = now();
  auto issuer = crypto::ek_issuer::make("Muster lab", {from, {from.milliseconds + twenty_years}});
  if (!issuer) return issuer.fault();
  if (auto kept = replace_file(root_of(folder), as_bytes(issuer->root().pem())); !kept) return kept.fault();
  if (auto kept = replace_file(issuer_of(folder), as_bytes(issuer->intermediate().pem())); !kept)
    return kept.fault();
  if (auto kept = replace_file(key_of(folder), as_bytes(issuer->key().pem()), secrecy::owner_only); !kept)
    return kept.fault();
  return vendor{folder, std::move(*issuer)};
}

result<vendor> vendor::open(const std::filesystem::path& folder) {
  const auto root = read_file(root_of(folder));
  if (!root) return root.fault();
  const auto intermediate = read_file(issuer_of(folder));
  if (!intermediate) return intermediate.fault();
  const auto key = read_file(key_of(folder));
  if (!key) return key.fault();
  auto issuer = crypto::ek_issuer::from_pem(as_text(*root), as_text(*intermediate), as_text(*key));
  if (!issuer) return issuer.fault();
  return vendor{folder, std::move(*issuer)};
}

result<bytes> vendor::certify(byte_view ek_public_area) const {
  const auto area = tpm::parse_public_area(ek_public_area);
  if (!area) return area.fault();
  const auto key = tpm::key_of(*area);
  if (!key) return key.fault();
  const auto made = issuer_.issue(*key, {manufacturer, "swtpm", "id:20191023"}, now());
  if (!made) return made.fault();
  return made->der();
}

} // namespace muster::lab
