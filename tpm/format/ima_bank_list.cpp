#include "tpm/format/ima_bank_list.hpp"

#include "tpm/format/ima_log.hpp"

namespace muster::tpm {

std::size_t ima_column_of(byte_view log) {
  constexpr std::size_t longest_first = 4096; // the first entry is boot_aggregate
  for (const std::size_t column : {std::size_t{20}, std::size_t{32}, std::size_t{48}, std::size_t{64}}) {
    ima_log_reader reader{column};
    ima_entry entry;
    if (const auto size = reader.read(log.first(std::min(log.size(), longest_first)), entry);
        size && *size != 0)
      return column;
  }
  return ima_log_reader::usual_column;
}

usual_ima_log with_usual_columns(bytes log) {
  const auto column = ima_column_of(log);
  if (column == ima_log_reader::usual_column) return {std::move(log), {}};
  usual_ima_log out;
  ima_log_reader reader{column};
  byte_view rest{log};
  for (std::uint64_t number = 0; !rest.empty(); ++number) {
    const auto fails = [&](errc code, const std::string& what) {
      out.ended = fault{code, "entry " + std::to_string(number) + " at offset "
                                  + std::to_string(log.size() - rest.size()) + ": " + what};
    };
    ima_entry entry;
    const auto size = reader.read(rest, entry);
    if (!size) {
      fails(size.fault().code, size.fault().check);
      return out;
    }
    if (*size == 0) {
      fails(errc::malformed, "it is not complete");
      return out;
    }
    append(out.log, rest.first(4));
    append(out.log, entry.column.first(ima_log_reader::usual_column));
    append(out.log, rest.first(*size).subspan(4 + column));
    rest = rest.subspan(*size);
  }
  return out;
}

} // namespace muster::tpm
