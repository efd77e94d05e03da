#include "tpm/format/event_digest.hpp"

#include "tpm/format/efi_text.hpp"
#include "tpm/format/efi_variable.hpp"

namespace muster::tpm {
namespace {

bool measures_its_data(event_type type) noexcept {
  switch (type) {
  case event_type::separator:
  case event_type::action:
  case event_type::efi_action:
  case event_type::s_crtm_version:
  case event_type::efi_gpt_event:
  case event_type::efi_variable_driver_config:
  case event_type::efi_variable_boot:
  case event_type::efi_variable_boot2:
  case event_type::efi_variable_authority: return true;
  default: return false;
  }
}

class recomputed {
public:
  recomputed(byte_view digest, hash_algorithm bank) : digest_{digest}, bank_{bank} {}

  bool is_of(byte_view part) const { return same(crypto::hash(bank_, part).view(), digest_); }

  bool is_of_text(byte_view data) const {
    const auto text = without_nul(data);
    if (text.size() != data.size() && is_of(text)) return true;
    constexpr std::string_view mark = ": ";
    const auto at = as_text(text).find(mark);
    return at != std::string_view::npos && is_of(text.subspan(at + mark.size()));
  }

  bool is_of_recoded(byte_view data) const {
    if (!looks_like_utf16(data)) return false;
    const auto text = utf8_from_utf16(data);
    return is_of(as_bytes(text)) || is_of(as_bytes(std::string_view{text.c_str(), text.size() + 1}));
  }

private:
  byte_view digest_;
  hash_algorithm bank_;
};

} // namespace

data_match compare_data(const logged_event& event, byte_view digest, hash_algorithm bank) {
  if (!event.measured() || digest.empty()) return data_match::unknown;
  const recomputed digest_of{digest, bank};
  bool matches =
      digest_of.is_of(event.data) || digest_of.is_of_text(event.data) || digest_of.is_of_recoded(event.data);
  if (!matches && event.data.size() >= min_efi_variable_size)
    if (const auto variable = parse_efi_variable(event.data)) matches = digest_of.is_of(variable->data);
  if (matches) return data_match::matches;
  return measures_its_data(event.type) ? data_match::differs : data_match::unknown;
}

} // namespace muster::tpm
