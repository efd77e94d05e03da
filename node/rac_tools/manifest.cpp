#include "node/rac_tools/manifest.hpp"

#include "crypto/digest.hpp"
#include "messages/build.hpp"
#include "schemas/manifest.capnp.h"
#include "schemas/wire.capnp.h"
#include "settings/section.hpp"

namespace muster::node {

namespace {

constexpr const char* agent_version = "muster raagent 0.1";
constexpr std::size_t longest_text = 256;
constexpr std::size_t most_advice = 16;

std::string shown(const std::string& text) { return printable(text, longest_text); }

std::string words_of(switch_state state) {
  switch (state) {
  case switch_state::on: return "on";
  case switch_state::off: return "off";
  case switch_state::unknown: break;
  }
  return "unknown";
}

void put_measured_boot(wire::MeasuredBoot::Builder out, const measured_boot& boot) {
  out.setTpm(text_of(shown(boot.tpm)));
  auto banks = out.initBanks(static_cast<unsigned>(boot.banks.size()));
  for (unsigned i = 0; i < boot.banks.size(); ++i)
    banks.set(i, static_cast<std::uint16_t>(boot.banks[i]));
  out.setEventLog(boot.event_log);
  out.setImaPolicy(text_of(shown(boot.ima_policy)));
  out.setSecureBoot(text_of(words_of(boot.secure_boot)));
  auto advice = out.initAdvice(static_cast<unsigned>(std::min(boot.advice.size(), most_advice)));
  for (unsigned i = 0; i < advice.size(); ++i)
    advice.set(i, text_of(shown(boot.advice[i])));
}

} // namespace

bytes make_manifest(const evidence_order& order, const boot_id& boot, byte_view boot_log) {
  return build<wire::Manifest>([&](wire::Manifest::Builder out) {
    out.setNumber(order.number.value);
    out.setNonce(data_of(order.nonce));
    auto banks = out.initSelection(static_cast<unsigned>(order.selection.size()));
    unsigned i = 0;
    for (const auto& bank : order.selection) {
      banks[i].setAlgorithm(static_cast<std::uint16_t>(bank.algorithm));
      banks[i++].setMask(bank.mask);
    }
    out.setBootId(data_of(boot.raw));
    if (!boot_log.empty()) out.setBootLogDigest(data_of(crypto::sha256(boot_log)));
    out.setBootLogSize(boot_log.size());
    out.setImaFirst(order.ima_first);
    out.setAgent(agent_version);
  });
}

result<machine_texts> parse_facts(std::string_view file, std::string_view text) {
  const auto document = settings::parse_document(file, text);
  if (!document) return document.fault();
  machine_texts out;
  settings::problems found{file};
  settings::section keys{*document, "", found};
  keys.text("hostname", out.hostname);
  keys.text("operating_system", out.operating_system);
  keys.text("kernel", out.kernel);
  keys.text("architecture", out.architecture);
  keys.text("product", out.product);
  keys.text("firmware", out.firmware);
  keys.finish();
  if (auto outcome = found.outcome(); !outcome) return outcome.fault();
  return out;
}

std::string pretty_name(std::string_view os_release) {
  constexpr std::string_view key = "PRETTY_NAME=";
  for (std::size_t at = 0; at < os_release.size();) {
    const auto end = std::min(os_release.find('\n', at), os_release.size());
    auto line = os_release.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(key)) continue;
    line.remove_prefix(key.size());
    if (line.size() >= 2 && line.front() == '"' && line.back() == '"') line = line.substr(1, line.size() - 2);
    return std::string{line};
  }
  return {};
}

bytes make_facts(const machine_texts& texts, const measured_boot& boot) {
  return build<wire::MachineFacts>([&](wire::MachineFacts::Builder out) {
    out.setHostname(text_of(shown(texts.hostname)));
    out.setOperatingSystem(text_of(shown(texts.operating_system)));
    out.setKernel(text_of(shown(texts.kernel)));
    out.setArchitecture(text_of(shown(texts.architecture)));
    out.setProduct(text_of(shown(texts.product)));
    out.setFirmware(text_of(shown(texts.firmware)));
    out.setNodeKeyHome("file");
    put_measured_boot(out.initMeasuredBoot(), boot);
  });
}

} // namespace muster::node
