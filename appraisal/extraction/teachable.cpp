#include "appraisal/extraction/teachable.hpp"

#include "appraisal/boot/appraise_boot.hpp"
#include "appraisal/files/appraise_files.hpp"
#include "appraisal/reference/path_spelling.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace muster::appraisal {

namespace {

constexpr std::string_view unvouched =
    "only an operator vouches for its TPM; put its vendor's CA certificates into a folder of "
    "admission.vendor_roots and reload, or take a machine whose EK certificate chains to one that is there";

/// A value that the log does not explain, or explains only with odd event types, may be learnt: the set then
/// has it, and the difference shows it. If something forbidden could hide there, the finding is a failure and
/// blocks.
bool is_learnt(const finding& f) noexcept {
  return (f.check == "boot.unlogged" || f.check == "boot.event-type") && f.level == severity::warning;
}

bool is_open(const finding& f) noexcept { return f.level >= severity::warning && !is_learnt(f); }

/// The finding about files when only lesser findings are listed and there was no room for a worse one.
finding unlisted(severity level) {
  finding out;
  out.kind = finding_kind::claim;
  out.level = level;
  out.check = "ima";
  out.subject = "files";
  out.sentence = "More was found about its files than is listed.";
  out.remedy = "look at what is listed: muster node show";
  return out;
}

/// The finding about a file that must be signed but was measured before the policy asked for signatures, so
/// its signature has not been judged yet.
std::optional<finding> not_looked_at(const file_claims& files, const policy& p) {
  const auto& wanted = p.signatures.required;
  for (std::size_t i = 0; i < files.size() && !wanted.empty(); ++i) {
    const auto file = files[i];
    if (!is_file(file.kind) || file.signature != file_signature::unchecked) continue;
    if (std::ranges::none_of(wanted, [&](const pattern& one) { return may_match(one, file.path); })) continue;
    finding out;
    out.kind = finding_kind::claim;
    out.level = severity::warning;
    out.check = name_of(judged_check::signature);
    out.subject = printable(file.path);
    out.sentence = out.subject + " must be signed, and its signature has not been checked yet.";
    out.remedy = "let the machine attest again, which asks for its whole log: muster node attest";
    return out;
  }
  return std::nullopt;
}

/// The open findings, the worst first: those of evidence and events on record, and those that boot and files
/// give without a reference.
std::vector<finding> in_the_way(const teacher& who, const policy& p) {
  std::vector<finding> out;
  const auto take = [&out](const std::vector<finding>& from) {
    std::ranges::copy_if(from, std::back_inserter(out), is_open);
  };
  std::ranges::copy_if(who.on_record, std::back_inserter(out),
                       [](const finding& f) { return f.kind != finding_kind::claim && is_open(f); });
  take(appraise_boot(*who.boot, nullptr, p));
  const auto files = appraise_files(*who.files, nullptr, p);
  take(files.findings);
  if (auto unseen = not_looked_at(*who.files, p)) out.push_back(*std::move(unseen));
  if (out.empty() && files.worst >= severity::warning) out.push_back(unlisted(files.worst));
  // Of equal level, a defect that was seen comes before one that could hide.
  std::ranges::stable_sort(out, std::greater<>{}, [](const finding& f) {
    return std::pair{f.level, f.check != "boot.unlogged"};
  });
  return out;
}

/// Whether a policy may reduce this finding to a note.
bool negotiable(const finding& f) {
  const auto check = judged_check_from(f.check);
  return f.kind == finding_kind::claim && check && least_level(*check) == severity::note;
}

fault refusal(const teacher& who, std::string why) {
  return {errc::denied, "reference: nothing is learnt from " + who.name + ": " + std::move(why)};
}

fault refusal(const teacher& who, const std::vector<finding>& open) {
  const auto& worst = open.front();
  auto why = worst.check + " (" + worst.subject + "): " + worst.sentence + " To end it: " + worst.remedy;
  if (negotiable(worst)) why += "; or let the policy weigh it as a note, if it is daily business";
  if (open.size() > 1) why += " (" + std::to_string(open.size() - 1) + " more open)";
  return refusal(who, std::move(why));
}

/// No machine has these by honest work, and a reader of the difference would miss them: the kernel names
/// each file, and boot_aggregate is a name that people know.
bool escapes_readers(std::string_view path) noexcept { return path.empty() || path == "boot_aggregate"; }

/// The kernel writes a digest of zeros where it could not measure.
bool has_content(const file_claim& file) noexcept {
  return names_content(file.kind) && !escapes_readers(file.path)
         && std::ranges::any_of(file.digest, [](std::uint8_t byte) { return byte != 0; });
}

/// Root chooses the algorithm of a file (security.ima) and may have two contents with one SHA-1 digest. So if
/// a machine also measures by a stronger algorithm, its SHA-1 digests are not learnt.
bool measures_beyond_sha1(const file_claims& files) {
  for (std::size_t i = 0; i < files.size(); ++i)
    if (has_content(files[i]) && files[i].algorithm != hash_algorithm::sha1) return true;
  return false;
}

} // namespace

result<teachable> may_teach(const teacher& who, const policy& p) {
  if (who.vouched < endorsement::vendor) return refusal(who, std::string{unvouched});
  if (const auto open = in_the_way(who, p); !open.empty()) return refusal(who, open);
  file_claims content;
  const bool stronger = measures_beyond_sha1(*who.files);
  for (std::size_t i = 0; i < who.files->size(); ++i)
    if (const auto file = (*who.files)[i]; has_content(file) && exclusion_of(p, file.path) == exclusion::none
                                           && !(stronger && file.algorithm == hash_algorithm::sha1)
                                           && !content.push(content_of(file)))
      return fault{errc::limit, "reference: " + who.name + " measured more files than fit"};
  return teachable{who, std::move(content), p.ima_pcrs};
}

} // namespace muster::appraisal
