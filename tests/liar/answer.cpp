#include "tests/liar/answer.hpp"

#include "messages/build.hpp"
#include "schemas/manifest.capnp.h"
#include "tpm/evidence/binding.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

frame manifest_of(const service::challenge& asked, std::uint64_t first_entry, const account& told,
                  byte_view boot_log) {
  return frame::adopt(build<wire::Manifest>([&](wire::Manifest::Builder m) {
    m.setNumber(asked.issue.number.value);
    m.setNonce(data_of(asked.issue.nonce));
    auto out = m.initSelection(static_cast<unsigned>(asked.issue.selection.size()));
    unsigned i = 0;
    for (const auto& bank : asked.issue.selection) {
      out[i].setAlgorithm(static_cast<std::uint16_t>(bank.algorithm));
      out[i++].setMask(bank.mask);
    }
    m.setBootId(data_of(told.id.raw));
    if (told.has_boot) {
      m.setBootLogDigest(data_of(crypto::sha256(boot_log)));
      m.setBootLogSize(boot_log.size());
    }
    m.setImaFirst(first_entry);
  }));
}

} // namespace

quoting quoted_by(const testing::soft_tpm& key) {
  return [&key](byte_view extra_data, const tpm::pcr_selection& selection, const tpm::pcr_values& values,
                const tpm::clock_info& at) {
    auto fields = key.honest(extra_data, selection, values);
    fields.clock = at.clock;
    fields.reset_count = at.reset_count;
    fields.restart_count = at.restart_count;
    fields.safe = at.safe ? 1 : 0;
    return key.sign(fields);
  };
}

answer answer_to(const service::challenge& asked, const service::evidence_channel& channel,
                 std::uint64_t first_entry, const account& told, const chip& tpm, const quoting& quote) {
  answer out;
  const auto whole_log = told.has_boot ? to_bytes(told.boot) : bytes{};
  out.manifest = manifest_of(asked, first_entry, told, whole_log);
  if (asked.issue.logs == appraisal::logs_wanted::whole) out.boot_log = whole_log;
  out.ima_log = to_bytes(told.list, static_cast<std::size_t>(first_entry));
  const auto values = tpm.values(asked.issue.selection);
  out.hints = told.hints ? values : tpm::pcr_values{};
  const auto binding =
      tpm::quote_binding({asked.issue.nonce, channel.node, channel.exporter,
                          crypto::sha256(channel.node_spki), crypto::sha256(out.manifest.view())});
  out.quote = quote(binding.view(), asked.issue.selection, values, tpm.clock());
  return out;
}

} // namespace muster::liar
