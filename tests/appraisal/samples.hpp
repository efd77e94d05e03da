// Small handwritten claims and sets, for tables of cases.
#pragma once

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/extraction/extraction.hpp"
#include "appraisal/files/appraise_files.hpp"

#include <algorithm>

namespace muster::appraisal::samples {

inline crypto::digest digest_of(std::string_view text) {
  return crypto::digest{crypto::sha256(as_bytes(text))};
}

inline boot_event event(std::uint8_t pcr, std::string text, std::string label = {}) {
  boot_event e;
  e.pcr = pcr;
  e.digest = digest_of(text);
  e.text = std::move(text);
  e.label = std::move(label);
  return e;
}

/// A file that the loader read: its digest is of the content, its name a hint.
inline boot_event file_event(std::string name, std::string_view content) {
  boot_event e;
  e.pcr = 9;
  e.digest = digest_of(content);
  e.hint = std::move(name);
  return e;
}

inline const std::string command_line = "/vmlinuz root=/dev/sda1 ima_policy=tcb";

/// A machine with GRUB: 4 commands, 3 files, one driver.
inline boot_content grub_machine() {
  boot_content boot;
  boot.has_log = true;
  boot.secure = secure_boot::on;
  boot.command_line = command_line;
  boot.aggregate = aggregate_claim::bound;
  boot.events = {
      event(4, "Calling EFI Application from Boot Option"),
      event(8, "menuentry Debian {\n linux " + command_line + " \n initrd /initrd.img\n}", "grub_cmd"),
      file_event("/boot/grub/grub.cfg", "set timeout=0"),
      event(8, "linux " + command_line, "grub_cmd"),
      file_event("/vmlinuz", "kernel 1"),
      event(8, command_line, "kernel_cmdline"),
      event(8, "initrd /initrd.img", "grub_cmd"),
      file_event("/initrd.img", "initrd 1"),
      event(14, "MokList"),
  };
  std::uint32_t number = 1;
  for (auto& e : boot.events)
    e.number = number++;
  return boot;
}

/// What the IMA list proves if init loaded the policy first.
inline ima_policy_claim policy_loaded_by_init() {
  return {policy_file::first,     hash_algorithm::sha256, digest_of("measure"), 2,
          hash_algorithm::sha256, digest_of("systemd")};
}

/// The same if the initial RAM disk loaded it.
inline ima_policy_claim policy_loaded_by_initial_disk() {
  auto out = policy_loaded_by_init();
  out.file = policy_file::initial;
  return out;
}

/// PCR values that follow from the events, as a TPM would have them.
inline boot_claims verified(boot_content boot) {
  for (std::uint8_t index = 0; index <= 14; ++index) {
    if (index == 10) continue;
    crypto::digest value{bytes32{}};
    value = crypto::hash(hash_algorithm::sha256, {value.view(), as_bytes("separator")});
    for (const auto& e : boot.events)
      if (e.pcr == index) value = crypto::hash(hash_algorithm::sha256, {value.view(), e.digest.view()});
    boot.pcrs.push_back({hash_algorithm::sha256, index, value});
  }
  return claims_from_record(std::move(boot));
}

inline void push_file(file_claims& out, std::string_view path, std::string_view content,
                      file_kind kind = file_kind::file) {
  const auto digest = kind == file_kind::violation ? crypto::digest{bytes32{}} : digest_of(content);
  if (!out.push({kind, hash_algorithm::sha256, digest.view(), path})) throw std::length_error{"file table"};
}

/// Weighs each check as little as a policy can and excludes nothing: for tests of what a set does, rather
/// than of who may teach one.
inline policy lenient() {
  policy p;
  p.exclude = {};
  p.violations = violation_rule::count;
  for (std::size_t i = 0; i < judged_check_count; ++i)
    p.levels[i] = least_level(static_cast<judged_check>(i));
  return p;
}

inline teachable taught_by(const boot_claims& boot, const file_claims& files, std::string name = "node 1",
                           const policy& p = lenient()) {
  auto made = may_teach({std::move(name), &boot, &files, {}, endorsement::vendor}, p);
  if (!made) throw std::runtime_error{made.fault().check};
  return *std::move(made);
}

inline result<reference_content> extract(const boot_claims& boot, const file_claims& files,
                                         const extraction_rules& rules, std::string origin) {
  return appraisal::extract(taught_by(boot, files), rules, std::move(origin));
}

inline result<reference_content> reference_from(const boot_claims& boot, const file_claims& files,
                                                std::string origin) {
  return extract(boot, files, {}, std::move(origin));
}

inline std::shared_ptr<const reference_set> reference_of(const boot_claims& boot,
                                                         const file_claims& files = {}) {
  auto content = reference_from(boot, files, "test");
  if (!content) throw std::runtime_error{content.fault().check};
  auto set = reference_set::make(*std::move(content));
  if (!set) throw std::runtime_error{set.fault().check};
  return *set;
}

inline std::vector<std::string> checks_of(const std::vector<finding>& findings,
                                          severity at_least = severity::warning) {
  std::vector<std::string> out;
  for (const auto& f : findings)
    if (f.level >= at_least) out.push_back(f.check);
  return out;
}

/// The same without findings about PCRs for which a sample has no events.
inline std::vector<std::string> checks_of_logged(const std::vector<finding>& findings,
                                                 severity at_least = severity::warning) {
  auto out = checks_of(findings, at_least);
  std::erase(out, "boot.unlogged");
  return out;
}

inline const finding* find(const std::vector<finding>& findings, std::string_view check) {
  const auto at = std::ranges::find(findings, check, &finding::check);
  return at == findings.end() ? nullptr : &*at;
}

} // namespace muster::appraisal::samples
