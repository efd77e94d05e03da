#include "node/checkup/chip_look.hpp"

#include "checkup/probe/clock.hpp"
#include "checkup/probe/paths.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/format/der_prefix.hpp"
#include "tpm/device/endorsement.hpp"
#include "tpm/device/identity.hpp"
#include "tpm/device/non_volatile.hpp"

#include <algorithm>

namespace muster::node {

namespace {

/// The path in an address; empty for host and port.
std::string path_of(const tpm::chip_address& at) {
  constexpr std::string_view socket = "path=";
  if (at.kind == tpm::chip_address::transport::device) return at.where;
  return at.where.starts_with(socket) ? at.where.substr(socket.size()) : std::string{};
}

std::string index_name(std::uint32_t index) { return "NV index 0x" + to_hex(writer{}.u32_be(index).view()); }

checkup::ek_facts read_eks(tpm::chip& chip) {
  checkup::ek_facts out;
  for (const auto kind : tpm::ek_preference) {
    const auto index = tpm::certificate_index(kind);
    const auto content = tpm::nv_read(chip, index);
    if (!content && content.fault().code == errc::not_found) continue;
    out.certificates.push_back({index_name(index), content ? certificate_in_index(*content)
                                                           : result<crypto::certificate>{content.fault()}});
  }
  const auto chain = tpm::read_ek_chain(chip);
  if (!chain) out.chain_problem = chain.fault().check;
  if (chain)
    for (const auto& der : *chain)
      if (auto one = crypto::certificate::from_der(der)) out.chain.push_back(*std::move(one));
  out.now = checkup::wall_now();
  return out;
}

} // namespace

result<crypto::certificate> certificate_in_index(byte_view content) {
  const auto filled_with = [content](std::uint8_t byte) {
    return std::ranges::all_of(content, [byte](std::uint8_t one) { return one == byte; });
  };
  if (filled_with(0x00)) return fault{errc::not_found, "it holds zeros only, no certificate"};
  if (filled_with(0xff)) return fault{errc::not_found, "it was never written (all ff)"};
  constexpr std::array<std::uint8_t, 3> header{0x10, 0x01, 0x00};
  constexpr std::size_t header_size = header.size() + 2;
  if (content.size() > header_size && same(content.first(header.size()), header))
    content = content.subspan(header_size);
  const auto der = tpm::der_prefix(content);
  if (!der) return der.fault();
  return crypto::certificate::from_der(*der);
}

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
