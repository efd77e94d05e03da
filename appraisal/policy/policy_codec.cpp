#include "appraisal/policy/policy_codec.hpp"

#include "appraisal/claims/field_check.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::uint16_t policy_version = 1;

template <class T, class Text>
std::vector<std::string_view> sorted_texts(const std::vector<T>& in, Text&& text) {
  std::vector<std::string_view> out;
  out.reserve(in.size());
  for (const auto& one : in)
    out.push_back(text(one));
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::string_view> texts_of(const std::vector<pattern>& in) {
  return sorted_texts(in, [](const pattern& one) { return std::string_view{one.text()}; });
}

template <class List> void put_texts(List out, const std::vector<std::string_view>& in) {
  for (unsigned i = 0; i < in.size(); ++i)
    out.set(i, data_of(as_bytes(in[i])));
}

unsigned count(std::size_t n) noexcept { return static_cast<unsigned>(n); }

template <class Out> void put_digest(Out out, hash_algorithm algorithm, const crypto::digest& value) {
  out.setAlgorithm(static_cast<std::uint16_t>(algorithm));
  out.setValue(data_of(value.view()));
}

template <class Init> void put_digests(Init&& init, std::vector<variable_digest> digests) {
  std::ranges::sort(digests, [](const variable_digest& a, const variable_digest& b) {
    return a.algorithm != b.algorithm ? a.algorithm < b.algorithm
                                      : std::ranges::lexicographical_compare(a.value.view(), b.value.view());
  });
  auto list = init(count(digests.size()));
  for (unsigned i = 0; i < digests.size(); ++i)
    put_digest(list[i], digests[i].algorithm, digests[i].value);
}

void put_denied(records::Policy::Builder out, const deny_list& in) {
  auto list = out.initDenied(count(in.entries().size()));
  for (unsigned i = 0; i < in.entries().size(); ++i) {
    const auto& one = in.entries()[i];
    put_digest(list[i].initDigest(), one.algorithm, one.value);
    list[i].setReason(data_of(as_bytes(one.reason)));
  }
}

bool bound_before(const bound_value& a, const bound_value& b) noexcept {
  if (a.pcr != b.pcr) return a.pcr < b.pcr;
  if (a.algorithm != b.algorithm) return a.algorithm < b.algorithm;
  return std::ranges::lexicographical_compare(a.value.view(), b.value.view());
}

void put_bound(records::Policy::Builder out, std::vector<bound_value> in) {
  if (in.empty()) return;
  std::ranges::sort(in, bound_before);
  auto list = out.initBoundValues(count(in.size()));
  for (unsigned i = 0; i < in.size(); ++i) {
    list[i].setPcr(in[i].pcr);
    put_digest(list[i].initDigest(), in[i].algorithm, in[i].value);
    list[i].setModel(data_of(as_bytes(in[i].model)));
  }
}

void put_required(records::Policy::Builder out, const required_claims& in) {
  out.setRequireSecureBoot(in.secure_boot == demand::required);
  out.setRequireBootAggregate(in.boot_aggregate == demand::required);
  out.setRequireImaPolicy(in.ima_policy == ima_policy_demand::initial_disk);
  out.setRequireImaPolicyRead(in.ima_policy == ima_policy_demand::file);
  out.setRequireImaPolicyNamed(in.ima_policy == ima_policy_demand::command_line);
  out.setDbxEntries(in.dbx_entries);
  put_digests([&](unsigned n) { return out.initDbxDigests(n); }, in.dbx_digests);
  put_digests([&](unsigned n) { return out.initPkDigests(n); }, in.pk_digests);
  put_digests([&](unsigned n) { return out.initKekDigests(n); }, in.kek_digests);
  put_digests([&](unsigned n) { return out.initDbDigests(n); }, in.db_digests);
  put_digests([&](unsigned n) { return out.initMokDigests(n); }, in.mok_digests);
  out.setRequireNoOptionRoms(in.no_option_roms == demand::required);
  out.setRequireUnifiedKernel(in.unified_kernel == demand::required);
  const auto matches = texts_of(in.command_line_matches);
  put_texts(out.initCommandLineMatches(count(matches.size())), matches);
  const auto excludes = texts_of(in.command_line_excludes);
  put_texts(out.initCommandLineExcludes(count(excludes.size())), excludes);
  out.setFirmwareAtLeast(text_of(in.firmware_at_least));
}

void put_signatures(records::Policy::Builder out, const signature_rules& in) {
  out.setSignatureMode(static_cast<std::uint8_t>(in.mode));
  auto keys = in.keys;
  std::ranges::sort(keys, [](const pinned_key& a, const pinned_key& b) {
    return a.fingerprint() != b.fingerprint() ? a.fingerprint() < b.fingerprint() : a.key_id() < b.key_id();
  });
  auto list = out.initPinnedKeys(count(keys.size()));
  for (unsigned i = 0; i < keys.size(); ++i) {
    list[i].setSpki(data_of(keys[i].spki()));
    list[i].setKeyId(keys[i].key_id());
  }
  const auto required = texts_of(in.required);
  put_texts(out.initSignaturesRequired(count(required.size())), required);
}

std::vector<buffer_rule> sorted_rules(std::vector<buffer_rule> rules) {
  std::ranges::sort(rules, [](const buffer_rule& a, const buffer_rule& b) {
    return a.name != b.name ? a.name < b.name : a.digest < b.digest;
  });
  return rules;
}

template <class List> void put_rules(List out, const std::vector<buffer_rule>& sorted) {
  for (unsigned i = 0; i < sorted.size(); ++i) {
    out[i].setName(text_of(sorted[i].name));
    if (sorted[i].digest) out[i].setDigest(data_of(*sorted[i].digest));
  }
}

void put_buffers(records::Policy::Builder out, const buffer_rules& in) {
  put_rules(out.initKeyrings(count(in.keyrings.size())), sorted_rules(in.keyrings));
  put_rules(out.initCriticalData(count(in.critical_data.size())), sorted_rules(in.critical_data));
  const auto lines = texts_of(in.kexec_command_line);
  put_texts(out.initKexecCommandLines(count(lines.size())), lines);
}

/// Compiles the patterns of a record again.
template <class List>
std::vector<pattern> read_patterns(List in, const char* field, result<pattern> (*make)(std::string),
                                   field_check& check) {
  std::vector<pattern> out;
  for (const auto one : in) {
    auto made = make(std::string{as_text(bytes_of(one))});
    if (made)
      out.push_back(*std::move(made));
    else
      check.fail(field, "not a valid pattern");
  }
  return out;
}

demand demand_of(bool required) noexcept { return required ? demand::required : demand::none; }

template <class List>
std::vector<variable_digest> read_digests(List in, const char* field, field_check& check) {
  std::vector<variable_digest> out;
  for (const auto one : in) {
    const auto algorithm = check.algorithm(field, one.getAlgorithm());
    out.push_back({algorithm, check.digest(field, algorithm, one.getValue())});
  }
  return out;
}

void read_denied(records::Policy::Reader in, deny_list& out, field_check& check) {
  for (const auto one : in.getDenied()) {
    const auto algorithm = check.algorithm("denied", one.getDigest().getAlgorithm());
    out.add({algorithm, check.digest("denied", algorithm, one.getDigest().getValue()),
             std::string{as_text(bytes_of(one.getReason()))}});
  }
}

void read_required(records::Policy::Reader in, required_claims& out, field_check& check) {
  out.secure_boot = demand_of(in.getRequireSecureBoot());
  out.boot_aggregate = demand_of(in.getRequireBootAggregate());
  out.ima_policy = in.getRequireImaPolicy()        ? ima_policy_demand::initial_disk
                   : in.getRequireImaPolicyRead()  ? ima_policy_demand::file
                   : in.getRequireImaPolicyNamed() ? ima_policy_demand::command_line
                                                   : ima_policy_demand::any;
  out.dbx_entries = in.getDbxEntries();
  out.dbx_digests = read_digests(in.getDbxDigests(), "dbxDigests", check);
  out.pk_digests = read_digests(in.getPkDigests(), "pkDigests", check);
  out.kek_digests = read_digests(in.getKekDigests(), "kekDigests", check);
  out.db_digests = read_digests(in.getDbDigests(), "dbDigests", check);
  out.mok_digests = read_digests(in.getMokDigests(), "mokDigests", check);
  out.no_option_roms = demand_of(in.getRequireNoOptionRoms());
  out.unified_kernel = demand_of(in.getRequireUnifiedKernel());
  out.command_line_matches =
      read_patterns(in.getCommandLineMatches(), "commandLineMatches", pattern::make, check);
  out.command_line_excludes =
      read_patterns(in.getCommandLineExcludes(), "commandLineExcludes", pattern::make, check);
  out.firmware_at_least = text_of(in.getFirmwareAtLeast());
}

void read_bound(records::Policy::Reader in, std::vector<bound_value>& out, field_check& check) {
  for (const auto one : in.getBoundValues()) {
    const auto algorithm = check.algorithm("boundValues", one.getDigest().getAlgorithm());
    auto value = check.digest("boundValues", algorithm, one.getDigest().getValue());
    out.push_back({one.getPcr(), algorithm, value, std::string{as_text(bytes_of(one.getModel()))}});
  }
}

void read_signatures(records::Policy::Reader in, signature_rules& out, field_check& check) {
  out.mode = check.value<signature_mode>("signatureMode", in.getSignatureMode());
  for (const auto one : in.getPinnedKeys()) {
    auto key = pinned_key::from_spki(bytes_of(one.getSpki()), one.getKeyId());
    if (key)
      out.keys.push_back(*std::move(key));
    else
      check.fail("pinnedKeys", "not a valid key");
  }
  out.required = read_patterns(in.getSignaturesRequired(), "signaturesRequired", pattern::make, check);
}

template <class List> std::vector<buffer_rule> read_rules(List in, const char* field, field_check& check) {
  std::vector<buffer_rule> out;
  for (const auto one : in)
    out.push_back({std::string{text_of(one.getName())}, check.digest32(field, one.getDigest())});
  return out;
}

void read_buffers(records::Policy::Reader in, buffer_rules& out, field_check& check) {
  out.keyrings = read_rules(in.getKeyrings(), "keyrings", check);
  out.critical_data = read_rules(in.getCriticalData(), "criticalData", check);
  out.kexec_command_line =
      read_patterns(in.getKexecCommandLines(), "kexecCommandLines", pattern::make, check);
}

void read_levels(records::Policy::Reader in, policy& out, field_check& check) {
  for (const auto one : in.getLevels()) {
    const auto known = judged_check_from(text_of(one.getCheck()));
    const auto level = check.value<severity>("level", one.getLevel());
    if (known)
      out.of(*known) = level;
    else
      check.fail("levels", "an unknown check");
  }
  const auto best = in.getBest();
  if (best.size() != out.cap.size()) return check.fail("best", "is not one verdict for each endorsement");
  for (unsigned i = 0; i < best.size(); ++i)
    out.cap[i] = check.value<verdict>("best", best[i]);
}

} // namespace

