// muster-lab: simulated machines on the command line.
#include "lab/machine.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>

namespace {

using namespace muster;

/// What the command line says; filled by CLI11 before `run`.
struct options {
  std::string folder;
  std::string vendor;
  std::string hostname;
  std::string evidence;
  std::string path;
  std::string content = "a file that nobody expects\n";
  std::string content_file;
  std::string append;
  lab::endorsement_choice endorsement = lab::endorsement_choice::p256;
  std::optional<std::string> command_line;
  std::optional<std::string> kernel;
  std::optional<std::string> initrd;
  std::optional<std::size_t> files;
  bool unified = false;
  std::optional<std::string> phases;
  unsigned pcr = 0;
  std::string text;
};

/// Opens the machine in that folder and applies `what` to it.
status with_machine(const options& o, const std::function<status(lab::machine&)>& what) {
  auto machine = lab::machine::open(o.folder);
  if (!machine) return machine.fault();
  return what(*machine);
}

status make_vendor(const options& o) {
  const auto made = lab::vendor::create(o.folder);
  if (!made) return made.fault();
  std::cout << "vendor roots: " << made->roots().string()
            << "\nvendor intermediates: " << made->intermediates().string() << '\n';
  return {};
}

status make_machine(const options& o) {
  lab::manufacture_plan plan;
  plan.endorsement = o.endorsement;
  plan.hostname = o.hostname;
  std::optional<lab::vendor> maker;
  if (!o.vendor.empty()) {
    auto opened = lab::vendor::open(o.vendor);
    if (!opened) return opened.fault();
    maker = std::move(*opened);
  }
  const auto made = lab::machine::create(o.folder, maker ? &*maker : nullptr, plan);
  if (!made) return made.fault();
  return {};
}

void show_platform(const lab::machine& machine) {
  std::cout << "tpm: " << machine.tpm_address() << "\nplatform:\n  boot_id: " << machine.boot_id().string()
            << "\n  boot_log: " << machine.boot_log().string()
            << "\n  ima_log: " << machine.ima_log().string() << "\n  facts: " << machine.facts().string()
            << '\n';
}

status boot(const options& o, lab::machine& machine) {
  auto what = machine.installed();
  if (!what) return what.fault();
  // A boot is either recorded or simulated: describing the one ends the other.
  if (o.command_line || o.kernel || o.initrd || o.files || o.unified || o.phases) what->evidence.clear();
  if (o.unified) what->path = lab::boot_path::unified_kernel;
  if (o.phases) what->phases = *o.phases;
  if (o.command_line) what->kernel_command_line = *o.command_line;
  if (o.kernel) what->kernel = *o.kernel;
  if (o.initrd) what->initrd = *o.initrd;
  if (o.files) what->files = *o.files;
  if (!o.evidence.empty()) what->evidence = std::filesystem::absolute(o.evidence).string();
  const auto booted = machine.boot(*what);
  if (booted) show_platform(machine);
  return booted;
}

status run_file(const options& o, lab::machine& machine) {
  if (o.content_file.empty()) return machine.run(o.path, o.content);
  std::ifstream in{o.content_file, std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
  if (!in) return fault{errc::io, "content-file: cannot be read"};
  return machine.run(o.path, content);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"muster-lab: machines with a software TPM, a measured boot and IMA, for demo and tests"};
  app.require_subcommand(1);
  options o;
  std::function<status()> chosen;
  const auto command = [&](const char* name, const char* help, std::function<status()> what) {
    auto* made = app.add_subcommand(name, help);
    made->add_option("DIR", o.folder, "its folder")->required();
    made->callback([&chosen, what = std::move(what)] { chosen = what; });
    return made;
  };
  const auto machine_command = [&](const char* name, const char* help,
                                   std::function<status(lab::machine&)> what) {
    return command(name, help, [&o, what = std::move(what)] { return with_machine(o, what); });
  };

  command("vendor", "make a TPM vendor's root and intermediate CA", [&o] { return make_vendor(o); });

  const std::map<std::string, lab::endorsement_choice> kinds{{"none", lab::endorsement_choice::none},
                                                             {"p256", lab::endorsement_choice::p256},
                                                             {"rsa2048", lab::endorsement_choice::rsa2048},
                                                             {"p384", lab::endorsement_choice::p384}};
  auto* create = command("create", "make a machine, which is off at first", [&o] { return make_machine(o); });
  create->add_option("--vendor", o.vendor, "folder of the vendor who signs the EK certificate");
  create->add_option("--ek", o.endorsement, "EK certificate: p256, rsa2048, p384 or none")
      ->transform(CLI::CheckedTransformer(kinds, CLI::ignore_case));
  create->add_option("--hostname", o.hostname, "default: the name of the folder");

  auto* start = machine_command("boot", "power cycle, then measure firmware, boot loader, kernel and files",
                                [&o](lab::machine& m) { return boot(o, m); });
  start->add_option("--cmdline", o.command_line, "kernel command line; remembered");
  start->add_option("--kernel", o.kernel, "a word for the kernel's content; remembered");
  start->add_option("--initrd", o.initrd, "a word for the initrd's content; remembered");
  start->add_option("--files", o.files, "how many files IMA measures; remembered");
  start->add_flag("--uki", o.unified, "a unified kernel image in place of shim and GRUB; remembered");
  start->add_option("--phases", o.phases,
                    "what systemd extends after its boot log, for example \"sysinit ready\"; remembered");
  start->add_option("--evidence", o.evidence, "folder with the logs of a real machine, to be replayed");

  auto* execute = machine_command("run", "execute a file, which IMA measures",
                                  [&o](lab::machine& m) { return run_file(o, m); });
  execute->add_option("PATH", o.path, "path of the file on that machine")->required();
  execute->add_option("--content", o.content, "content of the file");
  execute->add_option("--content-file", o.content_file, "file that has the content");

  auto* extend = machine_command("extend", "extend a PCR with a text, as root can; no log records it",
                                 [&o](lab::machine& m) { return m.extend(o.pcr, o.text); });
  extend->add_option("PCR", o.pcr, "number of the PCR")->required();
  extend->add_option("TEXT", o.text, "the text that is hashed, without a NUL")->required();

  auto* again = machine_command("reboot", "boot once more what was booted last",
                                [&o](lab::machine& m) { return m.reboot(o.append); });
  again->add_option("--append-cmdline", o.append, "append this to the kernel command line; remembered");

  machine_command("show", "print how an agent finds this machine", [](lab::machine& m) {
    show_platform(m);
    std::cout << (m.on() ? "# the machine is on\n"
                         : "# the machine is off\n"); // a comment: the lines are YAML
    return status{};
  });
  machine_command("off", "switch the machine off", [](lab::machine& m) { return m.off(); });
  machine_command("destroy", "switch the machine off and remove its folder",
                  [](lab::machine& m) { return m.destroy(); });

  CLI11_PARSE(app, argc, argv);
  const auto done = chosen();
  if (done) return 0;
  std::cerr << "muster-lab: " << to_string(done.fault().code) << ": " << done.fault().check << '\n';
  return 1;
}
