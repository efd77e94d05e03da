#include "appraisal/files/appraise_files.hpp"

#include "appraisal/files/appraise_signature.hpp"
#include "appraisal/files/measured_buffer.hpp"
#include "appraisal/files/other_content.hpp"
#include "appraisal/verdict/findings_mark.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

namespace muster::appraisal {

namespace {

constexpr std::size_t shown_digests = 3;

/// A file can be both unknown and lack a required signature: two findings.
enum class matter : std::uint8_t { content = 0, signature = 1 };

/// Collects findings up to the cap. A flood of lesser findings never displaces a worse one.
class collector {
public:
  collector(file_appraisal& out, const hash_seed& seed)
      : out_{out}, seen_{seen_claims{seed}, seen_claims{seed}} {}

  /// False if the same measurement was found before or the cap is reached: the caller then builds no finding.
  bool wants(const file_claim& claim, severity level, matter what = matter::content) {
    if (!seen_[static_cast<std::size_t>(what)].insert(claim)) return false;
    ++out_.total;
    out_.worst = std::max(out_.worst, level);
    return list(level).size() < max_findings;
  }
  void add(finding f) { list(f.level).push_back(std::move(f)); }
  /// The place of the latest finding of that level, valid for `at`.
  std::size_t newest(severity level) { return list(level).size() - 1; }
  finding& at(severity level, std::size_t place) { return list(level)[place]; }

  void finish() {
    out_.steps = seen_[0].steps() + seen_[1].steps();
    auto& all = out_.findings;
    for (const auto level : {severity::failure, severity::warning, severity::note}) {
      auto& more = list(level);
      const auto room = std::min(max_findings - all.size(), more.size());
      all.insert(all.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.begin() + static_cast<std::ptrdiff_t>(room)));
    }
  }

private:
  std::vector<finding>& list(severity level) { return lists_.at(static_cast<std::size_t>(level)); }

