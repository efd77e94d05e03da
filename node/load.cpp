#include "node/load.hpp"

#include "files/open_fault.hpp"
#include "net/proxy_file.hpp"
#include "node/ra_agent/join_token_file.hpp"
#include "tpm/device/address.hpp"
#include "tpm/files/file_kind.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace muster::node {

namespace {

constexpr std::size_t max_file = 1024 * 1024;

fault in_file(const std::string& path, const fault& why) {
  return {why.code, printable(path) + ": " + why.check};
}

result<std::string> read_text(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return in_file(path, files::open_fault(errno));
  std::string text(max_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return in_file(path, files::open_fault(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_file) return fault{errc::limit, printable(path) + ": too long"};
  text.shrink_to_fit();
  return text;
}

} // namespace

result<settings::node_settings> load_settings(const std::string& file) {
  const auto text = read_text(file);
  if (!text) return text.fault();
  return settings::parse_node_settings(file, *text);
}

result<std::vector<crypto::certificate>> load_anchors(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return text.fault();
  auto found = crypto::certificate::from_file(as_bytes(*text));
  if (!found)
    return in_file(
        path, {found.fault().code,
               found.fault().check + ": this is " + std::string{tpm::to_string(tpm::kind_of(as_bytes(*text)))}
                   + ", and not a certificate: copy anchor.pem from the state folder of the service"});
  if (found->empty()) return fault{errc::not_found, printable(path) + ": it holds no certificate"};
  return found;
}

result<std::optional<net::proxy_route>> load_route(const settings::service_reference& service) {
  if (!service.via) return std::optional<net::proxy_route>{};
  auto route = net::load_proxy_route(*service.via, service.via_credentials);
  if (!route) return route.fault();
  return std::optional{std::move(*route)};
}

result<std::vector<std::string>> check_named_files(const settings::node_settings& settings) {
  const auto anchors = load_anchors(settings.service.anchor);
  if (!anchors) return fault{anchors.fault().code, "service.anchor: " + anchors.fault().check};
  const auto token = load_join_token(settings.join_token_file);
  // A machine that was admitted needs none. Whether this one was, is not known here: a start says it.
  if (!token && token.fault().code != errc::not_found)
    return fault{token.fault().code, "join_token_file: " + token.fault().check};
  if (const auto via = load_route(settings.service); !via)
    return fault{via.fault().code, "service.via_credentials: " + via.fault().check};
  const auto chip = tpm::parse_chip_address(settings.tpm);
  if (!chip) return fault{chip.fault().code, "tpm: " + chip.fault().check};
  std::vector<std::string> out{"anchors: " + std::to_string(anchors->size())};
  std::error_code ignored;
  if (chip->kind == tpm::chip_address::transport::device && !std::filesystem::exists(chip->where, ignored))
    out.push_back("tpm: WARNING: " + printable(chip->where)
                  + " is not there: is the TPM switched on in the firmware, and its driver loaded?");
  if (!token)
    out.push_back("join_token_file: WARNING: " + token.fault().check
                  + "; a machine that was not admitted yet does not start without it");
  return out;
}

} // namespace muster::node
