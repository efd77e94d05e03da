#include "checkup/program_lines.hpp"

#include "messages/time_text.hpp"

#include <algorithm>

namespace muster::checkup {

lines judge_configuration(const std::string& file, errc why, std::string_view problems) {
  constexpr const char* subject = "configuration";
  if (problems.empty()) return {good(subject, file + " can be read and understood")};
  lines out;
  while (!problems.empty()) {
    const auto end = std::min(problems.find('\n'), problems.size());
    if (const auto one = problems.substr(0, end); !one.empty())
      out.push_back(why == errc::denied ? unseen(subject, std::string{one}, "run this as root")
                    : why == errc::io   ? bad(subject, std::string{one},
                                              "name the file with --config, and let this user read it")
                                        : bad(subject, std::string{one}, "correct this line of the file"));
    problems.remove_prefix(std::min(end + 1, problems.size()));
  }
  return out;
}

line judge_identity(const identity_facts& seen) {
  constexpr const char* subject = "identity";
  if (!seen.seen)
    return unseen(subject, "what " + seen.state + " holds cannot be seen",
                  "run this as root, or as the user that raagent runs as");
  if (seen.unregistered)
    return bad(subject, "the service unregistered this machine",
               "to enrol it again, remove " + seen.state + "/unregistered and start the agent");
  if (!seen.problem.empty())
    return bad(subject, seen.problem,
               "restore it; or remove node.crt and node.key of " + seen.state
                   + " and start the agent: it enrols again");
  if (!seen.enrolled)
    return note(
        subject,
        "this machine has no certificate of the service: it is not enrolled yet, or waits for approval",
        "start the agent (systemctl enable --now muster-raagent); then muster nodes --shown pending, and "
        "muster node approve");
  const auto says = "enrolled, certificate until " + rfc3339(seen.not_after);
  if (seen.not_after < seen.now)
    return note(subject, says + ": it has ended",
                "the agent proves its TPM and gets another one when it connects");
  return good(subject, says + "; whether the service still admits this machine is not asked");
}

line judge_join_token(const join_token_facts& seen) {
  constexpr const char* subject = "join token";
  const bool gone = seen.problem && seen.problem->code == errc::not_found;
  if (seen.enrolled)
    return note(subject, "this machine is enrolled, and needs no join token any more",
                gone ? "remove join_token_file from the configuration"
                     : "remove " + seen.path + ", and join_token_file from the configuration");
  if (!seen.problem) return good(subject, "one is here; it is used when the machine enrols");
  if (seen.problem->code == errc::io)
    return unseen(subject, seen.problem->check, "run this as root, or as the user that raagent runs as");
  return bad(subject, seen.problem->check,
             "put the output of muster join-token create into " + seen.path
                 + ", with mode 0600, or remove join_token_file");
}

line judge_kept_head(const kept_head_facts& seen) {
  constexpr const char* subject = "log head";
  if (!seen.seen)
    return unseen(subject, "the heads that the agent keeps cannot be seen",
                  "run this as root, or as the user that raagent runs as");
  if (!seen.size)
    return note(subject, "the agent keeps no head of the service's log yet", "it comes with the first beat");
  return good(subject, std::to_string(*seen.size) + " records, signed " + rfc3339(seen.signed_at)
                           + "; the service must match it at each session");
}

line judge_log(const log_facts& seen) {
  constexpr const char* subject = "log head";
  if (!seen.records)
    return unseen(subject, seen.records.fault().check, "see the lines about the socket and the service");
  const auto says =
      std::to_string(*seen.records) + " records"
      + (seen.signed_at.empty() ? ", no signed head yet" : ", newest head of " + seen.signed_at);
  if (seen.rolled_back)
    return bad(subject, says + ": signed records are missing or were changed; no machine is trusted",
               "muster log head says what is missing, and how to acknowledge it if you know why");
  if (seen.unentered != 0)
    return bad(subject, says + "; " + std::to_string(seen.unentered) + " audit records are not in the log",
               "muster log verify FILE, with an export and your copy of log.pem, says what was changed");
  return good(subject, says);
}

line judge_ready(const result<unsigned>& status, std::string_view said) {
  constexpr const char* subject = "readiness";
  if (!status) {
    if (status.fault().code == errc::denied)
      return unseen(subject, status.fault().check, "see the line about the socket");
    return bad(subject, status.fault().check,
               "systemctl status muster-ras, and its log: journalctl -u muster-ras");
  }
  if (*status == 200) return good(subject, "the service answers, and stores verdicts");
  return bad(subject,
             "the service answers " + std::to_string(*status)
                 + (said.empty() ? "" : ": " + std::string{said}),
             "while its disk does not take verdicts or records are rolled back, no machine becomes trusted: "
             "docs/operating.md 7 and 8");
}

lines judge_listen(std::string_view address, bool loopback) {
  if (!loopback) return {};
  return {note("listener", "listen.agents is " + std::string{address} + ", which only this machine reaches",
               "write an address that agents can reach, for example 0.0.0.0:4280, and restart the service")};
}

} // namespace muster::checkup
