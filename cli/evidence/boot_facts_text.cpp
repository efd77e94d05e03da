#include "cli/evidence/boot_facts_text.hpp"

#include "appraisal/boot/boot_facts.hpp"
#include "appraisal/boot/required_claims.hpp"
#include "cli/files/output.hpp"

#include <ostream>

namespace muster::cli {

namespace {

using events = std::vector<const appraisal::boot_event*>;

std::string digest_words(hash_algorithm bank, const crypto::digest& digest) {
  return std::string{to_string(bank)} + ":" + to_hex(digest.view());
}

std::string count_words(const appraisal::variable_claim& one) {
  if (one.name == "SecureBoot" || one.name.ends_with("Mode")) return "= " + std::to_string(one.mode);
  return std::to_string(one.entries) + (one.entries == 1 ? " entry, " : " entries, ")
         + std::to_string(one.size) + " bytes";
}

void print_fact(std::string_view label, std::string_view mark, std::string_view text, std::ostream& out) {
  out << padded(std::string{label}, 12) << padded(std::string{mark}, 10) << text << "\n";
}

/// The digest comes first because it is what is proven; the name after it is a hint.
void print_images(std::string_view label, const events& all, hash_algorithm bank, std::ostream& out) {
  for (const auto* one : all)
    print_fact(label, "proven",
               digest_words(bank, one->digest)
                   + (one->hint.empty() ? "" : " (hint: " + printable(one->hint, 160) + ")"),
               out);
}

void add_images(json_text& json, std::string_view key, const events& all) {
  json.key(key).open_array();
  for (const auto* one : all)
    json.open_object()
        .member("event", one->number)
        .member("digest", to_hex(one->digest.view()))
        .member("proven", one->text)
        .member("hint", one->hint)
        .close_object();
  json.close_array();
}

} // namespace

void print_boot_facts(const appraisal::boot_content& boot, std::ostream& out) {
  if (!boot.has_log) return;
  const auto facts = appraisal::facts_of(boot);
  if (const auto* firmware = appraisal::proven_firmware_version(boot))
    print_fact("firmware", "proven", printable(*firmware), out);
  for (const auto& one : boot.variables)
    print_fact(one.name, "proven", count_words(one) + " (" + digest_words(boot.bank, one.digest) + ")", out);
  if (facts.option_roms_known)
    print_fact("option ROMs", "proven", std::to_string(facts.option_roms.size()), out);
  print_images("option ROM", facts.option_roms, boot.bank, out);
  print_images("loader", facts.loaders, boot.bank, out);
  print_images("shim key", facts.shim_keys, boot.bank, out);
  print_images("initrd", facts.initrds, boot.bank, out);
  for (const auto* one : facts.sections)
    print_fact("UKI section", "proven", printable(one->text, 160), out);
  for (const auto* one : facts.disks)
    print_fact("partitions", "proven", printable(one->text, 160), out);
  for (const auto& one : boot.after_log)
    if (const auto* phases = one.phases())
      print_fact("after log", "proven", "PCR " + std::to_string(one.pcr) + ": " + to_string(*phases), out);
    else
      print_fact("after log", "unknown", "PCR " + std::to_string(one.pcr), out);
}

void add_boot_facts(json_text& json, const appraisal::boot_content& boot) {
  const auto facts = appraisal::facts_of(boot);
  json.key("variables").open_array();
  for (const auto& one : boot.variables)
    json.open_object()
        .member("name", one.name)
        .member("digest", to_hex(one.digest.view()))
        .member("entries", one.entries)
        .member("bytes", one.size)
        .member("mode", std::uint64_t{one.mode})
        .close_object();
  json.close_array().member("option_roms_known", facts.option_roms_known);
  add_images(json, "option_roms", facts.option_roms);
  add_images(json, "loaders", facts.loaders);
  add_images(json, "shim_keys", facts.shim_keys);
  add_images(json, "initrds", facts.initrds);
  add_images(json, "uki_sections", facts.sections);
  add_images(json, "partitions", facts.disks);
  json.key("after_log").open_array();
  for (const auto& one : boot.after_log) {
    json.open_object()
        .member("pcr", std::uint64_t{one.pcr})
        .member("explained", one.explained())
        .key("phases");
    json.open_array();
    if (const auto* path = one.phases())
      for (const auto phase : path->phases())
        json.text(to_string(phase));
    json.close_array().close_object();
  }
  json.close_array();
}

} // namespace muster::cli
