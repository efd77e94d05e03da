// `muster reference make|show|diff` over small disks and lists.
#include "appraisal/reference/reference_codec.hpp"
#include "appraisal/reference/reference_files.hpp"
#include "cli/files/reference_file.hpp"
#include "cli/references/reference_make.hpp"
#include "cli/references/reference_show.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace muster;
using namespace muster::cli;

namespace {

namespace fs = std::filesystem;

/// A folder that is deleted after the test.
class workbench {
public:
  workbench() : path_{fs::path{MUSTER_BINARY_DIR} / "reference-commands"} {
    fs::remove_all(path_);
    fs::create_directories(path_);
    appraisal::reference_content base;
    for (const auto index : appraisal::equal_pcrs)
      base.pcrs.push_back({hash_algorithm::sha256, index, crypto::digest{crypto::sha256(as_bytes("boot"))}});
    REQUIRE(base.files.push(
        {appraisal::file_kind::file, hash_algorithm::sha256, crypto::sha256(as_bytes("old")), "/old"}));
    std::ostringstream unused;
    auto to = output_file::open(at("base.set"), unused);
    REQUIRE(to);
    REQUIRE(store_reference(base, *to));
  }
  ~workbench() { fs::remove_all(path_); }
  workbench(const workbench&) = delete;
  workbench& operator=(const workbench&) = delete;

  std::string at(const std::string& name) const { return (path_ / name).string(); }
  std::string put(const std::string& name, std::string_view content) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream{at(name), std::ios::binary} << content;
    return at(name);
  }
  make_options options(const std::string& to = "made.set") const {
    make_options out;
    out.to = at(to);
    out.base = at("base.set");
    return out;
  }

private:
  fs::path path_;
};

struct told {
  int status = 0;
  std::string out;
  std::string err;
};

told make(const make_options& options) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = make_command(options, out, err);
  return {status, out.str(), err.str()};
}

told show(const std::string& file, output_format format = output_format::table) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = show_reference_command(file, format, out, err);
  return {status, out.str(), err.str()};
}

told diff(const std::string& a, const std::string& b, output_format format = output_format::table,
          listing of_paths = listing::first) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = diff_reference_command(a, b, of_paths, format, out, err);
  return {status, out.str(), err.str()};
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("a set is made of one boot and the files of several sources") {
  const workbench here;
  here.put("disk/usr/bin/ls", "ls");
  auto options = here.options();
  options.root = here.at("disk");
  options.directories = {here.at("disk/usr")};
  options.keylime = {here.put("policy.json", R"({"digests":{"/usr/bin/cat":[")" + std::string(64, 'c')
                                                 + R"("]},"excludes":["/tmp/.*"]})")};
  const auto got = make(options);
  REQUIRE_MESSAGE(got.status == exit_genuine, got.err);
  CHECK(says(got.out, "1 file learnt"));
  CHECK(says(got.out, "excludes: Keylime passes over /tmp/.*"));
  const auto set = load_reference(options.to);
  REQUIRE(set.ok());
  CHECK(set->set->content().files.size() == 2); // the base's boot, not its files
  CHECK(set->set->pcr(4) != nullptr);
  CHECK(says(got.out, to_hex(set->digest)));

  options.files_of_base = make_options::base_files::take;
  REQUIRE(make(options).status == exit_genuine);
  CHECK(load_reference(options.to)->set->content().files.size() == 3);
}

TEST_CASE("without a source no set is made; a source that gave nothing is reported") {
  const workbench here;
  auto options = here.options();
  auto got = make(options);
  CHECK(got.status == exit_error);
  CHECK(says(got.err, "no source of files: give --directory"));
  CHECK_FALSE(fs::exists(options.to));

  fs::create_directory(here.at("empty"));
  options.directories = {here.at("empty")};
  got = make(options);
  CHECK(got.status == exit_error);
  CHECK(says(got.err, "directory  " + here.at("empty") + ": 0 files learnt\n"));
  CHECK(says(got.err, "muster: no source gave a file, so nothing is written"));
  CHECK(got.out.empty());
  CHECK_FALSE(fs::exists(options.to));
  options.keylime = {
      here.put("excluded.json", R"({"digests":{"/usr/bin/cat":[")" + std::string(64, '0') + R"("]}})")};
  got = make(options); // each is named, with its reasons
  CHECK(got.status == exit_error);
  CHECK(says(got.err, "0 files learnt, 1 left out\n"));
  CHECK(says(got.err, "1 file without a usable digest"));
  options.keylime.clear();
  options.files_of_base = make_options::base_files::take;
  got = make(options);
  CHECK(got.err == "muster: --directory " + here.at("empty") + " gave no file\n");
  CHECK(says(got.out, "1 file of 0 packages"));
  options.directories.clear();
  CHECK(make(options).err.empty());
}

