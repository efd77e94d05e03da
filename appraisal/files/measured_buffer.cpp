#include "appraisal/files/measured_buffer.hpp"

#include "appraisal/boot/boot_words.hpp"
#include "appraisal/kernel/kernel_command_line.hpp"
#include "appraisal/policy/kernel_name.hpp"
#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/cursor.hpp"

#include <algorithm>
#include <utility>

namespace muster::appraisal {

namespace {

constexpr std::string_view kexec_name = "kexec-cmdline";

/// Whether the whole buffer is one SEQUENCE with a definite length of at most 65,535, as a certificate is.
bool is_der_sequence(byte_view buffer) noexcept {
  cursor in{buffer};
  if (in.u8() != 0x30) return false;
  const auto form = in.u8();
  const std::size_t size = form < 0x80 ? form : form == 0x81 ? in.u8() : form == 0x82 ? in.u16_be() : 0;
  in.take(size);
  return size != 0 && in.done();
}

/// The command line as the kernel reads it: up to its first NUL. Of the bytes after that, kexec_file_load
/// reads only the last one.
std::string_view text_of_buffer(byte_view buffer) noexcept {
  const auto text = as_text(buffer);
  return text.substr(0, text.find('\0'));
}

struct buffer_words {
  std::string_view sentence;
  std::string_view remedy;
};

buffer_words words_for(file_kind kind) noexcept {
  if (kind == file_kind::key)
    return {"A key that the policy does not list was added to the keyring",
            "find out who added the key; if it belongs there, add its digest to ima.buffers.keyrings of the "
            "policy; otherwise reboot the machine without it"};
  if (kind == file_kind::kexec_command_line)
    return {"A kernel was loaded for kexec with a command line that the policy does not allow",
            "find out who loads kernels; if it is right, add a pattern to ima.buffers.kexec_cmdline of the "
            "policy; otherwise reboot the machine through its firmware"};
  return {"Critical data that the kernel measured is not what the policy lists",
          "find out what changed; if it is right, add the digest to ima.buffers.critical_data of the policy"};
}

finding broken_rule(file_kind kind, std::string subject, std::string expected, std::string found,
                    const policy& p) {
  const auto words = words_for(kind);
  auto f =
      judged_finding(p, judged_check::buffer, std::move(subject), std::string{words.sentence}, words.remedy);
  f.sentence += kind == file_kind::kexec_command_line ? "." : ": " + f.subject + ".";
  f.expected = std::move(expected);
  f.found = std::move(found);
  return f;
}

/// Nothing if the entry has no digest that we know.
std::string found_in(const file_claim& claim) {
  return claim.digest.empty() ? std::string{} : digest_text(claim);
}

finding without_rule(const file_claim& claim, const policy& p) {
  auto f = judged_finding(p, judged_check::not_a_file, printable(claim.path), {},
                          "look at the machine's IMA policy: it measures buffers or keys that this service "
                          "does not judge; rules for them are under ima.buffers in the policy");
  f.found = found_in(claim);
  f.sentence =
      "IMA measured something that is not a file, and the policy has no rule for it: " + f.subject + ".";
  return f;
}

enum class ruling : std::uint8_t { none, broken, holds };

/// The name of the rule may be written in the log in the kernel's way (kernel_name.hpp). If several names may
/// be meant, the rules of each must hold.
ruling ruling_of(const file_claim& claim, const std::vector<buffer_rule>& rules) {
  std::vector<std::pair<std::string_view, ruling>> named;
  for (const auto& rule : rules) {
    if (!is_kernel_name(claim.path, rule.name)) continue;
    auto of_name = std::ranges::find(named, rule.name, [](const auto& one) { return one.first; });
    if (of_name == named.end()) of_name = named.insert(of_name, {rule.name, ruling::broken});
    if (!rule.digest || same(*rule.digest, claim.digest)) of_name->second = ruling::holds;
  }
  if (named.empty()) return ruling::none;
  const bool hold = std::ranges::all_of(named, [](const auto& one) { return one.second == ruling::holds; });
  return hold ? ruling::holds : ruling::broken;
}

/// The name chooses the rules, whatever the bytes look like: what does not look like a key goes into a
/// keyring as well (the kernel's decoder takes more than DER), and a label may be given to anything.
std::optional<judged_check> defect_of_named(const file_claim& claim, const policy& p) {
  const auto as_key = ruling_of(claim, p.buffers.keyrings);
  const auto as_data = ruling_of(claim, p.buffers.critical_data);
  if (as_key == ruling::broken || as_data == ruling::broken) return judged_check::buffer;
  const bool ruled = as_key == ruling::holds || as_data == ruling::holds;
  // An entry that the log calls a buffer without being one satisfies no rule.
  return ruled && claim.kind != file_kind::other ? std::nullopt : std::optional{judged_check::not_a_file};
}

std::optional<judged_check> defect_of_kexec(const file_claim& claim, const policy& p) {
  const auto& allowed = p.buffers.kexec_command_line;
  if (allowed.empty()) return judged_check::not_a_file;
  const std::vector<std::string> shown{printable(claim.path)};
  const known_command_line line{shown};
  if (std::ranges::any_of(allowed, [&](const pattern& one) { return line.has(one); })) return std::nullopt;
  return judged_check::buffer;
}

/// Whether these are bytes for the start of a kernel, named as a command line, that cannot be read as one.
bool unreadable_kexec(const file_claim& claim) noexcept {
  return claim.kind == file_kind::other && claim.path == kexec_name;
}

/// The kind whose rule a buffer breaks: the kind of keys if a rule of keyrings is broken.
file_kind ruled_as(const file_claim& claim, const policy& p) {
  if (unreadable_kexec(claim)) return file_kind::kexec_command_line;
  return ruling_of(claim, p.buffers.keyrings) == ruling::broken ? file_kind::key : file_kind::critical_data;
}

} // namespace

buffer_claim buffer_claim_of(const tpm::ima_entry& entry, byte_view buffer) {
  buffer_claim out{file_kind::other, {}, entry.path};
  out.digest = crypto::hash(hash_algorithm::sha256, buffer);
  if (entry.path == kexec_name) {
    if (const auto text = text_of_buffer(buffer); text.size() <= file_claims::max_path) {
      out.kind = file_kind::kexec_command_line;
      out.path = text;
    }
    return out;
  }
  out.kind = is_der_sequence(buffer) ? file_kind::key : file_kind::critical_data;
  return out;
}

std::optional<judged_check> defect_of_buffer(const file_claim& claim, const policy& p) {
  switch (claim.kind) {
  case file_kind::key:
  case file_kind::critical_data: return defect_of_named(claim, p);
  case file_kind::kexec_command_line: return defect_of_kexec(claim, p);
  case file_kind::other:
    if (unreadable_kexec(claim) && !p.buffers.kexec_command_line.empty()) return judged_check::buffer;
    return defect_of_named(claim, p);
  case file_kind::file:
  case file_kind::verity_file:
  case file_kind::unknown_hash:
  case file_kind::violation:
  case file_kind::boot_aggregate: break;
  }
  return std::nullopt;
}

finding buffer_finding(const file_claim& claim, judged_check defect, const policy& p) {
  const auto found = found_in(claim);
  if (claim.kind == file_kind::kexec_command_line) {
    if (defect == judged_check::buffer)
      return broken_rule(claim.kind, std::string{kexec_name},
                         "matches a pattern of ima.buffers.kexec_cmdline", printable(claim.path), p);
    auto f = without_rule(claim, p);
    f.subject = kexec_name;
    f.found = printable(claim.path);
    f.sentence = "A kernel was loaded for kexec, and the policy has no rule for its command line.";
    return f;
  }
  if (defect != judged_check::buffer) return without_rule(claim, p);
  return broken_rule(ruled_as(claim, p), printable(claim.path),
                     unreadable_kexec(claim) ? "the text of a command line" : "a listed digest", found, p);
}

std::optional<finding> appraise_buffer(const file_claim& claim, const policy& p) {
  const auto defect = defect_of_buffer(claim, p);
  if (!defect) return std::nullopt;
  return buffer_finding(claim, *defect, p);
}

} // namespace muster::appraisal
