#include "service/privacy_ca/authorities.hpp"

#include "messages/time_text.hpp"
#include "service/privacy_ca/key_files.hpp"
#include "service/privacy_ca/trust_files.hpp"

#include <array>
#include <cerrno>
#include <sys/stat.h>

namespace muster::service {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t day_ms = 24ULL * 3600 * 1000;

/// The parts that every machine relies on. The service's own pair and the published files derive from them.
constexpr std::array<const char*, 4> ca_names{"root", "nodes", "aks", "services"};

constexpr std::uint64_t root_days = 20 * 365;
constexpr std::uint64_t issuer_days = 10 * 365;
/// Short, because a thief of this key can pose as the service until the issuer expires, to machines that are
/// kept from newer lists.
constexpr std::uint64_t services_days = 365;

crypto::validity days(wall_time now, std::uint64_t n) { return {now, {now.milliseconds + n * day_ms}}; }

fault in_file(const fs::path& file, const fault& why) {
  return {why.code, printable(file.string()) + ": " + why.check};
}

fs::path pem_of(const fs::path& folder, const char* name) { return folder / (std::string{name} + ".pem"); }
fs::path key_of(const fs::path& folder, const char* name) { return folder / (std::string{name} + ".key"); }

struct ca {
  crypto::certificate root;
  crypto::authority nodes;
  crypto::authority aks;
  crypto::authority services;
  stored_trust trust;
  bool root_key_here;
};

/// Like `verify_issuer`, but at a time when the issuer is valid. An expired issuer only causes a warning: the
/// service has to start, so that a rotation can be handed in.
status fits(const fs::path& folder, const char* name, const crypto::authority& issuer,
            std::span<const crypto::certificate> anchors, crypto::purpose purpose, wall_time now) {
  const auto& fields = issuer.cert().fields();
  const auto first = fields.not_before.milliseconds + crypto::backdating_ms;
  const auto at =
      std::clamp(now.milliseconds, first, std::max(first, fields.not_after.milliseconds - day_ms / 24));
  const auto good = verify_issuer(issuer, anchors, purpose, {at});
  if (good || good.fault().code == errc::expired) return {};
  if (issuer.issues() != purpose) return in_file(pem_of(folder, name), good.fault());
  return fault{errc::mismatch, pem_of(folder, name).string() + ": the root in "
                                   + pem_of(folder, "root").string()
                                   + ", or the anchors of the newest list in " + folder.string()
                                   + "/lists, did not sign it; restore all from one backup"};
}

/// Whether the root's key is here; it is not needed. If it is, other users must not be able to read it, and
/// it must belong to the root.
result<bool> look_for_root_key(const fs::path& folder) {
  const auto there = is_there(key_of(folder, "root"));
  if (!there || !*there) return there;
  const auto root = load_authority(folder, "root");
  if (!root) return root.fault();
  return true;
}

result<crypto::certificate> load_root(const fs::path& folder) {
  const auto pem = load_file(pem_of(folder, "root"));
  if (!pem) return pem.fault();
  auto out = crypto::certificate::from_pem(*pem);
  if (!out) return in_file(pem_of(folder, "root"), out.fault());
  return out;
}

result<ca> load_ca(const fs::path& folder, wall_time now) {
  auto root = load_root(folder);
  if (!root) return root.fault();
  const auto key_here = look_for_root_key(folder);
  if (!key_here) return key_here.fault();
  auto trust = load_trust(folder, *root);
  if (!trust) return trust.fault();
  auto nodes = load_authority(folder, "nodes");
  if (!nodes) return nodes.fault();
  auto aks = load_authority(folder, "aks");
  if (!aks) return aks.fault();
  auto services = load_authority(folder, "services");
  if (!services) return services.fault();
  const std::array own_root{*root};
  if (auto good = fits(folder, "nodes", *nodes, own_root, crypto::purpose::node, now); !good)
    return good.fault();
  if (auto good = fits(folder, "aks", *aks, own_root, crypto::purpose::ak, now); !good) return good.fault();
  const auto& anchors = trust->in_force.anchors;
  if (auto good = fits(folder, "services", *services, anchors, crypto::purpose::service_tls, now); !good)
    return good.fault();
  if (trust->in_force.number != 0
      && std::ranges::find(trust->in_force.issuers, crypto::issuer_name_of(services->cert()))
             == trust->in_force.issuers.end())
    return fault{errc::mismatch,
                 pem_of(folder, "services").string() + ": trust list "
                     + std::to_string(trust->in_force.number)
                     + " does not have it, so no machine would accept this service; restore it "
                       "and lists/ from one backup"};
  return ca{*std::move(root),     *std::move(nodes), *std::move(aks),
            *std::move(services), *std::move(trust), *key_here};
}

/// Makes the CA in a second folder, which then replaces the empty one. So an interrupted start leaves no
/// partial CA.
status make_ca(const fs::path& folder, const std::string& service_name, wall_time now) {
  const fs::path beside{folder.string() + ".new"};
  std::error_code error;
  fs::remove_all(beside, error);
  if (::mkdir(beside.c_str(), 0700) != 0) return file_fault(beside, "create");
  const auto root = crypto::authority::make_root(service_name + " root", days(now, root_days));
  if (!root) return root.fault();
  if (auto stored = store_pair(beside, "root", root->cert(), root->key()); !stored) return stored;
  for (const auto& [name, purpose] : {std::pair{"nodes", crypto::purpose::node},
                                      {"aks", crypto::purpose::ak},
                                      {"services", crypto::purpose::service_tls}}) {
    const auto life = purpose == crypto::purpose::service_tls ? services_days : issuer_days;
    const auto made = root->make_issuer(purpose, service_name + " " + name, days(now, life));
    if (!made) return made.fault();
    if (auto stored = store_pair(beside, name, made->cert(), made->key()); !stored) return stored;
  }
  return files::rename_durably(beside, folder);
}

/// Whether this is a first start. fault not_found: a part of a CA is missing. Nothing is made then, because
/// no machine would know a new root.
result<bool> is_new(const fs::path& folder, const fs::path& anchor) {
  std::vector<fs::path> there, gone;
  for (const auto* name : ca_names)
    for (const auto& file : {pem_of(folder, name), key_of(folder, name)}) {
      const auto found = is_there(file);
      if (!found) return found.fault();
      if (!*found && file == key_of(folder, "root")) continue; // it may be kept elsewhere
      (*found ? there : gone).push_back(file);
    }
  if (gone.empty()) return false;
  const auto published = is_there(anchor);
  if (!published) return published.fault();
  if (there.empty() && !*published) return true;
  const auto& witness = there.empty() ? anchor : there.front();
  return fault{
      errc::not_found,
      printable(gone.front().string()) + ": it is gone, and a CA was here (" + printable(witness.string())
          + "); restore it from a backup. For a new CA, which no machine of this one knows, move away "
          + printable(folder.string()) + ", " + printable(anchor.string())
          + ", and log.pem and store next to them"};
}

/// Judged by signatures only, whatever the time is.
bool is_under(const crypto::certificate& leaf, const crypto::certificate& issuer,
              std::span<const crypto::certificate> anchors) {
  const std::array above{issuer};
  const auto chain =
      crypto::verify_chain(leaf, above, anchors, crypto::purpose::service_tls, leaf.fields().not_before);
  return chain.ok() || chain.fault().code == errc::expired;
}

/// fault not_found: one of its files is missing; expired: the identity has to be renewed. Any other fault is
/// for an operator to examine: these are not the files that this service wrote.
result<service_identity> load_identity(const fs::path& folder, const crypto::authority& issuer,
                                       std::span<const crypto::certificate> anchors,
                                       const std::string& service_name, wall_time now) {
  const auto file = pem_of(folder, "service");
  const auto certificate = load_file(file);
  if (!certificate) return certificate.fault();
  const auto key = load_secret(key_of(folder, "service"));
  if (!key) return key.fault();
  auto parsed = crypto::certificate::from_pem(*certificate);
  if (!parsed) return in_file(file, parsed.fault());
  auto loaded = crypto::private_key::from_pem(as_text(key->view()));
  if (!loaded) return in_file(key_of(folder, "service"), loaded.fault());
  auto why = why_renew(*parsed, service_name, now);
  // A start or a renewal was interrupted between the two files.
  if (loaded->pub().spki() != parsed->fields().spki) why = "its key is another one";
  // A rotation was interrupted after its list came into force.
  if (!is_under(*parsed, issuer.cert(), anchors)) why = "it is of another issuer than ca/services.pem";
  if (!why.empty()) return fault{errc::expired, printable(file.string()) + ": " + why};
  return service_identity{std::move(*parsed), std::move(*loaded), {issuer.cert()}};
}

/// The identity on disk, even if a renewal is due: once its issuer has expired, nothing else can be shown.
result<service_identity> load_old_identity(const fs::path& folder) {
  const auto certificate = load_file(pem_of(folder, "service"));
  if (!certificate) return certificate.fault();
  const auto key = load_secret(key_of(folder, "service"));
  if (!key) return key.fault();
  auto parsed = crypto::certificate::from_pem(*certificate);
  if (!parsed) return in_file(pem_of(folder, "service"), parsed.fault());
  auto loaded = crypto::private_key::from_pem(as_text(key->view()));
  if (!loaded) return in_file(key_of(folder, "service"), loaded.fault());
  return service_identity{std::move(*parsed), std::move(*loaded), {}};
}

/// Never replaced: heads that others keep are bound to the key that signed them.
result<crypto::private_key> load_log_key(const fs::path& folder, const fs::path& published) {
  const auto file = key_of(folder, "log");
  auto key = result<crypto::private_key>{fault{}};
  const auto there = is_there(file);
  if (!there) return there.fault();
  const auto told = is_there(published);
  if (!told) return told.fault();
  if (*there) {
    const auto pem = load_secret(file);
    if (!pem) return pem.fault();
    key = crypto::private_key::from_pem(as_text(pem->view()));
    if (!key) return in_file(file, key.fault());
  } else if (*told) {
    // With a new key, every head that others keep would look foreign.
    return fault{errc::not_found, file.string() + ": it is gone, and heads were signed with it ("
                                      + published.string()
                                      + "); restore it. Without a copy, begin with a new CA: move away ca, "
                                        "store, anchor.pem and log.pem"};
  } else {
    key = crypto::private_key::make_ec(crypto::curve::p256);
    if (auto stored = store_file(file, key->pem(), 0600); !stored) return stored.fault();
  }
  if (auto stored = store_file(published, key->pub().pem(), 0644); !stored) return stored.fault();
  return key;
}

} // namespace

