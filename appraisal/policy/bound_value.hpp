// Values of firmware PCRs that an operator vouches for, where the boot log of a model does not explain them.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/format/pcr_values.hpp"

#include <span>
#include <string>

namespace muster::appraisal {

/// One value of one PCR. Only a quoted PCR that has exactly this value is bound. The model selects nothing:
/// what a machine says of its model is its own word, and a machine of another model has another value.
struct bound_value {
  static constexpr std::size_t max_model = 200;

  std::uint8_t pcr = 0;
  /// SHA-256 only: references and claims are compared in that bank. Root may extend another bank alone, with what
  /// it likes.
  hash_algorithm algorithm = hash_algorithm::sha256;
  crypto::digest value;
  std::string model; ///< for people: "Example Corp. Model 5, firmware 1.14"; foreign text, never empty

  friend bool operator==(const bound_value&, const bound_value&) = default;
};

/// The entry that has the value which was quoted of `pcr` in a bank of this algorithm; null if there is none, or the
/// bank is not SHA-256.
const bound_value* find_bound(std::span<const bound_value> bound, unsigned pcr, hash_algorithm algorithm,
                              byte_view quoted) noexcept;

/// The PCRs whose SHA-256 value in `quoted` is bound: bit i for PCR i.
std::uint32_t bound_pcrs(std::span<const bound_value> bound, const tpm::pcr_values& quoted) noexcept;

/// "sha256:9843d5... (Example Corp. Model 5)", safe to print.
std::string shown(const bound_value& one);

/// What is wrong with the list, in one sentence; empty if nothing is.
std::string defect_of(std::span<const bound_value> bound);

} // namespace muster::appraisal
