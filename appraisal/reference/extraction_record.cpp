#include "appraisal/reference/extraction_record.hpp"

#include "appraisal/claims/field_check.hpp"

namespace muster::appraisal {

namespace {

constexpr std::uint16_t rules_version = 1;

std::vector<std::string> sorted_texts(const std::vector<pattern>& in) {
  std::vector<std::string> out;
  out.reserve(in.size());
  for (const auto& one : in)
    out.push_back(one.text());
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void put_patterns(capnp::List<capnp::Data>::Builder out, const std::vector<std::string>& in) {
  for (unsigned i = 0; i < in.size(); ++i)
    out.set(i, data_of(as_bytes(in[i])));
}

std::vector<pattern> read_path_patterns(capnp::List<capnp::Data>::Reader in, const char* field,
                                        field_check& check) {
  std::vector<pattern> out;
  if (in.size() > extraction_rules::max_patterns) {
    check.fail(field, "more than there may be");
    return out;
  }
  for (const auto one : in) {
    auto made = pattern::make(std::string{as_text(bytes_of(one))});
    if (made)
      out.push_back(*std::move(made));
    else
      check.fail(field, "not a valid pattern");
  }
  return out;
}

} // namespace

void put_event_rules(capnp::List<records::EventRule>::Builder out, const std::vector<event_rule>& rules) {
  for (unsigned i = 0; i < rules.size(); ++i) {
    out[i].setPcr(rules[i].pcr);
    out[i].setTyped(rules[i].type.has_value());
    out[i].setType(rules[i].type.value_or(0));
    out[i].setDescription(data_of(as_bytes(rules[i].description.text())));
  }
}

std::vector<event_rule> read_event_rules(capnp::List<records::EventRule>::Reader in, field_check& check) {
  std::vector<event_rule> out;
  if (in.size() > extraction_rules::max_events) {
    check.fail("eventRules", "more than there may be");
    return out;
  }
  for (const auto one : in) {
    auto made = pattern::make(std::string{as_text(bytes_of(one.getDescription()))});
    if (!made || one.getPcr() > 23) {
      check.fail("eventRules", "not a valid rule");
      continue;
    }
    std::optional<std::uint32_t> type;
    if (one.getTyped()) type = one.getType();
    out.push_back({one.getPcr(), type, *std::move(made)});
  }
  return out;
}

record<records::ExtractionRules> to_record(const extraction_rules& rules) {
  return make_record<records::ExtractionRules>([&](records::ExtractionRules::Builder out) {
    out.setVersion(rules_version);
    out.setPcrs(rules.pcrs);
    const auto events = sorted(rules.leave_out);
    put_event_rules(out.initLeaveOut(static_cast<unsigned>(events.size())), events);
    const auto include = sorted_texts(rules.include_files);
    put_patterns(out.initIncludeFiles(static_cast<unsigned>(include.size())), include);
    const auto exclude = sorted_texts(rules.exclude_files);
    put_patterns(out.initExcludeFiles(static_cast<unsigned>(exclude.size())), exclude);
  });
}

bytes32 digest_of(const extraction_rules& rules) { return crypto::sha256(to_record(rules).content()); }

result<extraction_rules> extraction_rules_from(const view<records::ExtractionRules>& stored) {
  return stored.read([](records::ExtractionRules::Reader in) -> result<extraction_rules> {
    field_check check{"extraction rules"};
    check.version(in.getVersion(), rules_version);
    extraction_rules out;
    out.pcrs = in.getPcrs();
    out.leave_out = read_event_rules(in.getLeaveOut(), check);
    out.include_files = read_path_patterns(in.getIncludeFiles(), "includeFiles", check);
    out.exclude_files = read_path_patterns(in.getExcludeFiles(), "excludeFiles", check);
    if (const auto defect = defect_of(out); !defect.empty()) check.fail("value", defect.c_str());
    return check.done(std::move(out));
  });
}

} // namespace muster::appraisal