  file_appraisal& out_;
  std::array<std::vector<finding>, 3> lists_; // by level; each has at most as many as all may be
  std::array<seen_claims, 2> seen_;           // by matter
};

finding about(const file_claim& claim, const policy& p, judged_check check) {
  finding f;
  f.kind = finding_kind::claim;
  f.level = p.of(check);
  f.check = name_of(check);
  f.subject = printable(claim.path);
  return f;
}

/// "At least": the record keeps no number, nor do the claims of earlier evidence.
std::string sentence_about_unnamed(std::uint64_t times) {
  return "At least " + (times == 1 ? std::string{"once"} : std::to_string(times) + " times")
         + " something wrote to a file while it was being measured, and the name of that file is not kept, "
           "so it is unknown what was used.";
}

finding violation(const file_claim& claim, const policy& p) {
  auto f = about(claim, p, judged_check::violation);
  if (claim.path.empty()) {
    f.subject = "(name not kept)";
    f.sentence = sentence_about_unnamed(1);
    f.remedy = "find out what writes to the files that are named next to this; the machine's own list has "
               "all names (muster imalog). ima.violations of the policy says how much this weighs";
    return f;
  }
  f.sentence =
      "Something wrote to " + f.subject + " while it was being measured, so it is unknown what was used.";
  f.remedy = "find out what writes to this file while it is in use; if it is data, measure programs only. "
             "The log proves no name, so ima.exclude does not hide this; ima.violations of the policy says "
             "how much it weighs";
  return f;
}

/// A few of the contents that the path may have: people read the finding.
std::string expected_at(const std::vector<file_claim>& known) {
  std::string out;
  for (std::size_t i = 0; i < std::min(known.size(), shown_digests); ++i)
    out += (i == 0 ? "" : ", ") + digest_text(known[i]);
  return known.size() > shown_digests ? out + ", ..." : out;
}

/// "openssl 3.0.11", with every version that the reference knows, up to a few.
std::string package_names(const std::vector<const package*>& owners) {
  constexpr std::size_t longest = 100;
  std::string out;
  for (std::size_t i = 0; i < std::min(owners.size(), shown_digests); ++i)
    out += (i == 0 ? "" : " or ") + printable(owners[i]->name, longest) + ' '
           + printable(owners[i]->version, longest);
  return out;
}

/// Whether a known content could be compared with what was measured.
bool comparable(const file_claim& claim, const std::vector<file_claim>& known) {
  return claim.kind != file_kind::unknown_hash
         && (known.empty() || std::ranges::any_of(known, [&](const file_claim& one) {
               return one.algorithm == claim.algorithm;
             }));
}

/// About a file of which nothing can be compared. A kernel that a kexec started may have another ima_hash.
std::string sentence_about_other_hash(const std::string& subject, const file_claim& claim,
                                      const std::vector<file_claim>& known) {
  const auto measured = subject + " was measured with " + algorithm_of(claim);
  if (known.empty())
    return measured + ", which this service does not know, so nothing shows which content it had.";
  return measured + ", and the reference has it with " + algorithm_of(known.front())
         + ", so nothing shows whether it is the same.";
}

constexpr const char* remedy_of_other_hash =
    "let the machine measure with the hash of the reference: boot with ima_hash=sha256, and sign or label no "
    "file (security.ima) with another; if you did not set security.ima on this file, find out who did";

std::string sentence_about(const std::string& subject, judged_check what,
                           const std::vector<const package*>& owners) {
  if (what == judged_check::unknown_file)
    return subject + " was used on this machine and is in no reference.";
  if (owners.empty()) return subject + " was used on this machine with content other than the reference's.";
  return package_names(owners) + " (" + subject + ") was replaced by an unknown file.";
}

finding unknown(const file_claim& claim, judged_check what, const std::vector<file_claim>& known,
                const std::vector<const package*>& owners, const policy& p) {
  auto f = about(claim, p, what);
  f.found = digest_text(claim);
  f.expected = expected_at(known);
  if (!comparable(claim, known)) {
    f.sentence = sentence_about_other_hash(f.subject, claim, known);
    f.remedy = remedy_of_other_hash;
    return f;
  }
  f.sentence = sentence_about(f.subject, what, owners);
  const bool added = what == judged_check::unknown_file;
  f.remedy = added ? "find out where this file comes from; if it belongs there, accept this file alone: "
                   : "if the file was updated on purpose, accept this content alone: ";
  f.remedy += amend_command;
  f.remedy += added ? "; otherwise remove it and reboot" : "; otherwise restore the file and reboot";
  return f;
}

finding denied(const file_claim& claim, const denied_digest& why) {
  finding f;
  f.kind = finding_kind::claim;
  f.level = severity::failure; // no policy that denies it can weigh it less
  f.check = "ima.denied-file";
  f.subject = printable(claim.path);
  f.found = digest_text(claim);
  f.expected = "nothing on the deny list";
  f.sentence = f.subject + " was used on this machine and is on the deny list: " + reason_of(why) + ".";
  f.remedy = "replace the file with a version that is not denied and reboot; if it is denied by mistake, "
             "take the digest out of deny in the policy";
  return f;
}

/// Root on the machine chooses the algorithm by which the kernel hashes a file (security.ima), and thereby
/// the key under which a denial is looked up.
finding hidden_from_denials(const file_claim& claim) {
  finding f;
  f.kind = finding_kind::claim;
  f.level = severity::failure; // the level of the denial that it could hide
  f.check = "ima.other-hash";
  f.subject = printable(claim.path);
  f.found = digest_text(claim);
  f.expected = "a digest by an algorithm that the deny list uses";
  f.sentence = f.subject + " was measured with " + algorithm_of(claim)
               + ", which no entry of the deny list uses, and its content is not known: it may be denied.";
  if (claim.kind == file_kind::unknown_hash) { // no reference holds it, and no deny list
    f.remedy = remedy_of_other_hash;
    return f;
  }
  f.remedy =
      "accept the file into the reference (" + std::string{amend_command}
      + "), or also give the denied digests in this algorithm; if you did not set security.ima on this "
        "file, find out who did";
  return f;
}

class appraiser {
public:
  appraiser(const reference_choice& reference, const policy& p, const hash_seed& seed)
      : reference_{reference}, policy_{p}, ordinary_{reference, p}, other_content_{reference, p}, collect_{
                                                                                                      out_,
                                                                                                      seed} {}

  void judge(const file_claim& claim) {
    if (ordinary_.has(claim)) return; // nearly always
    if (!policy_.denied.empty() && judge_denied(claim)) return;
    if (!policy_.signatures.required.empty()) judge_signature(claim);
    if (is_file(claim.kind)) return judge_file(claim);
    if (claim.kind == file_kind::boot_aggregate) return; // a digest of the boot, judged with the boot
    if (claim.kind == file_kind::violation) return judge_violation(claim);
    judge_buffer(claim); // its `path` may be any name
  }

  file_appraisal finish() {
    if (unnamed_place_)
      collect_.at(policy_.of(judged_check::violation), *unnamed_place_).sentence =
          sentence_about_unnamed(unnamed_);
    collect_.finish();
    return std::move(out_);
  }

private:
  bool judge_denied(const file_claim& claim) {
    if (claim.kind == file_kind::violation) return false; // it has no digest
    const auto* why = policy_.denied.find(claim.algorithm, claim.digest);
    if (why != nullptr && collect_.wants(claim, severity::failure)) collect_.add(denied(claim, *why));
    return why != nullptr;
  }

  void judge_file(const file_claim& claim) {
    if (reference_.present())
      if (const auto known = reference_.known_as(claim.kind, claim.algorithm, claim.digest))
        return judge_known(claim, *known);
    const auto lacks = lack_of(claim);
    // It may be denied under another digest. What fails anyway is left to the check that says so.
    const bool comparable = policy_.denied.knows(claim.algorithm) && claim.kind == file_kind::file;
    if (!policy_.denied.empty() && !comparable
        && (!lacks.found || policy_.of(*lacks.found) != severity::failure)) {
      if (collect_.wants(claim, severity::failure)) collect_.add(hidden_from_denials(claim));
    } else if (lacks.found) {
      judge_unknown(claim, *lacks.found);
    } else if (lacks.skipped) {
      ++out_.skipped;
    }
  }