TEST_CASE("paths of this disk are reported, and paths below a root are not") {
  const workbench here;
  here.put("disk/usr/bin/ls", "ls");
  auto options = here.options();
  options.directories = {here.at("disk/usr")};
  auto got = make(options);
  CHECK(says(got.out, "paths are those of this disk: --root names the root of another machine"));
  CHECK(load_reference(options.to)->set->content().files[0].path == here.at("disk/usr/bin/ls"));
  options.root = here.at("disk");
  got = make(options);
  CHECK_FALSE(says(got.out, "this disk"));
  CHECK(load_reference(options.to)->set->content().files[0].path == "/usr/bin/ls");
}

TEST_CASE("if a set cannot be written, the old file stays") {
  const workbench here;
  here.put("disk/ls", "ls");
  auto options = here.options();
  options.directories = {here.at("disk")};
  REQUIRE(make(options).status == exit_genuine);
  const auto before = load_reference(options.to)->digest;
  auto failing = options;
  failing.keylime = {here.put("policy.json", "{}")};
  CHECK(make(failing).status == exit_error);
  CHECK(load_reference(options.to)->digest == before);
  failing = options;
  failing.to = "/dev/full";
  CHECK(make(failing).err == "muster: /dev/full: no space left on device\n");
  failing.to = "-";
  const auto piped = make(failing);
  CHECK(to_hex(crypto::sha256(as_bytes(piped.out))) == to_hex(before));
  CHECK(says(piped.err, to_hex(before)));
  for (const auto& entry : fs::directory_iterator{fs::path{options.to}.parent_path()})
    CHECK_FALSE(says(entry.path().string(), ".part"));
}

TEST_CASE("rules apply to the boot and to the files") {
  const workbench here;
  here.put("disk/usr/bin/ls", "ls");
  here.put("disk/home/x", "x");
  auto options = here.options();
  options.root = here.at("disk");
  options.directories = {here.at("disk")};
  options.rules = here.put("rules.yaml", "version: 1\nboot:\n  pcrs: [0, 4]\nima:\n  include: ['/usr/.*']\n");
  const auto got = make(options);
  REQUIRE_MESSAGE(got.status == exit_genuine, got.err);
  CHECK(says(got.out, "1 excluded by the rules"));
  const auto set = load_reference(options.to)->set;
  CHECK(set->pcr(7) == nullptr);
  CHECK(set->content().files.size() == 1);

  options.rules = here.put("bad.yaml", "version: 1\nboot:\n  pcrs: [8]\n");
  const auto refused = make(options);
  CHECK(refused.status == exit_error);
  CHECK(says(refused.err, "bad.yaml:3: boot.pcrs: none of PCR 0"));
}

TEST_CASE("if a source fails, it is named and nothing is written") {
  const workbench here;
  auto options = here.options();
  options.directories = {here.at("nowhere")};
  auto got = make(options);
  CHECK(got.status == exit_error);
  CHECK(says(got.err, "--directory"));
  CHECK_FALSE(fs::exists(options.to));

  options = here.options();
  options.keylime = {here.put("policy.json", "{}")};
  CHECK(says(make(options).err, "digests: expected paths"));
  options = here.options();
  options.files_of_base = make_options::base_files::take;
  options.hashes = {"md5"};
  CHECK(says(make(options).err, "--hash: expected sha1"));
  options = here.options();
  options.files_of_base = make_options::base_files::take;
  options.base = here.at("policy.json");
  CHECK(make(options).status == exit_error);
  CHECK_FALSE(fs::exists(options.to));
}

TEST_CASE("a manifest needs the certificate under which it must be signed") {
  const workbench here;
  const auto data = std::string{MUSTER_SOURCE_DIR} + "/tests/data/rim/";
  auto options = here.options();
  options.rims = {data + "good-rsa.xml"};
  CHECK(says(make(options).err, "give --rim-root"));
  options.rim_root = data + "stranger.pem";
  CHECK(make(options).status == exit_error);
  options.rim_root = data + "root.pem";
  const auto got = make(options);
  REQUIRE_MESSAGE(got.status == exit_genuine, got.err);
  CHECK(says(got.out, "signed by CN=rsa"));
  CHECK(says(show(options.to).out, "package    openEuler base 22.03 (rim), 2 files"));
}

