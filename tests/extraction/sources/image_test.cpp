#include "extraction/sources/image.hpp"
#include "extraction/sources/image_files.hpp"
#include "tests/extraction/sources/scratch.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::extraction;
using namespace muster::extraction::testing;

namespace {

/// Builds a tar archive (POSIX ustar) entry by entry.
class tar {
public:
  tar& add(const std::string& name, std::string_view content, char kind = '0', const std::string& link = {}) {
    std::string head(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) { head.replace(at, text.size(), text); };
    char size[12];
    std::snprintf(size, sizeof size, "%011zo", content.size());
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, size);
    put(136, "00000000000");
    put(148, "        ");
    head[156] = kind;
    put(157, link);
    put(257, "ustar");
    head[263] = head[264] = '0';
    unsigned sum = 0;
    for (const auto c : head)
      sum += static_cast<unsigned char>(c);
    char checksum[8];
    std::snprintf(checksum, sizeof checksum, "%06o", sum);
    put(148, checksum);
    out_ += head;
    out_ += content;
    out_.append((512 - content.size() % 512) % 512, '\0');
    return *this;
  }
  std::string done() const { return out_ + std::string(1024, '\0'); }

private:
  std::string out_;
};

/// The records of a pax header. Each begins with its own length.
std::string pax(const std::vector<std::pair<std::string, std::string>>& records) {
  std::string out;
  for (const auto& [key, value] : records) {
    const auto rest = ' ' + key + '=' + value + '\n';
    auto size = rest.size() + 1;
    while (size != rest.size() + std::to_string(size).size())
      ++size;
    out += std::to_string(size) + rest;
  }
  return out;
}

/// A cpio archive in the format that the kernel unpacks (newc).
std::string cpio(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string out;
  unsigned inode = 1;
  const auto add = [&](const std::string& name, const std::string& content, unsigned mode) {
    char head[111];
    std::snprintf(head, sizeof head, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", inode++,
                  mode, 0U, 0U, 1U, 0U, static_cast<unsigned>(content.size()), 0U, 0U, 0U, 0U,
                  static_cast<unsigned>(name.size() + 1), 0U);
    out += head + name;
    out += '\0';
    out.append((4 - out.size() % 4) % 4, '\0');
    out += content;
    out.append((4 - out.size() % 4) % 4, '\0');
  };
  for (const auto& [name, content] : files)
    add(name, content, 0100644);
  add("TRAILER!!!", "", 0);
  out.append((512 - out.size() % 512) % 512, '\0');
  return out;
}

bool has(const appraisal::reference_content& set, std::string_view path, std::string_view content) {
  for (std::size_t i = 0; i < set.files.size(); ++i)
    if (set.files[i].path == path && same(set.files[i].digest, crypto::sha256(as_bytes(content))))
      return true;
  return false;
}

/// Whether this machine has a program. If not, prints that the test is skipped.
bool have(const std::string& program) {
  const bool found = runs("command -v " + program);
  if (!found) MESSAGE("skipped: there is no " << program << " here");
  return found;
}

} // namespace

TEST_CASE(
    "a tar archive is learnt without unpacking; links count as their targets, and the last content counts") {
  const scratch_folder here;
  here.write("/a.tar", tar{}
                           .add("./usr/bin/ls", "ls")
                           .add("usr/bin/dir", "", '1', "./usr/bin/ls")
                           .add("usr/bin/link", "", '2', "ls")
                           .add("/etc/x", "old")
                           .add("etc/x", "new")
                           .add("etc/y", "y")
                           .add("etc/y", "", '2', "x")
                           .add("../evil", "e")
                           .add("usr/../../evil", "e")
                           .done());
  learnt_files learnt;
  const auto got = learn_image(here.path("/a.tar"), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 3);
  CHECK(counts(*got) == "2 outside");
  const auto content = learnt.content();
  CHECK(learnt_files::paths(content) == std::vector<std::string>{"/etc/x", "/usr/bin/dir", "/usr/bin/ls"});
  CHECK(has(content, "/usr/bin/dir", "ls"));
  CHECK(has(content, "/etc/x", "new"));
}

