#include "cli/client/cause_text.hpp"

#include "messages/vocabulary/bytes.hpp"

namespace muster::cli {

namespace {

void add_line(std::string& out, std::string_view label, std::string_view value) {
  if (value.empty()) return;
  out.append("    ").append(label).append(12 - label.size(), ' ').append(printable(value)).append("\n");
}

/// A remedy for many machines cannot name one, nor its group and its findings.
bool has_blanks(std::string_view remedy) {
  for (const std::string_view word : {" GROUP", " NODE", " LIST"})
    if (remedy.find(word) != std::string_view::npos) return true;
  return false;
}

} // namespace

std::string causes_text(capnp::List<rest::Cause>::Reader causes) {
  std::string out;
  for (const auto cause : causes) {
    const auto finding = cause.getFinding();
    out += std::to_string(cause.getMachines()) + (cause.getMachines() == 1 ? " machine   " : " machines  ")
           + printable(text_of(finding.getLevel())) + "  " + printable(text_of(finding.getCheck())) + "  "
           + printable(text_of(finding.getSubject())) + "\n";
    add_line(out, "", text_of(finding.getSentence()));
    add_line(out, "expected", text_of(finding.getExpected()));
    add_line(out, "found", text_of(finding.getFound()));
    std::string names;
    for (const auto name : cause.getSome()) {
      const auto text = text_of(name);
      names += (names.empty() ? "" : ", ") + std::string{text.size() == 64 ? text.substr(0, 16) : text};
    }
    if (cause.getMachines() > cause.getSome().size()) names += ", ...";
    add_line(out, "on", names);
    add_line(out, "what to do", text_of(finding.getRemedy()));
    if (has_blanks(text_of(finding.getRemedy())) && cause.getSome().size() != 0)
      add_line(out, "",
               "muster node show " + std::string{text_of(cause.getSome()[0])}
                   + " has this with every name filled in");
  }
  return out;
}

} // namespace muster::cli
