#include "service/privacy_ca/trust_files.hpp"

#include "service/privacy_ca/authorities.hpp"
#include "service/privacy_ca/key_files.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::service {

namespace {

/// One a year, and those of bad days.
constexpr std::size_t max_stored_lists = 4096;
constexpr std::size_t digits_of_number = 20;

namespace fs = std::filesystem;

fs::path lists_of(const fs::path& ca) { return ca / "lists"; }

std::string file_name_of(std::uint64_t number) {
  auto digits = std::to_string(number);
  return std::string(digits_of_number - digits.size(), '0') + digits;
}

result<std::vector<fs::path>> list_files(const fs::path& ca) {
  std::vector<fs::path> out;
  const auto there = is_there(lists_of(ca));
  if (!there) return there.fault();
  if (!*there) return out;
  std::error_code why;
  for (fs::directory_iterator entry{lists_of(ca), why}, end; !why && entry != end; entry.increment(why)) {
    const auto name = entry->path().filename().string();
    if (name.ends_with(".new")) continue; // of a write that was cut off
    if (out.size() == max_stored_lists)
      return fault{errc::limit, lists_of(ca).string() + ": over 4096 lists"};
    out.push_back(entry->path());
  }
  if (why) return fault{errc::io, lists_of(ca).string() + ": " + why.message()};
  std::ranges::sort(out);
  return out;
}

/// A rename is durable once its folder is.
status sync(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return file_fault(folder, "open");
  const bool done = ::fsync(fd) == 0;
  const auto why = file_fault(folder, "sync");
  ::close(fd);
  if (!done) return why;
  return {};
}

status gone(const fs::path& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return file_fault(file, "remove");
  return {};
}

} // namespace

result<stored_trust> read_trust_lists(const fs::path& ca, const crypto::certificate& root) {
  const auto files = list_files(ca);
  if (!files) return files.fault();
  stored_trust out{{}, {0, {root}, {}, {}}};
  for (const auto& file : *files) {
    const auto content = load_file(file);
    if (!content) return content.fault();
    auto next = crypto::verify_next_trust_list(out.in_force, as_bytes(*content));
    if (!next)
      return fault{next.fault().code, printable(file.string()) + ": " + next.fault().check
                                          + "; restore the folder from a backup"};
    if (file.filename() != file_name_of(next->list.number))
      return fault{errc::mismatch, printable(file.string()) + ": it is list "
                                       + std::to_string(next->list.number)
                                       + "; restore the folder from a backup"};
    out.lists.push_back({next->list.number, to_bytes(as_bytes(*content))});
    out.in_force = std::move(next->list);
  }
  return out;
}

result<stored_trust> load_trust(const fs::path& ca, const crypto::certificate& root) {
  auto out = read_trust_lists(ca, root);
  if (!out) return out;
  if (const auto finished = finish_rotation(ca, out->in_force); !finished) return finished.fault();
  return out;
}

status store_trust_list(const fs::path& ca, const numbered_trust_list& list) {
  const auto folder = lists_of(ca);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return file_fault(folder, "create");
  if (auto stored = store_file(folder / file_name_of(list.number), as_text(list.list), 0600); !stored)
    return stored;
  if (auto synced = sync(folder); !synced) return synced;
  return sync(ca);
}

result<std::optional<crypto::private_key>> load_next_key(const fs::path& ca) {
  const auto file = ca / "next.key";
  const auto pem = load_secret(file);
  if (!pem && pem.fault().code == errc::not_found) return std::optional<crypto::private_key>{};
  if (!pem) return pem.fault();
  auto key = crypto::private_key::from_pem(as_text(pem->view()));
  if (!key) return fault{key.fault().code, printable(file.string()) + ": " + key.fault().check};
  return std::optional{std::move(*key)};
}

result<crypto::private_key> make_next_key(const fs::path& ca, next_key which) {
  auto there = load_next_key(ca);
  if (!there) return there.fault();
  if (*there && which == next_key::as_asked_for_before) return **std::move(there);
  auto key = crypto::private_key::make_ec(crypto::curve::p256);
  if (auto stored = store_file(ca / "next.key", key.pem(), 0600); !stored) return stored.fault();
  if (auto synced = sync(ca); !synced) return synced.fault();
  return key;
}

status store_next_issuer(const fs::path& ca, const crypto::certificate& issuer) {
  if (auto stored = store_file(ca / "next.pem", issuer.pem(), 0600); !stored) return stored;
  return sync(ca);
}

result<bool> finish_rotation(const fs::path& ca, const crypto::trust_list& in_force) {
  const auto pem = load_file(ca / "next.pem");
  if (!pem && pem.fault().code == errc::not_found) return false;
  if (!pem) return pem.fault();
  const auto issuer = crypto::certificate::from_pem(*pem);
  if (!issuer) return fault{issuer.fault().code, (ca / "next.pem").string() + ": " + issuer.fault().check};
  const auto& listed = in_force.issuers;
  // Of a rotation that was cut off before its list: it can be handed in again.
  if (std::ranges::find(listed, crypto::issuer_name_of(*issuer)) == listed.end()) return false;
  const auto key = load_next_key(ca);
  if (!key) return key.fault();
  if (*key && same((*key)->pub().spki(), issuer->fields().spki)) {
    if (auto stored = store_pair(ca, "services", *issuer, **key); !stored) return stored.fault();
    if (auto synced = sync(ca); !synced) return synced.fault();
    // The key first: a certificate that is left without it is done with.
    if (auto removed = gone(ca / "next.key"); !removed) return removed.fault();
  }
  if (auto removed = gone(ca / "next.pem"); !removed) return removed.fault();
  return true;
}

} // namespace muster::service
