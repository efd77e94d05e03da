#include "cli/evidence/register_name.hpp"

#include "cli/files/output.hpp"
#include "messages/vocabulary/cursor.hpp"

#include <filesystem>

namespace muster::cli {

namespace {

constexpr std::string_view table_signature = "CCEL";
constexpr std::size_t table_size = 56;
constexpr std::size_t table_header = 36; // of every ACPI table; what is the table's own follows
constexpr std::uint8_t type_tdx = 2;

} // namespace

std::optional<log_registers> log_registers_from(std::string_view word) noexcept {
  if (word == "tpm") return log_registers::of_tpm;
  if (word == "tdx") return log_registers::of_tdx;
  return std::nullopt;
}

std::string register_name(log_registers of, unsigned index) {
  if (of == log_registers::of_tpm) return std::to_string(index);
  if (index == 0) return "MRTD";
  return (index <= 4 ? "RTMR" : "MR ") + std::to_string(index <= 4 ? index - 1 : index);
}

log_registers registers_of_file(const std::string& path) {
  const std::filesystem::path log{path};
  if (log.filename() != table_signature || log.parent_path().filename() != "data")
    return log_registers::of_tpm;
  const auto table = log.parent_path().parent_path() / table_signature;
  const auto content = read_file(table.string(), std::size_t{4} << 10U);
  const bool tdx = content && is_ccel_table(*content) && (*content)[table_header] == type_tdx;
  return tdx ? log_registers::of_tdx : log_registers::of_tpm;
}

bool is_ccel_table(byte_view content) noexcept {
  if (content.size() != table_size || !as_text(content).starts_with(table_signature)) return false;
  //   char signature[4]; UINT32 length
  cursor in{content.subspan(table_signature.size())};
  return in.u32_le() == table_size;
}

} // namespace muster::cli