TEST_CASE("what a source had and the set has not is shown by reason, and --list names all of it") {
  const workbench here;
  std::string list;
  for (const auto* name : {"a", "b", "c", "d", "e"})
    list += std::string(32, '0') + " usr/bin/" + name + '\n';
  here.put("disk/var/lib/dpkg/status", "Package: tools\nStatus: install ok half-configured\nVersion: 1\n\n"
                                       "Package: old\nStatus: deinstall ok config-files\nVersion: 2\n");
  here.put("disk/var/lib/dpkg/info/tools.md5sums", list + "nonsense\n");
  here.put("disk/usr/bin/e", "another");
  auto options = here.options();
  options.dpkg = {here.at("disk")};
  options.files_of_base = make_options::base_files::take; // else there would be no set at all
  auto got = make(options);
  REQUIRE_MESSAGE(got.status == exit_genuine, got.err);
  const std::string indent(11, ' ');
  CHECK(
      says(got.out, ": 0 files learnt, 5 left out, 1 line not understood, 1 package not taken or not listed\n"
                        + indent + "1 file modified or replaced: the content is not the listed one\n" + indent
                        + "  /usr/bin/e: it is not the file of tools 1\n" + indent
                        + "4 files not there, though listed\n" + indent + "  /usr/bin/a: of tools: "));
  CHECK(says(got.out, indent + "  and 1 more\n"));
  CHECK_FALSE(says(got.out, "/usr/bin/d"));
  CHECK(says(got.out,
             "1 line not understood in the lists of digests\n" + indent + "  tools.md5sums: line 6\n"));
  CHECK(says(got.out, "1 package removed, except for configuration files\n" + indent + "  old 2\n"));
  CHECK(says(got.out, "--list lists them all"));

  options.of_losses = listing::all;
  got = make(options);
  CHECK(says(got.out, "/usr/bin/d: of tools: "));
  CHECK_FALSE(says(got.out, "--list"));

  options.format = output_format::json;
  got = make(options);
  CHECK(says(
      got.out,
      R"("learnt":0,"passed_over":0,"left_out":5,"reasons":[{"reason":"modified","count":1,"listed":[)"));
  CHECK(says(got.out, R"({"reason":"missing","count":4,)"));
}

TEST_CASE("a manifest of another algorithm is counted, and --hash learns it") {
  const workbench here;
  const auto data = std::string{MUSTER_SOURCE_DIR} + "/tests/data/rim/";
  auto options = here.options();
  options.rims = {data + "good-rsa.xml"};
  options.rim_root = data + "root.pem";
  options.hashes = {"sha512"};
  const auto got = make(options);
  CHECK(got.status == exit_error); // of four files none is learnt, and the reasons say what to do
  CHECK(says(got.err, "3 files with digests by other algorithms only"));
  CHECK(says(got.err, "/usr/bin/bash: sha256; give one of them to --hash"));
}

TEST_CASE("documentation is left out of packages only") {
  const workbench here;
  here.put("disk/usr/share/doc/x", "x");
  auto options = here.options();
  options.of_packages = extraction::documentation::leave_out;
  options.root = here.at("disk");
  options.directories = {here.at("disk")};
  const auto got = make(options);
  CHECK(got.status == exit_error);
  CHECK(says(got.err, "it goes with --dpkg or --rpm"));
}

TEST_CASE("sets are shown and compared, and a file that is not a set is refused") {
  const workbench here;
  auto options = here.options();
  options.keylime = {here.put("a.json", R"({"digests":{"/old":[")" + std::string(64, 'c') + R"("]}})")};
  REQUIRE(make(options).status == exit_genuine);
  const auto shown = show(options.to);
  CHECK(shown.status == exit_genuine);
  CHECK(says(shown.out, "PCR 7"));
  CHECK(says(shown.out, "1, 1 of no package"));
  CHECK(says(show(options.to, output_format::json).out, R"("path":"/old")"));

  const auto changed = diff(here.at("base.set"), options.to);
  CHECK(changed.status == exit_not_genuine);
  CHECK(changed.out == "1 file of no package changed\n  ~ /old\n");
  CHECK(says(diff(here.at("base.set"), options.to, output_format::json).out, R"("changed":1)"));
  CHECK(diff(options.to, options.to).status == exit_genuine);
  CHECK(diff(options.to, options.to).out == "nothing changes\n");
  CHECK(diff(here.at("a.json"), options.to).status == exit_error);
  CHECK(show(here.at("none")).status == exit_error);
}
