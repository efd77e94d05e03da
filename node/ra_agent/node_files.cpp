#include "node/ra_agent/node_files.hpp"

#include "crypto/certificate.hpp"
#include "crypto/pem.hpp"
#include "files/descriptor.hpp"
#include "files/whole_file.hpp"
#include "node/ra_agent/trust_delivery.hpp"

#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>

namespace muster::node {

namespace {

constexpr std::size_t max_file = 256 * 1024;

/// Content, or nothing if the file does not exist. An empty file is damaged: the agent never writes one, and
/// to treat it as absent would forget its content.
result<bytes> read_if_there(const std::string& path, std::string_view remedy) {
  auto content = files::read_whole(path, max_file);
  if (!content && content.fault().code == errc::not_found) return bytes{};
  if (content && content->empty())
    return fault{errc::malformed, printable(path) + ": it is empty; " + std::string{remedy}};
  return content;
}

constexpr std::string_view key_remedy = "restore it, or remove node.key and node.crt: the machine then "
                                        "proves its TPM again and gets a certificate "
                                        "for a new key";
constexpr std::string_view errands_remedy =
    "restore it, or remove it: a command that was under way may then run once more";
constexpr std::string_view trust_remedy =
    "remove it to believe service.anchor alone, until the service sends its list again";
constexpr std::string_view cheap_remedy = "remove it: the agent gets another one";

fault in_file(const std::string& path, const fault& why, std::string_view remedy) {
  return {why.code, printable(path) + ": " + why.check + "; " + std::string{remedy}};
}

result<issued_identity> parse_issued(byte_view node, byte_view ak) {
  const auto chain = crypto::certificate::from_file(node);
  if (!chain) return chain.fault();
  issued_identity out;
  out.node_certificate = chain->front().der();
  for (auto one = chain->begin() + 1; one != chain->end(); ++one)
    out.node_chain.push_back(one->der());
  if (ak.empty()) return out;
  const auto certified = crypto::certificate::from_pem(as_text(ak));
  if (!certified) return certified.fault();
  out.ak_certificate = certified->der();
  return out;
}

} // namespace

class node_files::lock {
public:
  explicit lock(files::descriptor held) : held_{std::move(held)} {}

private:
  files::descriptor held_;
};

result<node_files> node_files::open(const std::string& folder) {
  std::error_code why;
  const bool made = std::filesystem::create_directories(folder, why);
  if (why) return fault{errc::io, printable(folder) + ": " + why.message()};
  if (made) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, why);
  const auto path = folder + "/lock";
  files::descriptor held{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (held.get() < 0) return files::file_fault(path, "open");
  if (::flock(held.get(), LOCK_EX | LOCK_NB) != 0)
    return fault{errc::busy, printable(folder) + ": another raagent uses this state"};
  return node_files{folder, std::make_shared<const lock>(std::move(held))};
}

status node_files::replace(std::string_view name, byte_view content) const {
  return files::replace_durably(path(name), content, 0600);
}

result<crypto::private_key> node_files::load_key() const {
  struct stat seen {};
  if (::stat(path("node.key").c_str(), &seen) == 0 && (seen.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fault{errc::denied,
                 printable(path("node.key"))
                     + ": other users may read or write this key; check who did, then chmod 600 it"};
  auto pem = read_if_there(path("node.key"), key_remedy);
  if (!pem) return pem.fault();
  if (!pem->empty()) {
    auto known = crypto::private_key::from_pem(as_text(*pem));
    if (!known) return in_file(path("node.key"), known.fault(), key_remedy);
    return known;
  }
  auto key = crypto::private_key::make_ec(crypto::curve::p256);
  if (auto kept = replace("node.key", as_bytes(key.pem())); !kept) return kept.fault();
  return key;
}

result<kept_state> node_files::load() const {
  auto key = load_key();
  if (!key) return key.fault();
  kept_state out{std::move(*key), {}, {}, {}, {}, std::filesystem::exists(path("unregistered")), {}};
  const auto node = read_if_there(path("node.crt"), cheap_remedy);
  const auto ak = read_if_there(path("ak.crt"), cheap_remedy);
  const auto errands = read_if_there(path("errands"), errands_remedy);
  const auto head = read_if_there(path("log_head"), cheap_remedy);
  const auto trust = read_if_there(path("trust"), trust_remedy);
  for (const auto* one : {&node, &ak, &errands, &head, &trust})
    if (!*one) return one->fault();
  if (!node->empty()) {
    auto issued = parse_issued(*node, *ak);
    if (issued)
      out.issued = std::move(*issued);
    else
      out.note = "the certificates in " + printable(folder_) + " cannot be read: " + issued.fault().check;
  }
  // A trust file that exists and is empty is damaged, too: only a machine that never had a list has no file.
  if (!trust->empty() || std::filesystem::exists(path("trust"))) {
    auto list = read_trust_file(*trust);
    if (!list) return in_file(path("trust"), list.fault(), trust_remedy);
    out.trust = std::move(list->list);
  }
  out.errands = as_text(*errands);
  out.log_heads = *head;
  return out;
}

status node_files::store(const issued_identity& issued) const {
  std::string chain = crypto::to_pem("CERTIFICATE", issued.node_certificate);
  for (const auto& one : issued.node_chain)
    chain += crypto::to_pem("CERTIFICATE", one);
  if (!issued.ak_certificate.empty())
    if (auto kept = replace("ak.crt", as_bytes(crypto::to_pem("CERTIFICATE", issued.ak_certificate))); !kept)
      return kept;
  return replace("node.crt", as_bytes(chain));
}

status node_files::store_errands(std::string_view text) const { return replace("errands", as_bytes(text)); }

status node_files::store(const log_heads& newest) const { return replace("log_head", newest.kept); }

status node_files::store(const kept_trust& newest) const {
  return replace("trust", trust_file_of(newest.list));
}

status node_files::leave() const {
  if (auto marked = replace("unregistered", as_bytes("Remove this file to let the machine enrol again.\n"));
      !marked)
    return marked;
  for (const auto* name : {"node.crt", "ak.crt"})
    if (auto gone = files::remove_durably(path(name)); !gone) return gone;
  return {};
}

} // namespace muster::node
