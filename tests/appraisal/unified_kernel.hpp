// A machine with a unified kernel image, and extensions after its boot log.
#pragma once

#include "tests/appraisal/attesting_machine.hpp"
#include "tests/tpm/phase_words.hpp"

namespace muster::testing {

/// Adds an event at the end of the log, in all its banks, and in the PCRs.
inline void log_event(attesting_machine& m, unsigned pcr, byte_view measured) {
  const auto log = tpm::parse_event_log(m.files().boot_log).value();
  writer out;
  out.u32_le(pcr).u32_le(static_cast<std::uint32_t>(tpm::event_type::ipl));
  out.u32_le(static_cast<std::uint32_t>(log.banks().size()));
  for (const auto& bank : log.banks())
    out.u16_le(bank.algorithm)
        .put(crypto::hash(hash_algorithm_from(bank.algorithm).value(), measured).view());
  out.u32_le(static_cast<std::uint32_t>(measured.size())).put(measured);
  append(m.files().boot_log, out.view());
}

/// A machine whose log ends with a unified kernel image in PCR 11.
inline attesting_machine uki_machine() {
  using namespace std::string_view_literals;
  attesting_machine m{"grub-sb"};
  for (const auto section : {".linux\0"sv, "the kernel"sv, ".cmdline\0"sv, "root=/dev/vda2"sv}) {
    log_event(m, 11, as_bytes(section));
    m.extend(11, as_bytes(section));
  }
  return m;
}

inline void say(attesting_machine& m, const words& said, unsigned pcr = 11) {
  for (const auto& word : said)
    m.extend(pcr, as_bytes(word));
}

} // namespace muster::testing
