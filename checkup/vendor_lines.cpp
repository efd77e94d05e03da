#include "checkup/vendor_lines.hpp"

#include "crypto/digest.hpp"
#include "crypto/ek_doubts.hpp"
#include "crypto/tpm_manufacturers.hpp"
#include "messages/time_text.hpp"

#include <algorithm>
#include <set>

namespace muster::checkup {

namespace {

/// A page that describes a collection of many makers' certificates.
constexpr const char* collected_vendor_roots =
    "https://learn.microsoft.com/windows-server/security/guarded-fabric-shielded-vm/"
    "guarded-fabric-install-trusted-tpm-root-certificates";
constexpr const char* roots_subject = "vendor roots";
constexpr const char* asked_subject = "ek certificate";
constexpr int longest_path = 8;
/// More lines than this say no more than their number.
constexpr std::size_t most_lines = 16;

std::string attribute(const crypto::certificate& ek, std::string_view type) {
  const auto& names = ek.fields().directory_names;
  const auto found = std::ranges::find(names, type, &crypto::directory_attribute::oid);
  return found == names.end() ? "" : printable(found->value, 64);
}

bool is_root(const crypto::certificate& one) {
  return !one.fields().issuer.empty() && one.fields().subject == one.fields().issuer;
}

std::string counted(std::size_t n, const char* one, const char* many) {
  return std::to_string(n) + ' ' + (n == 1 ? one : many);
}

line folders_line(const vendor_facts& seen) {
  if (seen.folders.empty())
    return note(roots_subject, "admission.vendor_roots names no folder: no vendor vouches for any machine",
                "put the certificates of your TPMs' vendors into a folder and name it there, or approve each "
                "machine by its fingerprint");
  if (!seen.problem.empty()) {
    if (seen.why == errc::denied)
      return unseen(roots_subject, seen.problem, "run this as root, or as the user that ras runs as");
    return bad(roots_subject, seen.problem, "make the folder, or correct admission.vendor_roots");
  }
  std::string folders;
  for (const auto& one : seen.folders)
    folders += (folders.empty() ? "" : ", ") + one;
  const auto says = counted(seen.store.roots().size(), "root", "roots") + ", "
                    + counted(seen.store.intermediates().size(), "intermediate", "intermediates") + ", "
                    + counted(seen.store.revocations().size(), "CRL", "CRLs") + " in " + folders;
  if (seen.store.roots().empty())
    return note(roots_subject, says + ": no vendor vouches for any machine",
                "raagent --check on a machine says which root its TPM needs; many are collected at "
                    + std::string{collected_vendor_roots});
  return good(roots_subject, says);
}

/// One line for each CA that is missing, however many certificates it signed. Which are without a root is decided
/// by signatures; names only say what to look for.
void put_missing(lines& out, const vendor_facts& seen) {
  known_issuers known;
  known.add(seen.store.roots());
  known.add(seen.store.intermediates());
  std::map<std::string, crypto::certificate> missing;
  for (const auto& one : seen.store.rootless()) {
    const auto last = known.last_towards_root(one);
    missing.emplace(name_of_issuer(is_root(last) ? one : last), is_root(last) ? one : last);
  }
  std::size_t put = 0;
  for (const auto& [name, child] : missing) {
    if (++put > most_lines) break;
    out.push_back(bad(
        roots_subject, child.fields().subject + " is here, and no root leads to it: its issuer is " + name,
        "put the certificate of that issuer, and those above it up to the root, into a folder of "
        "admission.vendor_roots"));
  }
  if (missing.size() > most_lines)
    out.push_back(bad(roots_subject,
                      std::to_string(missing.size() - most_lines) + " more issuers are missing",
                      "put those above in place, then look again"));
}

void put_refused(lines& out, const vendor_facts& seen) {
  std::size_t put = 0;
  for (const auto& one : seen.store.refused()) {
    if (++put > most_lines) break;
    out.push_back(
        note(roots_subject, one.name + " is left out: " + one.why.check, "remove it from the folder"));
  }
  if (seen.store.refused().size() > most_lines)
    out.push_back(note(roots_subject,
                       std::to_string(seen.store.refused().size() - most_lines) + " more files are left out",
                       "keep only certificates and CRLs there"));
}

/// The root or issuer of `ek` that the store lacks; empty if names lead to a root of it.
std::string lacking(const crypto::certificate& ek, const vendor_facts& seen) {
  known_issuers known;
  known.add(seen.store.roots());
  known.add(seen.store.intermediates());
  const auto last = known.last_towards_root(ek);
  if (is_root(last)) return {};
  return name_of_issuer(last) + " is missing: " + where_published(ek);
}

std::string remedy_for(const crypto::ek_refusal& why) {
  using reason = crypto::ek_refusal_reason;
  switch (why.why) {
  case reason::no_root: return "put it into a folder of admission.vendor_roots, then reload ras";
  case reason::manufacturer:
    return "if you trust the maker of these TPMs, add "
           + (why.manufacturer ? to_string(*why.manufacturer) : "it")
           + " to admission.manufacturers, then reload ras";
  case reason::time: return "check the clock; a certificate that has ended is not renewed";
  case reason::issuer_time: return "look for a newer certificate of this CA";
  case reason::denied:
    return "if the list is wrong, correct admission.deny or the vendor's CRL, then reload ras";
  case reason::names:
  case reason::usage:
  case reason::constraint:
  case reason::weak:
  case reason::path: break;
  }
  return "no setting mends it: ask the TPM's vendor for another certificate";
}

line judge_asked(const vendor_facts::asked& one, const vendor_facts& seen) {
  if (!one.ek)
    return bad(asked_subject, one.file + ": " + one.ek.fault().check,
               "name a certificate in DER or PEM, as tpm2_getekcertificate -o FILE writes it");
  const auto& ek = *one.ek;
  if (const auto other = crypto::other_purpose(ek); !other.empty())
    return bad(asked_subject,
               one.file + ": this is not an EK certificate but " + std::string{other} + ", issued by "
                   + name_of_issuer(ek),
               "name the EK certificate, as tpm2_getekcertificate -o FILE writes it");
  const auto says = one.file + ": " + chip_named_by(ek) + ", issued by " + name_of_issuer(ek);
  const auto verified = crypto::verify_ek_certificate(ek, {}, seen.store, seen.policy, seen.now);
  if (verified) return good(asked_subject, says + ": the vendor vouches for it");
  std::string why;
  std::string remedy;
  const auto lack = lacking(ek, seen);
  for (const auto& doubt : crypto::ek_doubts(ek, {}, seen.store, seen.policy, seen.now)) {
    const auto is_lack = doubt.why == crypto::ek_refusal_reason::no_root && !lack.empty();
    why += (why.empty() ? "" : "; also: ") + (is_lack ? lack : doubt.said.check);
    remedy += (remedy.empty() ? "" : "; and ") + remedy_for(doubt);
  }
  return bad(asked_subject, says + ": " + why, remedy);
}

} // namespace

std::string chip_named_by(const crypto::certificate& ek) {
  const auto manufacturer = attribute(ek, crypto::oid::tpm_manufacturer);
  if (manufacturer.empty()) return "no TPM named";
  return manufacturer + ' ' + attribute(ek, crypto::oid::tpm_model);
}

std::string name_of_issuer(const crypto::certificate& one) {
  const auto& fields = one.fields();
  if (!fields.issuer.empty()) return fields.issuer;
  return fields.authority_key_id.empty() ? "a CA without a name"
                                         : "the CA with key id " + to_hex(fields.authority_key_id);
}

void known_issuers::add(std::span<const crypto::certificate> more) {
  for (const auto& one : more)
    by_name_.emplace(one.fields().subject, one);
}

crypto::certificate known_issuers::last_towards_root(const crypto::certificate& one) const {
  auto at = one;
  for (int step = 0; step < longest_path && !is_root(at); ++step) {
    const auto [first, last] = by_name_.equal_range(at.fields().issuer);
    const auto issued_it = [&at](const auto& entry) {
      const auto& wanted = at.fields().authority_key_id;
      const auto& has = entry.second.fields().subject_key_id;
      return wanted.empty() || has.empty() || same(wanted, has);
    };
    const auto found = std::find_if(first, last, issued_it);
    if (found == last) break;
    at = found->second;
  }
  return at;
}

std::string where_published(const crypto::certificate& ek) {
  const auto id = crypto::manufacturer_of(ek);
  const auto* maker = id ? crypto::find_tpm_manufacturer(*id) : nullptr;
  if (maker == nullptr || maker->roots.empty())
    return "ask the maker of the TPM for it; many are collected at " + std::string{collected_vendor_roots};
  return "see " + std::string{maker->roots};
}

std::string needed_for(const crypto::certificate& ek, std::span<const crypto::certificate> along) {
  known_issuers known;
  known.add(along);
  const auto last = known.last_towards_root(ek);
  if (is_root(last))
    return "the root " + last.fields().subject + ", which the TPM holds, too: compare it with its maker's";
  const auto what = last == ek ? name_of_issuer(last) + " and the root above it"
                               : name_of_issuer(last) + " (and what is above it)";
  return what + ": " + where_published(ek);
}

lines judge_vendor_roots(const vendor_facts& seen) {
  lines out{folders_line(seen)};
  if (seen.problem.empty()) {
    put_missing(out, seen);
    put_refused(out, seen);
  }
  for (const auto& one : seen.eks)
    out.push_back(judge_asked(one, seen));
  return out;
}

} // namespace muster::checkup
