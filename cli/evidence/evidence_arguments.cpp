#include "cli/evidence/evidence_arguments.hpp"

#include "cli/evidence/eventlog.hpp"
#include "cli/evidence/imalog.hpp"

#include <CLI/CLI.hpp>

namespace muster::cli {

namespace {

void add_logs(CLI::App& app, typed_evidence& in, chosen_action& chosen) {
  auto* boot = app.add_subcommand(
      "eventlog", "Read a boot log (binary_bios_measurements) and replay it; needs no service");
  boot->add_option("FILE", in.log, "The log")->required();
  boot->add_option(
          "--registers", in.registers,
          "What the log's registers are called: tpm, or tdx for a CCEL of Intel TDX (RTMR0 to RTMR3)")
      ->check(CLI::IsMember({"tpm", "tdx"}));
  boot->callback([&] {
    chosen = [&](const surroundings& around) {
      return eventlog_command({in.log, around.format, log_registers_from(in.registers)}, around.out,
                              around.err);
    };
  });
  auto* files = app.add_subcommand("imalog", "Read an IMA log (binary_runtime_measurements or "
                                             "ascii_runtime_measurements) and replay it; needs no service");
  files->add_option("FILE", in.log, "The log")->required();
  files->callback([&] {
    chosen = [&](const surroundings& around) {
      return imalog_command({in.log, around.format}, around.out, around.err);
    };
  });
}

void add_appraise(CLI::App& app, typed_evidence& in, chosen_action& chosen) {
  auto* command = app.add_subcommand("appraise", "Verify evidence in files of tpm2-tools; needs no service");
  command->footer(
      "Example:\n"
      "  muster appraise --ak ak.pem --quote q.msg --signature q.sig --nonce 00ff --pcrs q.pcrs\n"
      "For a verdict, add --event-log and --ima-log: once with --learn web.set, then with\n"
      "--reference web.set --policy web.yaml.\n"
      "Exit status: 0 genuine, 1 not genuine, 2 error; with --reference or --policy 0 trusted, 1 untrusted,\n"
      "2 error, 3 unknown, 4 warning.\n"
      "  muster appraise --bundle web-1.evidence --anchor anchor.pem --key log.pem\n"
      "reaches the same verdict again, or says what does not hold. --anchor proves that the key belongs to "
      "a\n"
      "machine of that service; --key proves the latest time at which the evidence was made. Without\n"
      "--anchor the exit status is 5, whatever the verdict: nothing shows whose key it is.");
  auto& evidence = in.evidence;
  auto* anchor =
      command->add_option("--anchor", in.anchor, "With --bundle: your own copy of the service's anchor.pem");
  auto* key =
      command->add_option("--key", in.log_key, "With --anchor: your own copy of the service's log.pem");
  key->needs(anchor);
  const std::string without_bundle = ". REQUIRED without --bundle";
  auto* bundle = command->add_option("--bundle", in.bundle.file,
                                     "Everything in one file, as muster evidence export writes it");
  anchor->needs(bundle);
  for (auto* one :
       {command->add_option("--ak", evidence.ak, "Attestation key: TPM2B_PUBLIC or PEM" + without_bundle),
        command->add_option("--quote", evidence.quote, "TPMS_ATTEST (tpm2_quote -m)" + without_bundle),
        command->add_option("--signature", evidence.signature,
                            "TPMT_SIGNATURE (tpm2_quote -s), or a plain signature" + without_bundle)})
    one->excludes(bundle);
  auto* nonce = command->add_option(
      "--nonce", evidence.nonce,
      "Hex (tpm2_quote -q); \"\" if there was none: the quote may then be an old one" + without_bundle);
  nonce->excludes(bundle);
  auto* pcrs = command->add_option(
      "--pcrs", in.pcrs, "PCR values (tpm2_quote -o, tpm2_pcrread). REQUIRED unless a log is given");
  auto* event_log = command->add_option("--event-log", in.event_log, "binary_bios_measurements");
  auto* ima_log =
      command->add_option("--ima-log", in.ima_log, "binary_runtime_measurements. REQUIRED for a verdict");
  auto* reference = command->add_option("--reference", in.reference, "Reference set to compare with");
  auto* policy =
      command->add_option("--policy", in.policy, "Policy to judge by (YAML), in place of the default");
  auto* learn = command->add_option("--learn", in.learn, "Write the reference set of this machine");
  for (auto* one : {pcrs, event_log, ima_log, learn})
    one->excludes(bundle);
  command->callback(
      [&in, &chosen, bundle, nonce, anchor, key, pcrs, event_log, ima_log, reference, policy, learn] {
        if (pcrs->count() != 0) in.evidence.pcrs = in.pcrs;
        if (event_log->count() != 0) in.evidence.event_log = in.event_log;
        if (ima_log->count() != 0) in.evidence.ima_log = in.ima_log;
        if (reference->count() != 0) in.evidence.reference = in.reference;
        if (policy->count() != 0) in.evidence.policy = in.policy;
        if (learn->count() != 0) in.evidence.learn = in.learn;
        if (bundle->count() != 0) {
          in.bundle.policy = in.evidence.policy;
          in.bundle.reference = in.evidence.reference;
          if (anchor->count() != 0) in.bundle.anchor = in.anchor;
          if (key->count() != 0) in.bundle.key = in.log_key;
          chosen = [&in](const surroundings& around) {
            in.bundle.format = around.format;
            return appraise_bundle_command(in.bundle, around.out, around.err);
          };
          return;
        }
        for (const auto& [name, value] :
             {std::pair{"--ak", &in.evidence.ak}, std::pair{"--quote", &in.evidence.quote},
              std::pair{"--signature", &in.evidence.signature}})
          if (value->empty()) throw CLI::RequiredError(name);
        if (nonce->count() == 0) throw CLI::RequiredError("--nonce");
        chosen = [&in](const surroundings& around) {
          in.evidence.format = around.format;
          return appraise_command(in.evidence, around.out, around.err);
        };
      });
}

void add_evidence(CLI::App& app, typed_evidence& in, chosen_action& chosen) {
  auto* evidence =
      app.add_subcommand("evidence", "The evidence for a verdict, as a file that can be verified anywhere");
  evidence->require_subcommand(1);
  auto* command =
      evidence->add_subcommand("export", "Write a machine's quote, logs, policy, reference and result");
  command->footer("Example:\n  muster evidence export web-1 -o web-1.evidence\n"
                  "  muster appraise --bundle web-1.evidence    needs no service");
  command->add_option("NODE", in.to_export.node, "Name, id, or at least 8 digits of one")->required();
  command->add_option("-o,--out", in.to_export.file, "File to write; - for standard output")->required();
  auto* number = command->add_option(
      "--attestation", in.attestation,
      "Number of an attestation that changed the verdict (default: the newest attestation)");
  command->callback([&in, &chosen, number] {
    if (number->count() != 0) in.to_export.attestation = in.attestation;
    chosen = [&in](const surroundings& around) { return evidence_export(around, in.to_export); };
  });
}

} // namespace

void add_evidence_commands(CLI::App& app, typed_evidence& in, chosen_action& chosen) {
  add_logs(app, in, chosen);
  add_appraise(app, in, chosen);
  add_evidence(app, in, chosen);
}

} // namespace muster::cli
