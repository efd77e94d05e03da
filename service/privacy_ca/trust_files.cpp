#include "service/privacy_ca/trust_files.hpp"

#include "service/privacy_ca/coming_trust.hpp"
#include "service/privacy_ca/key_files.hpp"

#include <algorithm>

namespace muster::service {

namespace {

constexpr std::size_t digits_of_number = 20;

namespace fs = std::filesystem;

const std::string remedy_of_many =
    "stop ras, and move the oldest files of ca/lists away, up to one that ca/root.pem signed: where the root "
    "was never "
    "replaced, all but the newest. Machines that are away need those with which a root was replaced";

fs::path lists_of(const fs::path& ca) { return ca / "lists"; }

result<std::vector<fs::path>> list_files(const fs::path& ca) {
  std::vector<fs::path> out;
  const auto there = is_there(lists_of(ca));
  if (!there) return there.fault();
  if (!*there) return out;
  std::error_code why;
  for (fs::directory_iterator entry{lists_of(ca), why}, end; !why && entry != end; entry.increment(why)) {
    const auto name = entry->path().filename().string();
    if (name.ends_with(".new")) continue; // left by an interrupted write
    if (out.size() == max_trust_lists)
      return fault{errc::limit, printable(lists_of(ca).string()) + ": over 4096 lists; " + remedy_of_many};
    out.push_back(entry->path());
  }
  if (why) return fault{errc::io, lists_of(ca).string() + ": " + why.message()};
  std::ranges::sort(out);
  return out;
}

result<crypto::certificate> load_issuer(const fs::path& ca) {
  const auto file = ca / "services.pem";
  const auto pem = load_file(file);
  if (!pem) return pem.fault();
  auto out = crypto::certificate::from_pem(*pem);
  if (!out) return fault{out.fault().code, printable(file.string()) + ": " + out.fault().check};
  return out;
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
    if (file != trust_list_file(ca, next->list.number))
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

fs::path trust_list_file(const fs::path& ca, std::uint64_t number) {
  auto digits = std::to_string(number);
  return lists_of(ca) / (std::string(digits_of_number - digits.size(), '0') + digits);
}

status room_for_trust_list(std::size_t lists) {
  if (lists < max_trust_lists) return {};
  return fault{errc::limit, "4096 trust lists are kept, and no start reads more; " + remedy_of_many};
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
  const auto present = load_issuer(ca);
  if (!present) return present.fault();
  const bool used_up = *there && same((*there)->pub().spki(), present->fields().spki);
  if (*there && !used_up && which == next_key::existing) return **std::move(there);
  auto key = crypto::private_key::make_ec(crypto::curve::p256);
  if (auto stored = store_file(ca / "next.key", key.pem(), 0600); !stored) return stored.fault();
  return key;
}

} // namespace muster::service
