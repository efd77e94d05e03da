#include "records/rest_words.hpp"

#include "messages/build.hpp"
#include "messages/view.hpp"

#include <array>

namespace muster::service {

namespace {

std::string_view kind_name(finding_kind kind) {
  constexpr std::array<std::string_view, 4> names{"claim", "evidence", "event", "identity"};
  const auto at = static_cast<std::size_t>(kind);
  return at < names.size() ? names[at] : "unknown";
}

} // namespace

void put_finding(rest::Finding::Builder out, const finding& in) {
  out.setCheck(text_of(in.check));
  out.setKind(text_of(std::string{kind_name(in.kind)}));
  out.setLevel(text_of(std::string{to_string(in.level)}));
  out.setSubject(text_of(in.subject));
  out.setExpected(text_of(in.expected));
  out.setFound(text_of(in.found));
  out.setSentence(text_of(in.sentence));
  out.setRemedy(text_of(in.remedy));
}

void put_cause(rest::Cause::Builder out, const appraisal::cause& in) {
  put_finding(out.initFinding(), in.example);
  out.setMachines(in.machines);
  auto some = out.initSome(static_cast<unsigned>(in.some.size()));
  for (unsigned i = 0; i < in.some.size(); ++i)
    some.set(i, text_of(in.some[i]));
}

} // namespace muster::service