status store_pair(const fs::path& folder, const char* name, const crypto::certificate& certificate,
                  const crypto::private_key& key) {
  // The key first: a certificate without its key would look like a CA that exists.
  if (auto done = store_file(key_of(folder, name), key.pem(), 0600); !done) return done;
  return store_file(pem_of(folder, name), certificate.pem(), 0600);
}

result<crypto::authority> load_authority(const fs::path& folder, const char* name) {
  const auto certificate = load_file(pem_of(folder, name));
  if (!certificate) return certificate.fault();
  const auto key = load_secret(key_of(folder, name));
  if (!key) return key.fault();
  const auto pem = as_text(key->view());
  if (const auto parsed = crypto::private_key::from_pem(pem); !parsed)
    return in_file(key_of(folder, name), parsed.fault());
  auto out = crypto::authority::from_pem(*certificate, pem);
  if (!out) return in_file(pem_of(folder, name), out.fault());
  return out;
}

status verify_issuer(const crypto::authority& issuer, std::span<const crypto::certificate> anchors,
                     crypto::purpose purpose, wall_time at) {
  if (issuer.issues() != purpose) return fault{errc::mismatch, "it is an issuer for something else"};
  const auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const std::array<std::string, 1> probe{"probe"};
  auto leaf = purpose == crypto::purpose::service_tls ? issuer.issue_service(probe, key.pub(), days(at, 1))
              : purpose == crypto::purpose::ak        ? issuer.issue_ak({{}, {1}}, key.pub(), days(at, 1))
                                                      : issuer.issue_node({}, key.pub(), days(at, 1));
  if (!leaf) return leaf.fault();
  const std::array above{issuer.cert()};
  const auto chain = crypto::verify_chain(*leaf, above, anchors, purpose, at);
  if (!chain) return chain.fault();
  return {};
}

