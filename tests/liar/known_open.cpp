#include "tests/liar/known_open.hpp"

#include "tests/liar/move.hpp"

namespace muster::liar {

namespace {

// One line a case. A case that does not fail any more fails the test until its line is gone.
constexpr open_case cases[] = {
    {"files called boot_aggregate do not hide that of a kexec",
     "only the first 64 of that name are looked at"},
    {"the events of PCR 4 are told of a PCR that is not quoted", "what a boot log leaves out is not missed"},
    {"a violation that was attested is told later as a known file, in whole logs",
     "the words of a violation are believed"},
    {"what really ran is told as boot events of PCR 10, and a clean list is extended after it",
     "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"the same on a machine without GRUB",
     "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"the same on a machine with SHA-256 only",
     "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"the same in a boot that attested as good, under another boot id",
     "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"the same after the implant was attested, under another boot id",
     "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"the same for a violation", "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"the same for a kexec", "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"the same for a list that was lost by kexec",
     "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"only the implant's entry is told as an event of PCR 10, in a list that begins after it",
     "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"an extended attribute is told as the file's digest by a template of one's own",
     "a template's name decides which field is what"},
    {"a signature of 20 bytes is told as a SHA-1 digest", "a template's name decides which field is what"},
    {"a file with any signature is told as a buffer", "a template's name decides which field is what"},
    {"a file that must be signed is told as a buffer", "a template's name decides which field is what"},
    {"a kexec command line that is forbidden is told as an unknown file",
     "a template's name decides which field is what"},
    {"a violation is told of a path in an excluded folder", "the words of a violation are believed"},
    {"a violation is told with a digest that the reference knows", "the words of a violation are believed"},
    {"the same where a violation is a failure", "the words of a violation are believed"},
    {"a violation in an excluded folder teaches the digest that comes with it",
     "what is passed over and violations are learnt"},
    {"a file in an excluded folder teaches its content for every folder",
     "what is passed over and violations are learnt"},
    {"the events of PCR 4 are left out, and a denied loader with them",
     "what a boot log leaves out is not missed"},
    {"no boot log comes, and a denied loader is not seen",
     "a log that explains nothing is a warning, whatever is denied"},
    {"a boot log with SHA-1 only comes, and a denied loader is not seen",
     "a log that explains nothing is a warning, whatever is denied"},
    {"a boot log of the old form comes, and a denied loader is not seen",
     "a log that explains nothing is a warning, whatever is denied"},
    {"the denied loader's event is said not to be measured", "what a boot log leaves out is not missed"},
    {"the events of PCR 9 are left out, and a denied initrd with them",
     "what a boot log leaves out is not missed"},
    {"the events of PCR 7 are left out, and debug mode with them",
     "what a boot log leaves out is not missed"},
    {"the events of PCR 7 are left out, and shim's switch with them",
     "what a boot log leaves out is not missed"},
    {"the events of PCR 5 are left out, and the error of its separator with them",
     "what a boot log leaves out is not missed"},
    {"the events of PCR 1 are left out, and a second separator with them",
     "what a boot log leaves out is not missed"},
    {"the data of shim's switch is garbled", "an oddity counts only if its data is covered"},
    {"the data of the firmware's audit mode is garbled", "an oddity counts only if its data is covered"},
    {"another command line is extended into PCR 12",
     "which event is the command line is decided by PCR and label"},
    {"a unified kernel's section is extended into PCR 11",
     "what root extends into PCR 11 counts as the stub's"},
    {"a denied program is told in a list of entries that are events of PCR 10",
     "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"a kernel that measures nothing but its boot_aggregate proves nothing",
     "the default policy excludes folders and does not ask for a policy of IMA"},
    {"a program in a folder of data is a program",
     "the default policy excludes folders and does not ask for a policy of IMA"},
    {"a forbidden parameter is found after any white space",
     "the command line is not read as the kernel reads it"},
    {"a forbidden parameter is found in quotes", "the command line is not read as the kernel reads it"},
    {"a parameter for init is none of the kernel's", "the command line is not read as the kernel reads it"},
    {"words in quotes are no parameter", "the command line is not read as the kernel reads it"},
    {"a policy that measures nothing is none", "the command line is not read as the kernel reads it"},
    {"a policy that only appraises measures nothing", "the command line is not read as the kernel reads it"},
};

// One line a move. `muster-liar --all` searches with them as well.
constexpr open_move lines[] = {
    {"tell entries as events of PCR 10",
     "the IMA list's replay starts from what the boot log says of PCR 10"},
    {"no boot log", "a log that explains nothing is a warning, whatever is denied"},
    {"show SHA-1 digests only", "a log that explains nothing is a warning, whatever is denied"},
    {"write the old form of log", "a log that explains nothing is a warning, whatever is denied"},
    {"leave out the events of a PCR", "what a boot log leaves out is not missed"},
    {"leave out an event", "what a boot log leaves out is not missed"},
    {"tell events as entries", "what a boot log leaves out is not missed"},
    {"move an event to another PCR", "what a boot log leaves out is not missed"},
    {"cut the boot log", "what a boot log leaves out is not missed"},
    {"relabel an event's type", "what a boot log leaves out is not missed"},
    {"relabel the types of a PCR", "what a boot log leaves out is not missed"},
    {"reword an event", "an oddity counts only if its data is covered"},
    {"reword the events of a PCR", "an oddity counts only if its data is covered"},
    {"extend a PCR and tell it as an event", "which event is the command line is decided by PCR and label"},
    {"extend a good boot into a PCR and tell it",
     "which event is the command line is decided by PCR and label"},
    {"relabel an entry", "a template's name decides which field is what"},
    {"relabel all entries", "a template's name decides which field is what"},
    {"reword a violation", "the words of a violation are believed"},
    {"extend a violation with words", "what is passed over and violations are learnt"},
    {"extend an entry and tell it", "what is passed over and violations are learnt"},
    {"call an entry a violation", "the words of a violation are believed"},
    {"insert an entry that nobody extended", "the words of a violation are believed"},
};

} // namespace

std::span<const open_case> open_cases() { return cases; }
std::span<const open_move> open_move_lines() { return lines; }

std::vector<std::size_t> open_moves() {
  std::vector<std::size_t> out;
  for (const auto& one : open_move_lines())
    if (*one.move != '\0') out.push_back(move_named(one.move));
  return out;
}

} // namespace muster::liar
