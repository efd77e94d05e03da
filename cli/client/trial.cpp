#include "cli/client/trial.hpp"

#include "cli/client/cause_text.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/client/text_table.hpp"
#include "cli/files/output.hpp"

#include <ostream>

namespace muster::cli {

namespace {

constexpr unsigned shown_changes = 50;

/// The word that people see elsewhere for a machine with this verdict, while its lease lasts.
std::string shown_word(std::string_view verdict) {
  if (verdict == "affirming") return "trusted";
  if (verdict == "contraindicated") return "untrusted";
  return verdict == "none" ? "unknown" : printable(verdict);
}

void print(const surroundings& around, rest::Trial::Reader in) {
  auto& out = around.out;
  out << "group " << printable(text_of(in.getGroup())) << ": "
      << counted(in.getMachines(), "machine", "machines") << ", " << in.getGood() << " of them good; "
      << in.getChanging() << " would change, " << in.getTurningBad() << " would turn untrusted\n";
  if (in.getWithoutClaims() != 0)
    out << "  " << counted(in.getWithoutClaims(), "machine has", "machines have")
        << " nothing verified yet, so nothing is known\n";
  if (in.getUnreadable() != 0)
    out << "  " << counted(in.getUnreadable(), "machine", "machines")
        << " cannot be predicted: damaged records (see the log of ras), or signatures not checked yet\n";
  if (in.getChanges().size() != 0) {
    text_table table{{"MACHINE", "NOW", "THEN", "WHY"}};
    for (unsigned i = 0; i < std::min(in.getChanges().size(), shown_changes); ++i) {
      const auto one = in.getChanges()[i];
      const auto name =
          one.getName().size() != 0 ? text_of(one.getName()) : text_of(one.getNode()).substr(0, 16);
      const auto why = one.getWhy();
      table.add({std::string{name}, shown_word(text_of(one.getFrom())), shown_word(text_of(one.getTo())),
                 std::string{text_of(why.getCheck())} + " " + std::string{text_of(why.getSubject())}});
    }
    out << '\n' << table.text(colours::none, 0);
    if (in.getChanges().size() > shown_changes)
      out << "... and " << in.getChanging() - shown_changes << " more; -o json has up to 1,000\n";
  }
  if (in.getCauses().size() != 0) out << "\nnew causes:\n" << causes_text(in.getCauses());
  if (in.getRefused())
    out << "\nThe guard would refuse it: more than one machine, and more than "
        << unsigned{in.getGuardPercent()} << " % of the good ones, would turn untrusted.\n";
  out << "\nNothing was changed.\n";
  if (in.getDigest().size() != 0) out << "digest  " << printable(text_of(in.getDigest())) << '\n';
}

} // namespace

int show_trial(const surroundings& around, const http_call& call) {
  const auto got = ask<rest::Trial>(around, call);
  if (!got) return report(around, got.fault());
  return got->message.read([&](rest::Trial::Reader in) {
    if (around.format == output_format::json)
      around.out << got->json << '\n';
    else
      print(around, in);
    return in.getRefused() ? exit_untrusted : in.getTurningBad() != 0 ? exit_warning : exit_done;
  });
}

} // namespace muster::cli
