#include "messages/vocabulary/hash_algorithm.hpp"

#include <array>

namespace muster {

namespace {

struct row {
  hash_algorithm algorithm;
  std::size_t size;
  std::string_view name;
};

constexpr std::array<row, 5> rows{{{hash_algorithm::sha1, 20, "sha1"},
                                   {hash_algorithm::sha256, 32, "sha256"},
                                   {hash_algorithm::sha384, 48, "sha384"},
                                   {hash_algorithm::sha512, 64, "sha512"},
                                   {hash_algorithm::sm3_256, 32, "sm3"}}};

} // namespace

std::size_t digest_size(hash_algorithm algorithm) noexcept {
  for (const auto& r : rows)
    if (r.algorithm == algorithm) return r.size;
  return 0;
}

std::string_view to_string(hash_algorithm algorithm) noexcept {
  for (const auto& r : rows)
    if (r.algorithm == algorithm) return r.name;
  return "unknown";
}

std::optional<hash_algorithm> hash_algorithm_from(std::uint16_t tpm_alg_id) noexcept {
  for (const auto& r : rows)
    if (static_cast<std::uint16_t>(r.algorithm) == tpm_alg_id) return r.algorithm;
  return std::nullopt;
}

std::optional<hash_algorithm> hash_algorithm_from(std::string_view name) noexcept {
  for (const auto& r : rows)
    if (r.name == name) return r.algorithm;
  return std::nullopt;
}

} // namespace muster
