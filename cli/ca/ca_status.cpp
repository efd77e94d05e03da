#include "cli/ca/ca_commands.hpp"
#include "cli/client/ask.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/files/output.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <algorithm>
#include <ostream>

namespace muster::cli {

namespace {

std::string key_word(capnp::Text::Reader text) { return printable(text_of(text), 200); }

std::string keys_text(rest::TrustStatus::Reader in) {
  std::string out;
  for (const auto one : in.getAnchors())
    out += "anchor        " + key_word(one.getSha256()) + "  " + key_word(one.getName()) + '\n';
  for (const auto one : in.getIssuers())
    out += "issuer        " + key_word(one.getSha256()) + (one.getPresent() ? "  this service's\n" : "\n");
  return out;
}

std::string counted_machines(std::uint32_t n) { return counted(n, "machine", "machines"); }

/// A single compromised machine can claim any number, so all claims are shown and an operator decides.
std::string ahead_text(rest::TrustStatus::Reader in) {
  if (in.getAhead() == 0) return {};
  auto out = "AHEAD         " + counted_machines(in.getAhead()) + (in.getAhead() == 1 ? " claims" : " claim")
             + " to have a newer list:\n";
  auto others = in.getAhead();
  for (const auto one : in.getClaims()) {
    out += "              list " + std::to_string(one.getNumber()) + ": " + counted_machines(one.getNodes())
           + '\n';
    others -= std::min(others, one.getNodes());
  }
  if (others != 0) out += "              other lists: " + counted_machines(others) + '\n';
  return out
         + "              A compromised machine can claim any number. If an older state of this service's\n"
           "              CA was restored, the next list needs a number above the highest that you believe:\n"
           "              ras ca export-request --above NUMBER\n";
}

std::string machines_text(rest::TrustStatus::Reader in) {
  const auto all = std::to_string(in.getNodes());
  if (in.getNumber() == 0 && in.getAhead() == 0) return "machines      " + all + " enrolled\n";
  auto out = "have it       " + std::to_string(in.getCurrent()) + " of " + all + " enrolled machines\n";
  if (in.getBehind() != 0)
    out += "behind        " + std::to_string(in.getBehind()) + " with an older list, or none\n";
  if (in.getUnheard() != 0)
    out += "not heard     " + std::to_string(in.getUnheard()) + " not connected since ras started\n";
  return out + ahead_text(in);
}

std::string trust_text(rest::TrustStatus::Reader in) {
  const auto list = in.getNumber() == 0 ? std::string{"trust list    none: machines accept every issuer "
                                                      "under the anchor in their configuration\n"}
                                        : "trust list    " + std::to_string(in.getNumber()) + ", until "
                                              + key_word(in.getNotAfter()) + '\n';
  return list + keys_text(in) + machines_text(in);
}

} // namespace

int ca_status(const surroundings& around) {
  const auto got = ask<rest::TrustStatus>(around, {http_method::get, "/v1/ca", {}});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::TrustStatus::Reader in) {
    if (around.format == output_format::json)
      around.out << got->json << '\n';
    else
      around.out << trust_text(in);
  });
  return exit_done;
}

} // namespace muster::cli