record<records::Policy> to_record(const policy& p) {
  return make_record<records::Policy>([&](records::Policy::Builder out) {
    out.setVersion(policy_version);
    out.setFileMode(static_cast<std::uint8_t>(p.files));
    out.setViolations(static_cast<std::uint8_t>(p.violations));
    const auto prefixes =
        sorted_texts(p.exclude, [](const std::string& one) { return std::string_view{one}; });
    put_texts(out.initExclude(count(prefixes.size())), prefixes);
    const auto patterns = texts_of(p.exclude_matching);
    put_texts(out.initExcludeMatching(count(patterns.size())), patterns);
    auto levels = out.initLevels(judged_check_count);
    for (unsigned i = 0; i < judged_check_count; ++i) {
      levels[i].setCheck(text_of(std::string{name_of(static_cast<judged_check>(i))}));
      levels[i].setLevel(static_cast<std::uint8_t>(p.levels[i]));
    }
    auto best = out.initBest(count(p.cap.size()));
    for (unsigned i = 0; i < p.cap.size(); ++i)
      best.set(i, static_cast<std::uint8_t>(p.cap[i]));
    out.setImaPolicyCloses(p.ima_policy_closes);
    const auto parameters =
        sorted_texts(p.harmless_parameters, [](const std::string& one) { return std::string_view{one}; });
    if (!parameters.empty()) put_texts(out.initHarmlessParameters(count(parameters.size())), parameters);
    const auto commands =
        sorted_texts(p.harmless_commands, [](const std::string& one) { return std::string_view{one}; });
    if (!commands.empty()) put_texts(out.initHarmlessCommands(count(commands.size())), commands);
    out.setImaPcrs(p.ima_pcrs);
    put_required(out, p.require);
    put_signatures(out, p.signatures);
    put_buffers(out, p.buffers);
    put_denied(out, p.denied);
    put_bound(out, p.bound);
  });
}

