#include "node/checkup/chip_look.hpp"

#include "checkup/probe/clock.hpp"
#include "checkup/probe/paths.hpp"
#include "tpm/device/endorsement.hpp"
#include "tpm/device/identity.hpp"
#include "tpm/device/non_volatile.hpp"
#include "tpm/format/nv_certificates.hpp"

#include <algorithm>

namespace muster::node {

namespace {

/// The path in an address; empty for host and port.
std::string path_of(const tpm::chip_address& at) {
  constexpr std::string_view socket = "path=";
  if (at.kind == tpm::chip_address::transport::device) return at.where;
  return at.where.starts_with(socket) ? at.where.substr(socket.size()) : std::string{};
}

result<crypto::certificate> certificate_in(byte_view content) {
  const auto der = tpm::certificate_in_nv(content);
  if (!der) return der.fault();
  return crypto::certificate::from_der(*der);
}

checkup::ek_facts read_eks(tpm::chip& chip) {
  checkup::ek_facts out;
  for (const auto kind : tpm::ek_preference) {
    const auto index = tpm::certificate_index(kind);
    const auto content = tpm::nv_read(chip, index);
    if (!content && content.fault().code == errc::not_found) continue;
    out.certificates.push_back(
        {"NV index " + tpm::nv_index_text(index),
         content ? certificate_in(*content) : result<crypto::certificate>{content.fault()}});
  }
  const auto chain = tpm::read_ek_chain(chip);
  if (!chain) out.chain_problem = chain.fault().check;
  if (chain) {
    for (const auto& der : chain->certificates)
      if (auto one = crypto::certificate::from_der(der)) out.chain.push_back(*std::move(one));
    for (const auto& note : chain->notes)
      out.chain_problem += (out.chain_problem.empty() ? "" : "; ") + note;
  }
  out.now = checkup::wall_now();
  return out;
}

} // namespace

checkup::chip_facts look_at_chip_path(const tpm::chip_address& at) {
  checkup::chip_facts out;
  out.address = printable(tpm::to_string(at));
  const bool device = at.kind == tpm::chip_address::transport::device;
  out.kind = device ? checkup::chip_transport::device : checkup::chip_transport::software;
  out.user = checkup::this_user();
  const auto path = path_of(at);
  if (path.empty()) return out;
  const auto seen = checkup::look_at(path);
  out.path = seen.path;
  out.there = seen.kind != checkup::path_kind::absent;
  out.usable = seen.writable && (seen.readable || !device);
  if (seen.kind != checkup::path_kind::unseen) out.permissions = checkup::permissions_of(seen);
  return out;
}

chip_look look_at_chip(const tpm::chip_address& at, std::chrono::milliseconds patience) {
  chip_look out{look_at_chip_path(at), {}};
  auto chip = tpm::chip::open(at, patience);
  if (!chip) {
    out.chip.chip = chip.fault();
    return out;
  }
  auto said = tpm::read_identity(*chip);
  if (!said) {
    out.chip.chip = said.fault();
    return out;
  }
  out.chip.chip =
      checkup::chip_identity{std::move(said->manufacturer), std::move(said->vendor), std::move(said->banks)};
  out.ek = read_eks(*chip);
  return out;
}

} // namespace muster::node
