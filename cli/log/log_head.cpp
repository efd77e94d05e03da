#include "cli/client/ask.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/files/output.hpp"
#include "cli/log/log_commands.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli {

namespace {

std::string clean(capnp::Text::Reader text) { return printable(text_of(text), 200); }

std::string named(rest::LogAlarm::Reader alarm) {
  return std::to_string(alarm.getSize()) + ':' + clean(alarm.getRoot());
}

/// Which part of the log is lost, in words.
std::string lost(rest::LogAlarm::Reader alarm) {
  if (alarm.getBefore() == 0)
    return "records of incarnation " + std::to_string(alarm.getIncarnation()) + " were changed";
  return "what was signed before incarnation " + std::to_string(alarm.getBefore()) + " and is not in the log";
}

std::string status_text(rest::LogStatus::Reader in) {
  auto out = "records       " + std::to_string(in.getSize()) + '\n';
  if (in.hasHead())
    out += "newest head   " + std::to_string(in.getHead().getSize()) + ':' + clean(in.getHead().getRoot())
           + "\n  signed      " + clean(in.getHead().getWhen()) + "\n  log         "
           + clean(in.getHead().getLog()) + ", incarnation " + std::to_string(in.getHead().getIncarnation())
           + '\n';
  if (in.getRefusedHeads() != 0)
    out += "refused       " + counted(in.getRefusedHeads(), "head", "heads")
           + " that this service never signed\n";
  if (in.getUnentered() != 0)
    out += "UNENTERED     " + counted(in.getUnentered(), "audit record is", "audit records are")
           + " not in the log\n";
  if (in.getLostHeads() != 0)
    out += "lost          " + counted(in.getLostHeads(), "time", "times")
           + " a head of an acknowledged loss was shown\n";
  std::string command;
  for (const auto one : in.getAlarms()) {
    if (one.getAcknowledged().size() != 0) {
      out += "acknowledged  " + named(one) + " by " + clean(one.getAcknowledgedBy()) + " at "
             + clean(one.getAcknowledged()) + "\n  lost        " + lost(one) + '\n';
      continue;
    }
    out += "CONTRADICTED  " + named(one) + "\n  signed      " + clean(one.getWhen()) + ", incarnation "
           + std::to_string(one.getIncarnation()) + "\n  kept by     " + clean(one.getFrom())
           + "\n  lost        " + lost(one) + '\n';
    command += " --head " + named(one);
  }
  if (in.getRolledBack())
    out += "ROLLED BACK: signed records are missing or were changed. No machine is trusted, and none can "
           "enrol.\n"
           "If you know why, for example because a backup was restored:\n"
           "  muster log acknowledge"
           + command + '\n';
  return out;
}

} // namespace

int log_head(const surroundings& around) {
  const auto got = ask<rest::LogStatus>(around, {http_method::get, "/v1/log/head", {}});
  if (!got) return report(around, got.fault());
  return got->message.read([&](rest::LogStatus::Reader in) {
    if (around.format == output_format::json)
      around.out << got->json << '\n';
    else
      around.out << status_text(in);
    return in.getRolledBack() ? exit_untrusted : exit_done;
  });
}

} // namespace muster::cli
