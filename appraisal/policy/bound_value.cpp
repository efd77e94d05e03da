#include "appraisal/policy/bound_value.hpp"

#include "messages/vocabulary/bytes.hpp"
#include "settings/policy_document.hpp"
#include "tpm/evidence/boot_replay.hpp"

#include <algorithm>

namespace muster::appraisal {

const bound_value* find_bound(std::span<const bound_value> bound, unsigned pcr, hash_algorithm algorithm,
                              byte_view quoted) noexcept {
  if (algorithm != hash_algorithm::sha256) return nullptr;
  const auto found = std::ranges::find_if(bound, [&](const bound_value& one) {
    return one.pcr == pcr && one.algorithm == algorithm && !quoted.empty() && same(one.value.view(), quoted);
  });
  return found == bound.end() ? nullptr : &*found;
}

std::uint32_t bound_pcrs(std::span<const bound_value> bound, const tpm::pcr_values& quoted) noexcept {
  std::uint32_t out = 0;
  for (const auto& one : bound)
    if (find_bound({&one, 1}, one.pcr, one.algorithm, quoted.get(one.algorithm, one.pcr)) != nullptr)
      out |= 1U << one.pcr;
  return out;
}

std::string shown(const bound_value& one) {
  return std::string{to_string(one.algorithm)} + ":" + to_hex(one.value.view()) + " ("
         + printable(one.model, bound_value::max_model) + ")";
}

std::string defect_of(std::span<const bound_value> bound) {
  if (bound.size() > settings::policy_document::max_list) return "bound_values: more than a policy may have";
  for (std::size_t i = 0; i < bound.size(); ++i) {
    const auto& one = bound[i];
    if (one.pcr >= tpm::pcr_count || (settings::bindable_pcrs >> one.pcr & 1U) == 0)
      return "bound_values: only PCR 0 to 3, 6 and 7 can be bound";
    if (one.algorithm != hash_algorithm::sha256)
      return "bound_values: only a value of the SHA-256 bank can be bound";
    if (one.value.size() != digest_size(one.algorithm))
      return "bound_values: a digest is not as long as its algorithm's";
    if (tpm::is_start_value(one.algorithm, one.pcr, one.value.view()))
      return "bound_values: a start value says that nothing was measured";
    if (one.model.empty() || one.model.size() > bound_value::max_model)
      return "bound_values: a value needs the name of its model, of at most "
             + std::to_string(bound_value::max_model) + " characters";
    if (find_bound(bound.first(i), one.pcr, one.algorithm, one.value.view()) != nullptr)
      return "bound_values: a value is listed twice";
  }
  return {};
}

} // namespace muster::appraisal