  struct lack {
    std::optional<judged_check> found;
    bool skipped = false;
  };
  /// Decides about a content that the reference does not know.
  lack lack_of(const file_claim& claim) const {
    if (!reference_.present()) return {};
    if (is_excluded(claim)) return {{}, true};
    if (accepted_by_signature(claim, policy_)) return {};
    if (reference_.knows_path(claim.path)) return {judged_check::changed_file};
    if (policy_.files == file_mode::known_only) return {{}, true};
    return {judged_check::unknown_file};
  }

  /// A path that is excluded only as the kernel may have spelled it may be another one, of a known file.
  bool is_excluded(const file_claim& claim) const {
    const auto how = exclusion_of(policy_, claim.path);
    if (how != exclusion::by_spelling) return how == exclusion::as_written;
    constexpr std::size_t at_most = 16;
    const auto known = reference_.at_path(claim.path, at_most);
    return known.size() < at_most
           && std::ranges::all_of(known, [&](const file_claim& one) { return excludes(policy_, one.path); });
  }

  void judge_signature(const file_claim& claim) {
    if (lacks_signature(claim, policy_)
        && collect_.wants(claim, policy_.of(judged_check::signature), matter::signature))
      collect_.add(signature_finding(claim, policy_));
  }

  void judge_known(const file_claim& claim, const file_claim& known) {
    if (other_content_.suspects(claim, known)
        && collect_.wants(claim, policy_.of(judged_check::other_content)))
      collect_.add(other_content_.about(claim, known));
  }

  /// Nothing covers its path, so no path excuses it.
  void judge_violation(const file_claim& claim) {
    if (policy_.violations == violation_rule::count) {
      ++out_.skipped;
      return;
    }
    if (claim.path.empty()) ++unnamed_;
    const auto level = policy_.of(judged_check::violation);
    if (!collect_.wants(claim, level)) return;
    collect_.add(violation(claim, policy_));
    if (claim.path.empty()) unnamed_place_ = collect_.newest(level);
  }

  void judge_buffer(const file_claim& claim) {
    const auto defect = defect_of_buffer(claim, policy_);
    if (!defect || (!reference_.present() && *defect == judged_check::not_a_file)) return;
    if (collect_.wants(claim, policy_.of(*defect))) collect_.add(buffer_finding(claim, *defect, policy_));
  }

  void judge_unknown(const file_claim& claim, judged_check what) {
    if (collect_.wants(claim, policy_.of(what)))
      collect_.add(unknown(claim, what, reference_.at_path(claim.path, shown_digests + 1),
                           reference_.packages_at(claim.path), policy_));
  }

  const reference_choice& reference_;
  const policy& policy_;
  ordinary_files ordinary_;
  other_content other_content_;
  file_appraisal out_;
  collector collect_;
  std::uint64_t unnamed_ = 0;                ///< violations whose name is not kept
  std::optional<std::size_t> unnamed_place_; ///< of the one finding about them
};

} // namespace

ordinary_files::ordinary_files(const reference_choice& reference, const policy& p)
    : reference_{reference}, policy_{p}, other_content_{reference, p} {}

bool ordinary_files::has(const file_claim& claim) const {
  if (!is_file(claim.kind)) return false;
  const auto known = reference_.known_as(claim.kind, claim.algorithm, claim.digest);
  return known && policy_.denied.find(claim.algorithm, claim.digest) == nullptr
         && !other_content_.suspects(claim, *known) && !lacks_signature(claim, policy_);
}

file_appraisal appraise_files(const file_claims& files, const reference_choice& reference, const policy& p,
                              const hash_seed& seed, const cpu_budget& budget) {
  // A reference set is larger than the caches. So memory is prefetched two steps before it is read: first the
  // slot of a digest, then the file to which the slot leads.
  constexpr std::size_t ahead = 16;
  // A staged set needs no prefetch: it is read only for files that the set in force does not know.
  const auto known = reference.present() ? files.size() : 0;
  for (std::size_t i = 0; i < std::min(2 * ahead, known); ++i)
    reference.current->prefetch_slot(files[i].digest);
  for (std::size_t i = 0; i < std::min(ahead, known); ++i)
    reference.current->prefetch_file(files[i].digest);
  appraiser work{reference, p, seed};
  constexpr std::size_t slice = 1024; // between two looks at the clock
  for (std::size_t i = 0; i < files.size() && (i % slice != 0 || !budget.over()); ++i) {
    if (i + 2 * ahead < known) reference.current->prefetch_slot(files[i + 2 * ahead].digest);
    if (i + ahead < known) reference.current->prefetch_file(files[i + ahead].digest);
    work.judge(files[i]);
  }
  return work.finish();
}

} // namespace muster::appraisal