status publish_anchors(const fs::path& anchor, const std::vector<crypto::certificate>& anchors) {
  std::string all;
  for (const auto& one : anchors)
    all += one.pem();
  return store_file(anchor, all, 0644);
}

std::string why_renew(const crypto::certificate& own, const std::string& service_name, wall_time now) {
  const auto& fields = own.fields();
  if (fields.dns_names != std::vector{service_name}) return "it is for another name";
  if (fields.not_before > now) return "it does not hold before " + rfc3339(fields.not_before);
  if (fields.not_after.milliseconds <= now.milliseconds + 30 * day_ms)
    return "it ends at " + rfc3339(fields.not_after);
  return {};
}

result<service_identity> make_identity(const fs::path& folder, const crypto::authority& issuer,
                                       const std::string& service_name, wall_time now) {
  auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const std::vector<std::string> names{service_name};
  auto certificate = issuer.issue_service(names, key.pub(), days(now, 365));
  if (!certificate) return certificate.fault();
  if (auto stored = store_pair(folder, "service", *certificate, key); !stored) return stored.fault();
  return service_identity{std::move(*certificate), std::move(key), {issuer.cert()}};
}

result<authorities> load_authorities(const fs::path& folder, const fs::path& anchor,
                                     const std::string& service_name, wall_time now) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fault{errc::io, printable(folder.string()) + ": create: " + error.message()};
  if (::chmod(folder.c_str(), 0700) != 0) {
    if (errno != EPERM) return file_fault(folder, "close to others");
    return fault{errc::io,
                 printable(folder.string())
                     + ": it belongs to another user than the one that ras runs as; was ras started "
                       "by root once? Give the state folder back (chown -R muster-ras)"};
  }
  const auto first = is_new(folder, anchor);
  if (!first) return first.fault();
  if (*first)
    if (auto made = make_ca(folder, service_name, now); !made) return made.fault();
  auto keys = load_ca(folder, now);
  if (!keys) return keys.fault();
  auto own = load_identity(folder, keys->services, keys->trust.in_force.anchors, service_name, now);
  std::string note;
  if (!own) {
    const auto& why = own.fault();
    if (why.code != errc::not_found && why.code != errc::expired)
      return fault{why.code, why.check
                                 + ". Where nobody else put it there, remove service.pem and service.key: "
                                   "the next start makes them anew"};
    if (!*first) note = why.check + "; it was made anew";
    own = make_identity(folder, keys->services, service_name, now);
    if (!own && own.fault().code == errc::expired) {
      note = why.check + "; it stays, because its issuer is over: " + rotation_remedy;
      own = load_old_identity(folder);
    }
  }
  if (!own) return own.fault();
  auto& trust = keys->trust;
  if (auto stored = publish_anchors(anchor, trust.in_force.anchors); !stored) return stored.fault();
  auto log_heads = load_log_key(folder, anchor.parent_path() / "log.pem");
  if (!log_heads) return log_heads.fault();
  return authorities{
      std::move(keys->root),       std::move(keys->nodes), std::move(keys->aks),  std::move(keys->services),
      std::move(own->certificate), std::move(own->key),    std::move(*log_heads), std::move(trust.lists),
      std::move(trust.in_force),   keys->root_key_here,    std::move(note)};
}

} // namespace muster::service