TEST_CASE("check 27: holes of a sparse file count as content wherever they are: at the end, in the middle, "
          "everywhere") {
  if (!have("tar")) return;
  const scratch_folder here;
  const std::string hole(300'000, '\0');
  const std::vector<std::pair<std::string, std::string>> files = {
      {"/end", "begin" + hole},          {"/start", hole + "end"}, {"/middle", "begin" + hole + "end"},
      {"/both", hole + "middle" + hole}, {"/all", hole},           {"/none", "content"},
  };
  const std::string formats[] = {"gnu", "pax --sparse-version=0.0", "pax --sparse-version=0.1",
                                 "pax --sparse-version=1.0"};
  for (const auto& [path, content] : files) {
    here.write("/tree" + path, content);
    REQUIRE(runs("fallocate --dig-holes " + here.path("/tree" + path)));
  }
  for (const auto& format : formats) {
    CAPTURE(format);
    REQUIRE(runs("tar -S --format=" + format + " -C " + here.path("/tree") + " -cf " + here.path("/a.tar")
                 + " ."));
    CHECK(std::filesystem::file_size(here.path("/a.tar")) < hole.size()); // a hole takes no bytes
    learnt_files learnt;
    const auto got = learn_image(here.path("/a.tar"), learnt.into);
    REQUIRE_MESSAGE(got.ok(), got.fault().check);
    const auto content = learnt.content();
    for (const auto& [path, whole] : files)
      CHECK_MESSAGE(has(content, path, whole), path);
  }
}

TEST_CASE(
    "check 27: a sparse file of 2^60 bytes is left out with a message instead of being hashed for ever") {
  const std::string exbi = "1152921504606846976";
  const std::pair<std::string, std::string> maps[] = {{"a hole at the end", "0,5"},
                                                      {"a hole in the middle", "0,2,1152921504606846973,3"}};
  for (const auto& [what, map] : maps) {
    CAPTURE(what);
    const scratch_folder here;
    here.write("/a.tar", tar{}
                             .add("PaxHeaders/huge",
                                  pax({{"GNU.sparse.size", exbi},
                                       {"GNU.sparse.numblocks", map == "0,5" ? "1" : "2"},
                                       {"GNU.sparse.map", map}}),
                                  'x')
                             .add("huge", "begin")
                             .add("small", "small")
                             .done());
    learnt_files learnt;
    const auto got = learn_image(here.path("/a.tar"), learnt.into);
    REQUIRE_MESSAGE(got.ok(), got.fault().check);
    CHECK(tells(*got, "/huge: it is over 64 GiB"));
    CHECK(learnt_files::paths(learnt.content()) == std::vector<std::string>{"/small"});
  }
  // Many holes, each within the bound of a file, share one bound.
  learnt_files learnt;
  image_files all{learnt.into};
  CHECK(all.count_hole(image_files::max_holes).ok());
  CHECK(all.count_hole(0).ok());
  const auto over = all.count_hole(1);
  REQUIRE_FALSE(over.ok());
  CHECK(over.fault().code == errc::limit);
}

TEST_CASE("an initial RAM disk of several archives is learnt as a whole") {
  const scratch_folder here;
  here.write("/initrd",
             cpio({{"kernel/x86/microcode.bin", "code"}}) + cpio({{"init", "first"}, {"bin/sh", "sh"}}));
  learnt_files learnt;
  const auto got = learn_image(here.path("/initrd"), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  const auto content = learnt.content();
  CHECK(learnt_files::paths(content)
        == std::vector<std::string>{"/bin/sh", "/init", "/kernel/x86/microcode.bin"});
  CHECK(has(content, "/init", "first"));
}

TEST_CASE("the second archive may be compressed") {
  if (!have("gzip")) return;
  const scratch_folder here;
  here.write("/early", cpio({{"early", "code"}}));
  here.write("/main", cpio({{"init", "first"}}));
  REQUIRE(runs("cd " + here.path() + " && gzip -n main && cat early main.gz > initrd"));
  learnt_files learnt;
  const auto got = learn_image(here.path("/initrd"), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(learnt_files::paths(learnt.content()) == std::vector<std::string>{"/early", "/init"});
}

TEST_CASE("files of an image that the rules exclude are skipped") {
  const scratch_folder here;
  here.write("/a.tar", tar{}.add("usr/a", "a").add("home/b", "b").done());
  learnt_files learnt;
  learnt.rules.include_files = {appraisal::pattern::make("/usr/.*").value()};
  const auto got = learn_image(here.path("/a.tar"), learnt.into);
  REQUIRE(got.ok());
  CHECK(got->learnt == 1);
  CHECK(counts(*got) == "1 excluded");
}

TEST_CASE("an ext4 file system is learnt without mounting it") {
  if (!have("mkfs.ext4")) return;
  const scratch_folder here;
  here.write("/tree/usr/bin/ls", "ls");
  here.write("/tree/usr/large", std::string(300'000, 'x'));
  here.link("/tree/bin", "usr/bin");
  REQUIRE(runs("mkfs.ext4 -q -d " + here.path("/tree") + ' ' + here.path("/disk") + " 8M"));
  learnt_files learnt;
  const auto got = learn_image(here.path("/disk"), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  const auto content = learnt.content();
  CHECK(learnt_files::paths(content) == std::vector<std::string>{"/usr/bin/ls", "/usr/large"});
  CHECK(has(content, "/usr/large", std::string(300'000, 'x')));
}

TEST_CASE("for a file that is not an image, the error says what to do") {
  const scratch_folder here;
  here.write("/noise", std::string(5000, 'n'));
  here.write("/cut.tar", tar{}.add("a", std::string(2000, 'a')).done().substr(0, 1000));
  learnt_files learnt;
  const auto got = learn_image(here.path("/noise"), learnt.into);
  REQUIRE_FALSE(got.ok());
  CHECK(got.fault().code == errc::unsupported);
  CHECK(got.fault().check.find("mount it, and use --directory") != std::string::npos);
  // What is in a compressed file is not known: mounting the file itself would not help.
  for (const auto* magic : {"\x1f\x8b\x08", "BZh9",
                            "\xfd"
                            "7zXZ",
                            "\x28\xb5\x2f\xfd", "\x04\x22\x4d\x18"}) {
    here.write("/packed", magic + std::string(5000, 'n'));
    const auto packed = learn_image(here.path("/packed"), learnt.into);
    REQUIRE_FALSE(packed.ok());
    if (packed.fault().code == errc::unsupported)
      CHECK_MESSAGE(packed.fault().check.starts_with("it is compressed"), packed.fault().check);
    CHECK(packed.fault().check.find("file system; mount it") == std::string::npos);
  }
  CHECK_FALSE(learn_image(here.path("/cut.tar"), learnt.into));
  CHECK(learn_image(here.path(), learnt.into).fault().code == errc::unsupported);
  CHECK(learn_image(here.path("/none"), learnt.into).fault().code == errc::not_found);
  CHECK(learnt.content().files.empty()); // an image that failed teaches nothing
}

TEST_CASE("paths in images are absolute, and never lead upwards") {
  CHECK(path_in_image("./a//b/.") == "/a/b");
  CHECK(path_in_image("a/../b").empty());
  CHECK(path_in_image("..").empty());
  CHECK(path_in_image(".").empty());
}
