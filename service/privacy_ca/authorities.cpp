#include "service/privacy_ca/authorities.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::service {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t day_ms = 24ULL * 3600 * 1000;
constexpr std::size_t max_authority_file = 64 * 1024;

crypto::validity days(wall_time now, std::uint64_t n) { return {now, {now.milliseconds + n * day_ms}}; }

fault io_fault(const fs::path& file, const char* what) {
  return {errc::io, printable(file.string()) + ": " + what + ": " + std::strerror(errno)};
}

/// Writes beside the file and renames, so that a crash leaves the old one or the new one.
status store_file(const fs::path& file, std::string_view content, mode_t mode) {
  const auto beside = file.string() + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return io_fault(beside, "open");
  const auto written = ::write(fd, content.data(), content.size());
  const bool good =
      written == static_cast<ssize_t>(content.size()) && ::fchmod(fd, mode) == 0 && ::fsync(fd) == 0;
  if (::close(fd) != 0 || !good) return io_fault(beside, "write");
  if (::rename(beside.c_str(), file.c_str()) != 0) return io_fault(file, "rename");
  return {};
}

result<std::string> load_file(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_fault(file, "open");
  std::string out(max_authority_file, '\0');
  const auto n = ::read(fd, out.data(), out.size());
  ::close(fd);
  if (n < 0) return io_fault(file, "read");
  out.resize(static_cast<std::size_t>(n));
  return out;
}

fs::path pem_of(const fs::path& folder, const char* name) { return folder / (std::string{name} + ".pem"); }
fs::path key_of(const fs::path& folder, const char* name) { return folder / (std::string{name} + ".key"); }

status store_pair(const fs::path& folder, const char* name, const crypto::certificate& certificate,
                  const crypto::private_key& key) {
  // The key first: a certificate without its key would look like a CA that exists.
  if (auto done = store_file(key_of(folder, name), key.pem(), 0600); !done) return done;
  return store_file(pem_of(folder, name), certificate.pem(), 0600);
}

result<crypto::authority> load_authority(const fs::path& folder, const char* name) {
  const auto certificate = load_file(pem_of(folder, name));
  if (!certificate) return certificate.fault();
  const auto key = load_file(key_of(folder, name));
  if (!key) return key.fault();
  auto out = crypto::authority::from_pem(*certificate, *key);
  if (!out) return fault{out.fault().code, pem_of(folder, name).string() + ": " + out.fault().check};
  return out;
}

template <class Make>
result<crypto::authority> load_or_make(const fs::path& folder, const char* name, Make&& make) {
  if (fs::exists(pem_of(folder, name))) return load_authority(folder, name);
  auto made = make();
  if (!made) return made;
  if (auto stored = store_pair(folder, name, made->cert(), made->key()); !stored) return stored.fault();
  return made;
}

struct own_identity {
  crypto::certificate certificate;
  crypto::private_key key;
};

result<own_identity> load_identity(const fs::path& folder, const std::string& service_name, wall_time now) {
  const auto certificate = load_file(pem_of(folder, "service"));
  if (!certificate) return certificate.fault();
  const auto key = load_file(key_of(folder, "service"));
  if (!key) return key.fault();
  auto parsed = crypto::certificate::from_pem(*certificate);
  if (!parsed) return parsed.fault();
  auto loaded = crypto::private_key::from_pem(*key);
  if (!loaded) return loaded.fault();
  const auto& fields = parsed->fields();
  const bool usable = loaded->pub().spki() == fields.spki && fields.dns_names == std::vector{service_name}
                      && fields.not_after.milliseconds > now.milliseconds + 30 * day_ms;
  if (!usable) return fault{errc::expired, "service certificate: to be made anew"};
  return own_identity{std::move(*parsed), std::move(*loaded)};
}

result<own_identity> make_identity(const fs::path& folder, const crypto::authority& issuer,
                                   const std::string& service_name, wall_time now) {
  auto key = crypto::private_key::make_ec(crypto::curve::p256);
  const std::vector<std::string> names{service_name};
  auto certificate = issuer.issue_service(names, key.pub(), days(now, 365));
  if (!certificate) return certificate.fault();
  if (auto stored = store_pair(folder, "service", *certificate, key); !stored) return stored.fault();
  return own_identity{std::move(*certificate), std::move(key)};
}

/// Never replaced: heads that others keep are of the key that signed them.
result<crypto::private_key> load_log_key(const fs::path& folder, const fs::path& published) {
  const auto file = key_of(folder, "log");
  auto key = result<crypto::private_key>{fault{}};
  if (fs::exists(file)) {
    const auto pem = load_file(file);
    if (!pem) return pem.fault();
    key = crypto::private_key::from_pem(*pem);
    if (!key) return fault{key.fault().code, file.string() + ": " + key.fault().check};
  } else if (fs::exists(published)) {
    // A new key would make every head that others keep a stranger's.
    return fault{errc::not_found, file.string() + ": it is gone, and heads were signed with it ("
                                      + published.string()
                                      + "); restore it, or remove both and say why to who keeps heads"};
  } else {
    key = crypto::private_key::make_ec(crypto::curve::p256);
    if (auto stored = store_file(file, key->pem(), 0600); !stored) return stored.fault();
  }
  if (auto stored = store_file(published, key->pub().pem(), 0644); !stored) return stored.fault();
  return key;
}

} // namespace

result<authorities> load_authorities(const fs::path& folder, const fs::path& anchor,
                                     const std::string& service_name, wall_time now) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || ::chmod(folder.c_str(), 0700) != 0) return io_fault(folder, "create");
  auto root = load_or_make(folder, "root", [&] {
    return crypto::authority::make_root(service_name + " root", days(now, 20 * 365));
  });
  if (!root) return root.fault();
  const auto issuer = [&](const char* name, crypto::purpose purpose) {
    return load_or_make(folder, name, [&] {
      return root->make_issuer(purpose, service_name + " " + name, days(now, 10 * 365));
    });
  };
  auto nodes = issuer("nodes", crypto::purpose::node);
  if (!nodes) return nodes.fault();
  auto aks = issuer("aks", crypto::purpose::ak);
  if (!aks) return aks.fault();
  auto services = issuer("services", crypto::purpose::service_tls);
  if (!services) return services.fault();
  auto own = load_identity(folder, service_name, now);
  if (!own) own = make_identity(folder, *services, service_name, now);
  if (!own) return own.fault();
  if (auto stored = store_file(anchor, root->cert().pem(), 0644); !stored) return stored.fault();
  auto log_heads = load_log_key(folder, anchor.parent_path() / "log.pem");
  if (!log_heads) return log_heads.fault();
  return authorities{
      std::move(*root),    std::move(*nodes),  std::move(*aks),      std::move(own->certificate),
      std::move(own->key), {services->cert()}, std::move(*log_heads)};
}

} // namespace muster::service
