// IMA logs: read entry by entry and replay. A readable entry must not read when it is cut, and a fresh reader
// must read it the same way.
#include "tpm/evidence/ima_replay.hpp"
#include "tpm/format/ima_bank_list.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  tpm::pcr_selection quoted;
  if (!quoted.add(hash_algorithm::sha1, 0xffffff) || !quoted.add(hash_algorithm::sha256, 0xffffff))
    std::abort();
  auto start = tpm::first_log_state(quoted);
  if (!start) std::abort();
  start->padded_banks = {hash_algorithm::sha256};
  auto replay = tpm::ima_replay::begin(*start, quoted);
  if (!replay) std::abort();

  byte_view log{data, size};
  // The list of one bank becomes a usual one that reads to its end.
  const auto usual = tpm::with_usual_columns(to_bytes(log));
  if (tpm::ima_column_of(log) != tpm::ima_log_reader::usual_column) {
    tpm::ima_log_reader whole;
    for (byte_view rest{usual.log}; !rest.empty();) {
      tpm::ima_entry entry;
      const auto read = whole.read(rest, entry);
      if (!read || *read == 0) std::abort();
      rest = rest.subspan(*read);
    }
  }

  tpm::ima_log_reader reader;
  while (!log.empty()) {
    tpm::ima_entry entry;
    const auto read = reader.read(log, entry);
    if (!read || *read == 0) break;
    if (*read > log.size()) std::abort();
    tpm::ima_log_reader fresh;
    tpm::ima_entry again;
    const auto same_read = fresh.read(log.first(*read), again);
    if (!same_read || *same_read != *read || again.path != entry.path || again.subject != entry.subject
        || again.algorithm != entry.algorithm || again.order != entry.order
        || again.unknown_algorithm != entry.unknown_algorithm || again.template_name != entry.template_name)
      std::abort();
    for (const auto view : {&tpm::ima_entry::data, &tpm::ima_entry::digest, &tpm::ima_entry::unknown_digest,
                            &tpm::ima_entry::signature, &tpm::ima_entry::buffer, &tpm::ima_entry::appended})
      if (!same(again.*view, entry.*view)) std::abort();
    const auto cut = fresh.read(log.first(*read - 1), again);
    if (cut && *cut != 0) std::abort();
    if (!replay->extend(entry)) std::abort();
    log = log.subspan(*read);
  }
  return 0;
}
