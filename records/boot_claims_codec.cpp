#include "appraisal/claims/field_codec.hpp"
#include "records/record_codec.hpp"

namespace muster::service {

namespace {

constexpr std::uint16_t appraisal_version = 1;

std::string raw_text(capnp::Data::Reader in) { return std::string{as_text(bytes_of(in))}; }
capnp::Data::Reader raw_data(std::string_view text) { return data_of(as_bytes(text)); }

void put_event(records::BootClaims::Event::Builder out, const appraisal::boot_event& in) {
  out.setPcr(in.pcr);
  out.setType(in.type);
  out.setNumber(in.number);
  out.setDigest(data_of(in.digest.view()));
  out.setText(raw_data(in.text));
  out.setLabel(text_of(in.label));
  out.setHint(raw_data(in.hint));
}

appraisal::boot_event read_event(records::BootClaims::Event::Reader in, hash_algorithm bank,
                                 appraisal::field_check& check) {
  appraisal::boot_event out;
  out.pcr = in.getPcr();
  out.type = in.getType();
  out.number = in.getNumber();
  out.digest = check.digest("event.digest", bank, in.getDigest());
  out.text = raw_text(in.getText());
  out.label = text_of(in.getLabel());
  out.hint = raw_text(in.getHint());
  return out;
}

void put_variable(records::BootClaims::Variable::Builder out, const appraisal::variable_claim& in) {
  out.setName(text_of(in.name));
  out.setDigest(data_of(in.digest.view()));
  out.setSize(in.size);
  out.setEntries(in.entries);
  out.setMode(in.mode);
}

} // namespace

record<records::BootClaims> to_record(const appraisal::boot_content& in) {
  return make_record<records::BootClaims>([&](records::BootClaims::Builder out) {
    out.setVersion(appraisal_version);
    auto pcrs = out.initPcrs(static_cast<unsigned>(in.pcrs.size()));
    for (unsigned i = 0; i < in.pcrs.size(); ++i)
      appraisal::put_pcr(pcrs[i], in.pcrs[i]);
    out.setHasLog(in.has_log);
    out.setUnusedLog(static_cast<std::uint8_t>(in.unused));
    out.setBank(static_cast<std::uint16_t>(in.bank));
    auto events = out.initEvents(static_cast<unsigned>(in.events.size()));
    for (unsigned i = 0; i < in.events.size(); ++i)
      put_event(events[i], in.events[i]);
    auto after_log = out.initAfterLog(static_cast<unsigned>(in.after_log.size()));
    for (unsigned i = 0; i < in.after_log.size(); ++i)
      appraisal::put_after_log(after_log[i], in.after_log[i]);
    auto oddities = out.initOddities(static_cast<unsigned>(in.oddities.size()));
    for (unsigned i = 0; i < in.oddities.size(); ++i) {
      oddities[i].setKind(static_cast<std::uint8_t>(in.oddities[i].kind));
      oddities[i].setPcr(in.oddities[i].pcr);
      oddities[i].setDetail(raw_data(in.oddities[i].detail));
    }
    out.setSecureBoot(static_cast<std::uint8_t>(in.secure));
    out.setCommandLineKnown(in.command_line.has_value());
    if (in.command_line) out.setCommandLine(raw_data(*in.command_line));
    out.setAggregate(static_cast<std::uint8_t>(in.aggregate));
    out.setImaPcrs(in.ima_pcrs);
    auto banks = out.initImaBanks(static_cast<unsigned>(in.ima_banks.size()));
    for (unsigned i = 0; i < in.ima_banks.size(); ++i) {
      banks[i].setAlgorithm(static_cast<std::uint16_t>(in.ima_banks[i].algorithm));
      banks[i].setPaddedSha1(in.ima_banks[i].padded_sha1);
    }
    out.setImaPolicyFile(static_cast<std::uint8_t>(in.ima_policy.file));
    if (!in.ima_policy.digest.empty()) {
      out.setImaPolicyAlgorithm(static_cast<std::uint16_t>(in.ima_policy.algorithm));
      out.setImaPolicyDigest(data_of(in.ima_policy.digest.view()));
    }
    if (!in.ima_policy.init.empty()) {
      out.setImaInitAlgorithm(static_cast<std::uint16_t>(in.ima_policy.init_algorithm));
      out.setImaInitDigest(data_of(in.ima_policy.init.view()));
    }
    out.setByValue(in.by_value);
    out.setImaEntries(in.ima_policy.entries);
    auto variables = out.initVariables(static_cast<unsigned>(in.variables.size()));
    for (unsigned i = 0; i < in.variables.size(); ++i)
      put_variable(variables[i], in.variables[i]);
  });
}

result<appraisal::boot_content> boot_from(const view<records::BootClaims>& stored) {
  return stored.read([](records::BootClaims::Reader in) -> result<appraisal::boot_content> {
    appraisal::field_check check{"boot record"};
    check.version(in.getVersion(), appraisal_version);
    appraisal::boot_content out;
    for (const auto one : in.getPcrs())
      out.pcrs.push_back(appraisal::read_pcr(one, check));
    out.has_log = in.getHasLog();
    out.unused = check.value<appraisal::unused_log>("unusedLog", in.getUnusedLog());
    out.bank = check.algorithm("bank", in.getBank());
    for (const auto one : in.getEvents())
      out.events.push_back(read_event(one, out.bank, check));
    for (const auto one : in.getAfterLog())
      out.after_log.push_back(appraisal::read_after_log(one, check));
    for (const auto one : in.getOddities())
      out.oddities.push_back({check.value<appraisal::boot_oddity_kind>("oddity.kind", one.getKind()),
                              one.getPcr(), raw_text(one.getDetail())});
    out.secure = check.value<appraisal::secure_boot>("secureBoot", in.getSecureBoot());
    if (in.getCommandLineKnown()) out.command_line = raw_text(in.getCommandLine());
    out.aggregate = check.value<appraisal::aggregate_claim>("aggregate", in.getAggregate());
    out.ima_pcrs = in.getImaPcrs();
    for (const auto one : in.getImaBanks())
      out.ima_banks.push_back({check.algorithm("imaBank", one.getAlgorithm()), one.getPaddedSha1()});
    out.ima_policy.file = check.value<appraisal::policy_file>("imaPolicyFile", in.getImaPolicyFile());
    if (in.getImaPolicyDigest().size() != 0) {
      out.ima_policy.algorithm = check.algorithm("imaPolicyAlgorithm", in.getImaPolicyAlgorithm());
      out.ima_policy.digest =
          check.digest("imaPolicyDigest", out.ima_policy.algorithm, in.getImaPolicyDigest());
    }
    if (in.getImaInitDigest().size() != 0) {
      out.ima_policy.init_algorithm = check.algorithm("imaInitAlgorithm", in.getImaInitAlgorithm());
      out.ima_policy.init =
          check.digest("imaInitDigest", out.ima_policy.init_algorithm, in.getImaInitDigest());
    }
    out.ima_policy.entries = in.getImaEntries();
    out.by_value = in.getByValue();
    for (const auto one : in.getVariables())
      out.variables.push_back({std::string{text_of(one.getName())},
                               check.digest("variable.digest", out.bank, one.getDigest()), one.getSize(),
                               one.getEntries(), one.getMode()});
    return check.done(std::move(out));
  });
}

} // namespace muster::service
