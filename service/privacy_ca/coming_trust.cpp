#include "service/privacy_ca/coming_trust.hpp"

#include "service/privacy_ca/authorities.hpp"
#include "service/privacy_ca/key_files.hpp"
#include "service/privacy_ca/trust_files.hpp"

#include <algorithm>

namespace muster::service {

namespace {

namespace fs = std::filesystem;

/// Enough for one rotation and many interrupted ones.
constexpr std::size_t max_coming_files = 1024;

fs::path coming_of(const fs::path& ca) { return ca / "coming"; }
fs::path list_of(const fs::path& ca) { return coming_of(ca) / "list"; }

fault here(const fs::path& file, const fault& why) {
  return {why.code, printable(file.string()) + ": " + why.check + "; restore the folder from a backup"};
}

/// The names of all files, sorted.
result<std::vector<std::string>> coming_files(const fs::path& ca) {
  std::vector<std::string> out;
  const auto there = is_there(coming_of(ca));
  if (!there) return there.fault();
  if (!*there) return out;
  std::error_code why;
  for (fs::directory_iterator entry{coming_of(ca), why}, end; !why && entry != end; entry.increment(why)) {
    if (out.size() == max_coming_files)
      return fault{errc::limit,
                   printable(coming_of(ca).string()) + ": over 1024 files; check who put them there"};
    out.push_back(entry->path().filename().string());
  }
  if (why) return fault{errc::io, printable(coming_of(ca).string()) + ": " + why.message()};
  std::ranges::sort(out);
  return out;
}

bool has_list(const std::vector<std::string>& names) {
  return std::ranges::find(names, "list") != names.end();
}

/// Those issuers of `list` whose certificate is here, as file names without the extension.
std::vector<std::string> listed_pairs(const std::vector<std::string>& names, const crypto::trust_list& list) {
  std::vector<std::string> out;
  for (const auto& issuer : list.issuers)
    if (std::ranges::find(names, to_hex(issuer) + ".pem") != names.end()) out.push_back(to_hex(issuer));
  return out;
}

/// Replaces services.key and services.pem by the pair. Of the pair, the certificate is removed first: a key
/// without its certificate is ignored, but a certificate without its key would be a fault.
status promote(const fs::path& ca, const std::string& name) {
  const auto file = coming_of(ca) / (name + ".pem");
  const auto issuer = load_authority(coming_of(ca), name.c_str());
  if (!issuer) return fault{issuer.fault().code, issuer.fault().check + "; restore the folder from a backup"};
  if (to_hex(crypto::issuer_name_of(issuer->cert())) != name)
    return here(file, {errc::mismatch, "its key is not the one that its name says"});
  if (auto stored = store_pair(ca, "services", issuer->cert(), issuer->key()); !stored) return stored;
  if (auto removed = files::remove_durably(file); !removed) return removed;
  return files::remove_durably(coming_of(ca) / (name + ".key"));
}

/// If no list is on its way, removes the pairs of rotations that were interrupted before their list was
/// stored. They can be handed in again.
status sweep(const fs::path& ca) {
  const auto names = coming_files(ca);
  if (!names) return names.fault();
  if (has_list(*names)) return {};
  for (const auto& one : *names)
    if (auto removed = files::remove_durably(coming_of(ca) / one); !removed) return removed;
  return {};
}

status finish_and_sweep(const fs::path& ca, const crypto::trust_list& in_force) {
  if (auto finished = finish_rotation(ca, in_force); !finished) return finished;
  return sweep(ca);
}

/// The same list may be handed in again, whether or not it is on record.
status no_other_list(const fs::path& ca, byte_view list) {
  const auto there = load_file(list_of(ca));
  if (!there && there.fault().code == errc::not_found) return {};
  if (!there) return there.fault();
  if (std::ranges::equal(as_bytes(*there), list)) return {};
  return fault{errc::conflict,
               "another list was under way and may be on record; restart ras, which brings it "
               "into force or drops it, or hand that list in again"};
}

} // namespace

status store_coming(const fs::path& ca, const crypto::trust_list& in_force, const next_trust& next) {
  if (auto free = no_other_list(ca, next.encoded); !free) return free;
  if (auto finished = finish_and_sweep(ca, in_force); !finished) return finished;
  if (auto made = files::make_folder(coming_of(ca)); !made) return made;
  const auto name = to_hex(crypto::issuer_name_of(next.services.cert()));
  if (next.brings_issuer)
    if (auto stored = store_pair(coming_of(ca), name.c_str(), next.services.cert(), next.services.key());
        !stored)
      return stored;
  return store_file(list_of(ca), as_text(next.encoded), 0600);
}

status bring_into_force(const fs::path& ca, std::uint64_t number) {
  const auto to = trust_list_file(ca, number);
  if (auto made = files::make_folder(to.parent_path()); !made) return made;
  return files::rename_durably(list_of(ca), to);
}

status finish_rotation(const fs::path& ca, const crypto::trust_list& in_force) {
  const auto names = coming_files(ca);
  if (!names) return names.fault();
  for (const auto& one : listed_pairs(*names, in_force))
    if (auto done = promote(ca, one); !done) return done;
  return {};
}

result<std::string> unfinished_rotation(const fs::path& ca, const crypto::trust_list& in_force) {
  const auto names = coming_files(ca);
  if (!names) return names.fault();
  if (has_list(*names))
    return std::string{
        "a list is about to come into force: wait for `muster ca rotate`; if none runs, restart ras first"};
  if (!listed_pairs(*names, in_force).empty())
    return std::string{"the issuer of the list in force is not yet in its place: restart ras first"};
  return std::string{};
}

result<settled_trust> settle_coming(const fs::path& ca, const crypto::trust_list& in_force,
                                    const on_record& recorded) {
  using outcome = settled_trust::outcome;
  const auto content = load_file(list_of(ca));
  if (!content && content.fault().code == errc::not_found) {
    if (auto done = finish_and_sweep(ca, in_force); !done) return done.fault();
    return settled_trust{};
  }
  if (!content) return content.fault();
  const auto list = as_bytes(*content);
  const auto came = crypto::parse_signed_trust_list(list);
  if (!came) return here(list_of(ca), came.fault());
  const auto number = came->list.number;
  const auto known = recorded(number, list);
  if (!known) return known.fault();
  if (!*known || number <= in_force.number) {
    if (auto removed = files::remove_durably(list_of(ca)); !removed) return removed.fault();
    if (auto done = finish_and_sweep(ca, in_force); !done) return done.fault();
    return settled_trust{outcome::dropped, number};
  }
  // Trusted because an anchor of the list in force signed it, and the start has verified that list.
  const auto next = crypto::verify_next_trust_list(in_force, list);
  if (!next) return here(list_of(ca), next.fault());
  if (auto done = bring_into_force(ca, number); !done) return done.fault();
  if (auto finished = finish_rotation(ca, next->list); !finished) return finished.fault();
  return settled_trust{outcome::in_force, number};
}

} // namespace muster::service