bytes32 digest_of(const policy& p) { return crypto::sha256(to_record(p).content()); }

result<policy> policy_from(const view<records::Policy>& stored) {
  return stored.read([](records::Policy::Reader in) -> result<policy> {
    field_check check{"policy"};
    check.version(in.getVersion(), policy_version);
    policy out;
    out.files = check.value<file_mode>("fileMode", in.getFileMode());
    out.violations = check.value<violation_rule>("violations", in.getViolations());
    out.exclude.clear();
    for (const auto one : in.getExclude())
      out.exclude.emplace_back(as_text(bytes_of(one)));
    out.exclude_matching =
        read_patterns(in.getExcludeMatching(), "excludeMatching", make_path_pattern, check);
    out.ima_policy_closes = in.getImaPolicyCloses();
    for (const auto one : in.getHarmlessParameters())
      out.harmless_parameters.emplace_back(as_text(bytes_of(one)));
    for (const auto one : in.getHarmlessCommands())
      out.harmless_commands.emplace_back(as_text(bytes_of(one)));
    out.ima_pcrs = in.getImaPcrs();
    read_levels(in, out, check);
    read_required(in, out.require, check);
    read_signatures(in, out.signatures, check);
    read_buffers(in, out.buffers, check);
    read_denied(in, out.denied, check);
    read_bound(in, out.bound, check);
    if (const auto defect = defect_of(out); !defect.empty()) check.fail("value", defect.c_str());
    return check.done(std::move(out));
  });
}

} // namespace muster::appraisal
