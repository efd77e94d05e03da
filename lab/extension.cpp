#include "lab/extension.hpp"

#include "tpm/format/event_log.hpp"
#include "tpm/format/ima_log.hpp"

#include <algorithm>

namespace muster::lab {
namespace {

bool starts_elsewhere(const tpm::logged_event& event) {
  using namespace std::string_view_literals;
  constexpr auto signature = "StartupLocality\0"sv;
  const auto words = as_text(event.data);
  return !event.measured() && words.size() > signature.size() && words.starts_with(signature)
         && words[signature.size()] != '\0';
}

// The input of the template hash: for template `ima`, the digest and the name padded to 256 bytes.
bytes hashed_data(const tpm::ima_entry& entry) {
  if (entry.layout == tpm::ima_layout::fields) return to_bytes(entry.data);
  constexpr std::size_t padded_name = 256;
  auto out = to_bytes(entry.digest);
  append(out, as_bytes(entry.path));
  out.resize(entry.digest.size() + padded_name);
  return out;
}

extension violation(unsigned pcr, const std::vector<hash_algorithm>& banks) {
  extension out{pcr, {}};
  for (const auto bank : banks)
    out.digests.push_back({bank, crypto::digest{bytes(digest_size(bank), 0xff)}});
  return out;
}

} // namespace

extension extend_with(unsigned pcr, const std::vector<hash_algorithm>& banks, byte_view measured) {
  extension out{pcr, {}};
  for (const auto bank : banks)
    out.digests.push_back({bank, crypto::hash(bank, measured)});
  return out;
}

std::vector<extension> extensions_of_phases(const software& what, const std::vector<hash_algorithm>& banks) {
  constexpr unsigned pcr_of_unified_kernel = 11;
  std::vector<extension> out;
  if (what.path != boot_path::unified_kernel) return out;
  for (std::string_view rest{what.phases}; !rest.empty();) {
    const auto word = rest.substr(0, rest.find(' '));
    if (!word.empty()) out.push_back(extend_with(pcr_of_unified_kernel, banks, as_bytes(word)));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  }
  return out;
}

std::vector<extension> extensions_of(const std::vector<boot_event>& events,
                                     const std::vector<hash_algorithm>& banks) {
  std::vector<extension> out;
  for (const auto& event : events)
    out.push_back(extend_with(event.pcr, banks, event.measured));
  return out;
}

result<std::vector<hash_algorithm>> banks_of_boot_log(byte_view log) {
  const auto parsed = tpm::parse_event_log(log);
  if (!parsed) return parsed.fault();
  std::vector<hash_algorithm> banks;
  for (const auto& bank : parsed->banks()) {
    const auto algorithm = hash_algorithm_from(bank.algorithm);
    if (!algorithm) return fault{errc::unsupported, "boot log: a bank of an unknown hash"};
    banks.push_back(*algorithm);
  }
  if (banks.empty()) banks.push_back(hash_algorithm::sha1);
  return banks;
}

result<std::vector<extension>> extensions_of_boot_log(byte_view log) {
  const auto banks = banks_of_boot_log(log);
  if (!banks) return banks.fault();
  const auto parsed = tpm::parse_event_log(log);
  if (!parsed) return parsed.fault();
  std::vector<extension> out;
  for (const auto& event : parsed->events()) {
    if (starts_elsewhere(event))
      return fault{errc::unsupported, "boot log: the TPM was started at another locality than 0"};
    if (!event.measured()) continue;
    extension made{event.pcr, {}};
    for (const auto bank : *banks)
      made.digests.push_back({bank, crypto::digest{parsed->digest(event, bank)}});
    out.push_back(std::move(made));
  }
  return out;
}

result<std::vector<extension>> extensions_of_ima_list(byte_view list,
                                                      const std::vector<hash_algorithm>& banks) {
  std::vector<extension> out;
  tpm::ima_log_reader reader;
  while (!list.empty()) {
    tpm::ima_entry entry;
    const auto taken = reader.read(list, entry);
    if (!taken) return taken.fault();
    if (*taken == 0) return fault{errc::malformed, "IMA list: ends within an entry"};
    out.push_back(entry.violation() ? violation(entry.pcr, banks)
                                    : extend_with(entry.pcr, banks, hashed_data(entry)));
    list = list.subspan(*taken);
  }
  return out;
}

} // namespace muster::lab
