#include "service/ca_commands.hpp"

#include "crypto/digest.hpp"
#include "crypto/trust_rotation.hpp"
#include "messages/time_text.hpp"
#include "service/privacy_ca/authorities.hpp"
#include "service/privacy_ca/coming_trust.hpp"
#include "service/privacy_ca/key_files.hpp"
#include "service/privacy_ca/trust_files.hpp"

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::service {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t year_ms = 365ULL * 24 * 3600 * 1000;

fault in(const std::string& file, const fault& why) { return {why.code, printable(file) + ": " + why.check}; }

result<std::vector<crypto::certificate>> certificates_in(const std::string& file) {
  const auto content = load_file(file);
  if (!content) return content.fault();
  auto out = crypto::certificate::from_file(as_bytes(*content));
  if (!out) return in(file, out.fault());
  return out;
}

/// The service could not read a key that another user made.
status same_user(const fs::path& ca) {
  struct stat about {};
  if (::stat(ca.c_str(), &about) != 0) return file_fault(ca, "look at");
  if (about.st_uid == ::geteuid()) return {};
  return fault{errc::denied,
               ca.string() + ": it belongs to another user; run this as the user that ras runs as"};
}

result<std::vector<crypto::certificate>> proposed_anchors(std::vector<crypto::certificate> anchors,
                                                          const export_request_options& options) {
  for (const auto& file : options.add_anchors) {
    auto more = certificates_in(file);
    if (!more) return more.fault();
    for (auto& one : *more) {
      if (!one.is_self_signed())
        return fault{errc::denied, printable(file) + ": an anchor is a self-signed certificate of a root"};
      if (std::ranges::find(anchors, one) == anchors.end()) anchors.push_back(std::move(one));
    }
  }
  for (const auto& file : options.drop_anchors) {
    const auto less = certificates_in(file);
    if (!less) return less.fault();
    for (const auto& one : *less)
      if (std::erase(anchors, one) == 0)
        return fault{errc::not_found, printable(file) + ": it is not an anchor in force"};
  }
  if (anchors.empty())
    return fault{errc::denied,
                 "--drop-anchor: no anchor would be left; the next root comes first, with --add-anchor, "
                 "and the old one goes when all machines have that list"};
  return anchors;
}

/// The part of a list that people must compare at both ends.
std::string described(const crypto::trust_list& list) {
  auto out = "list " + std::to_string(list.number) + '\n';
  for (const auto& one : list.anchors)
    out += "  anchor  " + to_hex(crypto::sha256(one.der())) + "  " + one.fields().subject + '\n';
  for (const auto& one : list.issuers)
    out += "  issuer  " + to_hex(one) + '\n';
  return out;
}

std::string mark_of(std::string_view text) {
  return "  SHA-256 of the request  " + to_hex(crypto::sha256(as_bytes(text))) + '\n';
}

} // namespace

result<ceremony_text> export_request(const export_request_options& options) {
  const auto ca = fs::path{options.state} / "ca";
  if (auto good = same_user(ca); !good) return good.fault();
  const auto root = certificates_in((ca / "root.pem").string());
  if (!root) return root.fault();
  const auto trust = read_trust_lists(ca, root->front());
  if (!trust) return trust.fault();
  const auto first = unfinished_rotation(ca, trust->in_force);
  if (!first) return first.fault();
  if (!first->empty()) return fault{errc::busy, *first};
  const auto before = std::max(trust->in_force.number, options.above);
  if (before > max_above)
    return fault{errc::limit, "no number is left above that of the list in force or --above"};
  const auto present = certificates_in((ca / "services.pem").string());
  if (!present) return present.fault();
  auto anchors = proposed_anchors(trust->in_force.anchors, options);
  if (!anchors) return anchors.fault();
  std::vector<bytes32> issuers;
  if (options.issuer != issuer_change::withdraw) issuers.push_back(crypto::issuer_name_of(present->front()));
  std::optional<crypto::private_key> key;
  if (options.issuer != issuer_change::keep) {
    const bool withdraws = options.issuer == issuer_change::withdraw;
    auto made = make_next_key(ca, withdraws ? next_key::fresh : next_key::existing);
    if (!made) return made.fault();
    key = std::move(*made);
    issuers.push_back(crypto::sha256(key->pub().spki()));
  }
  auto list = crypto::make_trust_list(before + 1, std::move(*anchors), std::move(issuers), {});
  if (!list) return list.fault();
  crypto::rotation_request wanted{std::move(*list), options.service, {}};
  if (key) wanted.issuer = key->pub();
  auto text = crypto::make_rotation_request(wanted, key ? &*key : nullptr);
  if (!text) return text.fault();
  auto told = described(wanted.proposed) + mark_of(*text)
              + (options.issuer == issuer_change::withdraw
                     ? "  the new issuer has a new key: requests that were made before are void\n"
                     : "")
              + "next: take it to the root, and there  ras ca sign --root-key FILE REQUEST -o SIGNED\n";
  return ceremony_text{std::move(*text), std::move(told)};
}

result<ceremony_text> sign_request(const sign_request_options& options, wall_time now) {
  const auto pem = load_secret(options.root_key);
  if (!pem) return pem.fault();
  const auto key = crypto::private_key::from_pem(as_text(pem->view()));
  if (!key) return in(options.root_key, key.fault());
  const auto request = crypto::read_rotation_request(options.request);
  if (!request)
    return in(options.file, {request.fault().code,
                             request.fault().check + "; it is what `ras ca export-request -o FILE` wrote"});
  auto signed_text = crypto::sign_rotation(*request, *key, now, std::chrono::hours{24 * options.days});
  if (!signed_text) return signed_text.fault();
  const auto until = now.milliseconds + options.days * 24ULL * 3600 * 1000;
  auto told =
      described(request->proposed) + mark_of(options.request) + "  service " + request->service
      + (request->issuer ? ", with a certificate for a new issuer\n" : "\n") + "  until   " + rfc3339({until})
      + "\nnext: compare this with what export-request said; then, where the service is  muster ca rotate "
        "--signed FILE\n";
  return ceremony_text{std::move(*signed_text), std::move(told)};
}

result<ceremony_text> make_root(const std::string& name, const std::string& key_file, std::uint32_t years,
                                wall_time now) {
  const auto there = is_there(key_file);
  if (!there) return there.fault();
  if (*there)
    return fault{errc::conflict, printable(key_file) + ": it is there already; a key is not replaced"};
  const auto root = crypto::authority::make_root(name, {now, {now.milliseconds + years * year_ms}});
  if (!root) return root.fault();
  if (auto stored = store_file(key_file, root->key().pem(), 0600); !stored) return stored.fault();
  return ceremony_text{root->cert().pem(),
                       "root \"" + printable(name) + "\", key in " + printable(key_file)
                           + "\nnext: give its certificate to  ras ca export-request --add-anchor FILE\n"};
}

} // namespace muster::service
