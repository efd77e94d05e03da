// IMA logs as text: an accepted text becomes a binary log with one entry for each line, unless the reader
// refuses an entry.
#include "tpm/format/ima_ascii.hpp"

#include "tpm/format/ima_log.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  const byte_view text{data, size};
  const auto made = tpm::read_ascii_ima(as_text(text));
  // Evidence is what is read whole, and given whole by the text.
  const auto evidence = tpm::ima_log_from_ascii(as_text(text));
  if (evidence.ok() != (made.ended.ok() && !made.lost)) std::abort();
  if (evidence && *evidence != made.log) std::abort();
  if (!made.ended) return 0;
  const auto lines = std::count(text.begin(), text.end(), '\n');
  byte_view log{made.log};
  std::ptrdiff_t entries = 0;
  tpm::ima_log_reader reader;
  for (; !log.empty(); ++entries) {
    tpm::ima_entry entry;
    const auto read = reader.read(log, entry);
    if (!read) return 0;
    if (*read == 0) std::abort();
    log = log.subspan(*read);
  }
  if (entries != lines) std::abort();
  return 0;
}
