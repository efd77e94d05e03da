#include "cli/reference_lines.hpp"

#include "cli/offline/reference_show.hpp"

#include <CLI/CLI.hpp>

namespace muster::cli {

namespace {

using commands::surroundings;

output_format format_of(const surroundings& around) {
  return around.format == commands::output_format::json ? output_format::json : output_format::table;
}

/// An option that may stand again and again, with one value each time.
CLI::Option* add_list(CLI::App& command, const char* name, std::vector<std::string>& to, const char* help) {
  return command.add_option(name, to, help)->allow_extra_args(false);
}

void add_make(CLI::App& reference, typed_reference& in, chosen_action& chosen) {
  auto* command =
      reference.add_subcommand("make", "Make a set of one boot and of files on disks; no service");
  command->footer(
      "Example:\n"
      "  muster appraise ... --learn base.set            the boot, of a machine that is in order\n"
      "  muster reference make web.set --base base.set --dpkg /mnt/web --rules servers.yaml\n"
      "At least one source of files is needed: --base-files, --directory, --image, --dpkg, --rpm, --rim or\n"
      "--keylime. Nothing is written when a source fails. See docs/reference-values.md.");
  auto& make = in.make;
  command->add_option("SET", make.to, "File to write; - for standard output")->required();
  command->add_option("--base", make.base, "Set that the boot values come from")->required();
  command->add_flag("--base-files", in.files_of_base, "Take its files, too");
  auto* rules = command->add_option("--rules", in.rules, "What to learn (YAML); else all that is compared");
  command->add_option(
      "--root", make.root,
      "Root of the machine that each --directory belongs to: paths are learnt without it (default: /, "
      "paths as on this disk)");
  add_list(*command, "--directory", make.directories, "Every file below it, under its path in --root");
  add_list(*command, "--image", make.images, "An archive (tar, cpio, ISO) or ext2, ext3, ext4 file system");
  add_list(*command, "--dpkg", make.dpkg, "Root of a machine: the files of its Debian packages");
  add_list(*command, "--rpm", make.rpm, "Root of a machine: the files of its RPM packages");
  add_list(*command, "--rim", make.rims, "A manifest (TCG RIM, SWID) with an XML signature");
  auto* rim_root =
      command->add_option("--rim-root", in.rim_root, "Certificate (PEM) that manifests are signed under");
  add_list(*command, "--keylime", make.keylime, "Keylime's runtime policy (JSON)");
  add_list(*command, "--hash", make.hashes, "Algorithm of the machines' IMA: sha256, sha1, sha512, ...");
  command->callback([&in, &chosen, rules, rim_root] {
    if (rules->count() != 0) in.make.rules = in.rules;
    if (rim_root->count() != 0) in.make.rim_root = in.rim_root;
    if (in.files_of_base) in.make.files_of_base = make_options::base_files::take;
    chosen = [&in](const surroundings& around) {
      in.make.format = format_of(around);
      return make_command(in.make, around.out, around.err);
    };
  });
}

void add_show(CLI::App& reference, typed_reference& in, chosen_action& chosen) {
  auto* command = reference.add_subcommand("show", "What a set in a file holds; no service");
  command->add_option("SET", in.first, "File")->required();
  command->callback([&] {
    chosen = [&in](const surroundings& around) {
      return show_reference_command(in.first, format_of(around), around.out, around.err);
    };
  });
}

void add_diff(CLI::App& reference, typed_reference& in, chosen_action& chosen) {
  auto* command =
      reference.add_subcommand("diff", "What changes from one set to another, by package; no service");
  command->footer("Exit status: 0 nothing changes, 1 something does, 2 error.");
  command->add_option("OLD", in.first, "File")->required();
  command->add_option("NEW", in.second, "File")->required();
  command->callback([&] {
    chosen = [&in](const surroundings& around) {
      return diff_reference_command(in.first, in.second, format_of(around), around.out, around.err);
    };
  });
}

} // namespace

void add_reference_commands(CLI::App& reference, typed_reference& in, chosen_action& chosen) {
  add_make(reference, in, chosen);
  add_show(reference, in, chosen);
  add_diff(reference, in, chosen);
}

} // namespace muster::cli
