#include "tpm/format/ima_template.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <algorithm>
#include <optional>

namespace muster::tpm {
namespace {

struct named_field {
  std::string_view name;
  ima_field field;
};

constexpr named_field field_names[] = {
    {"d", ima_field::d},
    {"n", ima_field::n},
    {"d-ng", ima_field::d_ng},
    {"d-ngv2", ima_field::d_ngv2},
    {"n-ng", ima_field::n_ng},
    {"sig", ima_field::sig},
    {"buf", ima_field::buf},
    {"d-modsig", ima_field::d_modsig},
    {"modsig", ima_field::modsig},
    {"evmsig", ima_field::evmsig},
    {"iuid", ima_field::iuid},
    {"igid", ima_field::igid},
    {"imode", ima_field::imode},
    {"xattrnames", ima_field::xattrnames},
    {"xattrlengths", ima_field::xattrlengths},
    {"xattrvalues", ima_field::xattrvalues},
};

struct named_template {
  std::string_view name;
  std::string_view format;
};

// security/integrity/ima/ima_template.c, builtin_templates
constexpr named_template builtin[] = {
    {"ima-ng", "d-ng|n-ng"},
    {"ima-sig", "d-ng|n-ng|sig"},
    {"ima-ngv2", "d-ngv2|n-ng"},
    {"ima-sigv2", "d-ngv2|n-ng|sig"},
    {"ima-buf", "d-ng|n-ng|buf"},
    {"ima-modsig", "d-ng|n-ng|sig|d-modsig|modsig"},
    {"evm-sig", "d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode"},
    {"ima", "d|n"},
};

std::optional<ima_field> field_named(std::string_view name) noexcept {
  for (const auto& [known, field] : field_names)
    if (known == name) return field;
  return {};
}

bool is_name(ima_field field) noexcept { return field == ima_field::n || field == ima_field::n_ng; }
bool is_digest(ima_field field) noexcept {
  return field == ima_field::d || field == ima_field::d_ng || field == ima_field::d_ngv2;
}

std::optional<ima_template> template_of(std::string_view format) noexcept {
  ima_template out;
  while (true) {
    const auto bar = format.find('|');
    const auto field = field_named(format.substr(0, bar));
    if (!field || out.size == ima_template::max_fields) return {};
    out.list[out.size++] = *field;
    if (bar == std::string_view::npos) break;
    format.remove_prefix(bar + 1);
  }
  // No digest covers the format, so it must not decide which field is the file's digest or its name.
  if (out.size < 2 || !is_digest(out.list[0]) || !is_name(out.list[1])) return {};
  if (std::ranges::count_if(out.fields(), is_name) != 1) return {};
  if (std::ranges::count_if(out.fields(), is_digest) != 1) return {};
  return out;
}

} // namespace

result<ima_template> ima_template_named(std::string_view name) {
  const auto* known = std::ranges::find(builtin, name, &named_template::name);
  auto found = template_of(known != std::end(builtin) ? known->format : name);
  if (!found)
    return fault{errc::unsupported,
                 "ima-log: unknown template \"" + printable(name, ima_template::max_name) + "\""};
  if (name == "ima") found->layout = ima_layout::original;
  return *found;
}

} // namespace muster::tpm
