#include "cli/references/reference_arguments.hpp"

#include "cli/files/output.hpp"
#include "cli/files/reference_file.hpp"
#include "cli/references/reference_commands.hpp"
#include "cli/references/reference_show.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace muster::cli {

namespace {

constexpr const char* node_help = "A machine: a name, an id, or at least 8 digits of one";
constexpr const char* group_help = "The group";
constexpr std::size_t max_set_bytes = std::size_t{64} << 20U; // of a record

fault in_file(const std::string& file, const fault& why) {
  return {why.code, printable(file) + ": " + why.check};
}

int import_file(const surroundings& around, const std::string& file) {
  const auto set = load_reference(file); // reports a bad set before the service would
  if (!set) return report(around, in_file(file, set.fault()));
  const auto content = read_file(file, max_set_bytes);
  if (!content) return report(around, in_file(file, content.fault()));
  return reference_import(around, set->digest, std::string{as_text(*content)});
}

/// An option that may be repeated, with one value each time.
CLI::Option* add_list(CLI::App& command, const char* name, std::vector<std::string>& to, const char* help) {
  return command.add_option(name, to, help)->allow_extra_args(false);
}

void add_accept(CLI::App& reference, chosen_action& chosen) {
  auto in = std::make_shared<accept_options>();
  auto* command = reference.add_subcommand(
      "accept", "Make a machine's verified state, or a set on record, the reference of a group");
  command->footer(
      "Example:\n"
      "  muster reference accept web --from web-1\n"
      "  muster reference accept web --set DIGEST\n"
      "  muster reference accept web --from web-1 --set DIGEST   only if it is what `try` showed\n"
      "The machine must belong to that group, and its TPM's vendor must vouch for it. What differs from the\n"
      "present reference becomes right: look with `muster reference try` first. Findings about evidence or\n"
      "events prevent it. For a group that has a reference, a campaign is the better way to the next one:\n"
      "muster campaign start");
  command->add_option("GROUP", in->group, group_help)->required();
  auto* from = command->add_option("--from", in->from, node_help);
  auto* set = command->add_option("--set", in->set,
                                  "Digest of a set on record; with --from, of the set that must result");
  command->add_flag("--force", in->force,
                    "Do it even if the guard says that too many machines turn untrusted");
  command->callback([&chosen, in, from, set] {
    if (from->count() + set->count() == 0) throw CLI::RequiredError("--from or --set");
    chosen = [in](const surroundings& around) { return reference_accept(around, *in); };
  });
}

void add_amend(CLI::App& reference, chosen_action& chosen) {
  auto in = std::make_shared<amend_options>();
  auto* command = reference.add_subcommand(
      "amend", "Add what findings are about, or one file, to the reference of a group; nothing else changes");
  command->footer(
      "Example:\n"
      "  muster node show web-1                            numbers its findings\n"
      "  muster reference amend web --from web-1 --finding 2,4-6 --listed LIST\n"
      "  muster reference amend web --file sha256:DIGEST --path /usr/bin/agent\n"
      "Each shows the set that would result, and what it changes. To put exactly that into force, say the\n"
      "same again with --set DIGEST. It is refused if the machine, its findings or the set in force changed\n"
      "meanwhile. Findings about a boot go together: a boot becomes the reference as a whole.");
  command->add_option("GROUP", in->group, group_help)->required();
  auto* from = command->add_option("--from", in->from, node_help);
  auto* finding = add_list(*command, "--finding", in->findings,
                           "Number of a finding, as `muster node show` counts: 3, or 2,4-6; can be repeated");
  auto* listed =
      command->add_option("--listed", in->listed,
                          "The list that the numbers are of; `muster node show` has it with each finding");
  auto* file = command->add_option("--file", in->file, "Digest of a file, as a finding shows it: sha256:...");
  auto* path = command->add_option("--path", in->path, "Path of that file");
  auto* set = command->add_option("--set", in->set,
                                  "Digest of the set that was shown: puts it into force, and no other");
  auto* campaign = command->add_flag("--campaign", in->campaign,
                                     "Make it the proposal of the group's campaign, instead of --set");
  auto* force = command->add_flag("--force", in->force,
                                  "Do it even if the guard says that too many machines turn untrusted");
  from->excludes(file); // what else each needs is asked only then: with both, it would be misleading
  finding->needs(from);
  listed->needs(from);
  file->needs(path);
  path->needs(file);
  campaign->excludes(set);
  force->needs(set);
  command->callback([&chosen, in, from, finding, listed, file] {
    if (from->count() + file->count() == 0) throw CLI::RequiredError("--from or --file");
    if (from->count() != 0 && finding->count() == 0) throw CLI::RequiresError("--from", "--finding");
    if (from->count() != 0 && listed->count() == 0) throw CLI::RequiresError("--from", "--listed");
    chosen = [in](const surroundings& around) { return reference_amend(around, *in); };
  });
}

void add_try_reference(CLI::App& reference, chosen_action& chosen) {
  auto in = std::make_shared<try_reference_options>();
  auto* command =
      reference.add_subcommand("try", "Show what would change under another reference; changes nothing");
  command->footer("Example:\n"
                  "  muster reference try web --from web-2\n"
                  "  muster reference try web --set DIGEST\n"
                  "Exit status: 0 no machine turns untrusted, 4 some do, 1 the guard would refuse it.");
  command->add_option("GROUP", in->group, group_help)->required();
  auto* from = command->add_option("--from", in->from, node_help);
  auto* set = command->add_option("--set", in->set, "Digest of a set on record");
  from->excludes(set);
  command->callback([&chosen, in, from, set] {
    if (from->count() + set->count() == 0) throw CLI::RequiredError("--from or --set");
    chosen = [in](const surroundings& around) { return reference_try(around, *in); };
  });
}

void add_sets(CLI::App& reference, chosen_action& chosen) {
  struct typed {
    std::string digest;
    std::string file;
  };
  auto in = std::make_shared<typed>();
  auto* load = reference.add_subcommand("import", "Put a set from a file on record; puts nothing into force");
  load->footer(
      "Example:\n"
      "  muster reference import web.set\n"
      "Then: muster reference accept web --set DIGEST, or for a group that already has a reference:\n"
      "  muster campaign propose web --set DIGEST");
  load->add_option("FILE", in->file, "As `muster reference make` writes it")->required();
  load->callback(
      [&chosen, in] { chosen = [in](const surroundings& around) { return import_file(around, in->file); }; });
  auto* save = reference.add_subcommand("export", "Write a set on record to a file");
  save->add_option("DIGEST", in->digest, "Its digest: 64 digits of hex")->required();
  save->add_option("FILE", in->file, "The file to write; - for standard output")->required();
  save->callback([&chosen, in] {
    chosen = [in](const surroundings& around) { return reference_export(around, in->digest, in->file); };
  });
}

void add_make(CLI::App& reference, typed_reference& in, chosen_action& chosen) {
  auto* command =
      reference.add_subcommand("make", "Make a set from one boot and from files on disks; needs no service");
  command->footer(
      "Example:\n"
      "  muster appraise ... --learn base.set            the boot of a machine that is in order\n"
      "  muster reference make web.set --base base.set --dpkg /mnt/web --rules servers.yaml\n"
      "At least one source of files is needed: --base-files, --directory, --image, --dpkg, --rpm, --rim or\n"
      "--keylime. Nothing is written when a source fails. See docs/reference-values.md.");
  auto& make = in.make;
  command->add_option("SET", make.to, "File to write; - for standard output")->required();
  command->add_option("--base", make.base,
                      "Set that the boot values come from; REQUIRED without --support-rim");
  command->add_flag("--base-files", in.files_of_base, "Take its files, too");
  auto* rules =
      command->add_option("--rules", in.rules, "What to learn (YAML; default: all that is compared)");
  command->add_option(
      "--root", make.root,
      "Root of the machine that each --directory belongs to: paths are learnt without it (default: /, "
      "paths as on this disk)");
  add_list(*command, "--directory", make.directories,
           "Folder with files to learn, each under its path in --root");
  add_list(*command, "--image", make.images, "An archive (tar, cpio, ISO) or ext2, ext3, ext4 file system");
  add_list(*command, "--dpkg", make.dpkg, "Root of a machine: the files of its Debian packages");
  add_list(*command, "--rpm", make.rpm, "Root of a machine: the files of its RPM packages");
  add_list(*command, "--rim", make.rims, "A manifest (TCG RIM, SWID) with an XML signature");
  auto* rim_root =
      command->add_option("--rim-root", in.rim_root, "Certificate (PEM) that manifests are signed under");
  auto* time_root = command->add_option("--rim-time-root", in.rim_time_root,
                                        "Certificate (PEM) of an authority whose time stamps count for "
                                        "manifests signed by a certificate that has "
                                        "expired since");
  add_list(*command, "--support-rim", make.support_rims,
           "Event log that a --rim names by its digest: expected values of PCR 0, 2 and 3");
  add_list(*command, "--keylime", make.keylime, "Keylime's runtime policy (JSON)");
  command->add_flag(
      "--without-documentation", in.without_documentation,
      "Leave documentation, man pages and translations of packages out: they are neither executed "
      "nor loaded, and a file that is not in the set is a finding if it is");
  command->add_flag("--list", in.list,
                    "List everything that was left out, not only the first of each reason");
  add_list(*command, "--hash", make.hashes, "Hash algorithm of the machines' IMA: sha256, sha1, sha512, ...");
  command->callback([&in, &chosen, rules, rim_root, time_root] {
    if (rules->count() != 0) in.make.rules = in.rules;
    if (rim_root->count() != 0) in.make.rim_root = in.rim_root;
    if (time_root->count() != 0) in.make.rim_time_root = in.rim_time_root;
    if (in.files_of_base) in.make.files_of_base = make_options::base_files::take;
    if (in.without_documentation) in.make.of_packages = extraction::documentation::leave_out;
    if (in.list) in.make.of_losses = listing::all;
    chosen = [&in](const surroundings& around) {
      in.make.format = around.format;
      return make_command(in.make, around.out, around.err);
    };
  });
}

void add_show(CLI::App& reference, typed_reference& in, chosen_action& chosen) {
  auto* command = reference.add_subcommand("show", "Show what a set in a file has; needs no service");
  command->add_option("SET", in.first, "File")->required();
  command->callback([&] {
    chosen = [&in](const surroundings& around) {
      return show_reference_command(in.first, around.format, around.out, around.err);
    };
  });
}

void add_diff(CLI::App& reference, typed_reference& in, chosen_action& chosen) {
  auto* command = reference.add_subcommand(
      "diff", "Show what changes from one set to another, by package; needs no service");
  command->footer("Exit status: 0 nothing changes, 1 something does, 2 error.");
  command->add_option("OLD", in.first, "File")->required();
  command->add_option("NEW", in.second, "File")->required();
  command->add_flag("--list", in.list, "List every path, and packages of which only documentation differs");
  command->callback([&] {
    chosen = [&in](const surroundings& around) {
      return diff_reference_command(in.first, in.second, in.list ? listing::all : listing::first,
                                    around.format, around.out, around.err);
    };
  });
}

} // namespace

void add_reference_commands(CLI::App& app, typed_reference& in, chosen_action& chosen) {
  auto& reference = *app.add_subcommand("reference", "What machines are compared with");
  reference.require_subcommand(1);
  add_accept(reference, chosen);
  add_amend(reference, chosen);
  add_try_reference(reference, chosen);
  add_sets(reference, chosen);
  add_make(reference, in, chosen);
  add_show(reference, in, chosen);
  add_diff(reference, in, chosen);
}

} // namespace muster::cli
