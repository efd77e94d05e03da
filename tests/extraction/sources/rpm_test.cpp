#include "extraction/sources/rpm.hpp"
#include "tests/extraction/sources/scratch.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::extraction;
using namespace muster::extraction::testing;

namespace {

/// Makes a machine with its own database and one package of two files. Without rpm, prints that and returns
/// false.
bool install_rpm(const scratch_folder& here) {
  if (!runs("test -x /usr/bin/rpm && command -v rpmbuild")) {
    MESSAGE("skipped: there is no rpm here");
    return false;
  }
  here.write("/build/tool.spec",
             "Name: tool\nVersion: 1.2\nRelease: 3\nSummary: x\nLicense: x\nBuildArch: noarch\n"
             "%description\nx\n%install\nmkdir -p %{buildroot}/usr/bin\n"
             "printf program > %{buildroot}/usr/bin/tool\nprintf other > %{buildroot}/usr/bin/other\n"
             "ln -s tool %{buildroot}/usr/bin/link\n%files\n/usr/bin/tool\n/usr/bin/other\n/usr/bin/link\n");
  const auto top = here.path("/build");
  const auto disk = here.path("/disk");
  return runs("mkdir -p " + disk + "/var/lib/rpm && rpmbuild -bb --define '_topdir " + top
              + "' --define '_build_id_links none' " + top + "/tool.spec && rpm --dbpath " + disk
              + "/var/lib/rpm --nodeps --justdb -i " + top + "/RPMS/noarch/*.rpm")
         && runs("mkdir -p " + disk + "/usr/bin && printf program > " + disk
                 + "/usr/bin/tool && printf other > " + disk + "/usr/bin/other && ln -s tool " + disk
                 + "/usr/bin/link");
}

} // namespace

TEST_CASE("files of RPM packages are learnt with their package, a modified one never") {
  const scratch_folder here;
  if (!install_rpm(here)) return;
  learnt_files learnt;
  const auto got = learn_rpm(here.path("/disk"), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 2);
  const auto content = learnt.content();
  CHECK(learnt_files::paths(content) == std::vector<std::string>{"/usr/bin/other", "/usr/bin/tool"});
  REQUIRE(content.packages.size() == 1);
  CHECK(content.packages[0] == appraisal::package{"tool", "1.2-3", appraisal::package_source::rpm});

  here.write("/disk/usr/bin/tool", "program with a back door");
  learnt_files again;
  again.into.algorithms = {hash_algorithm::sha512}; // the list's own algorithm is hashed too
  const auto second = learn_rpm(here.path("/disk"), again.into);
  REQUIRE_MESSAGE(second.ok(), second.fault().check);
  CHECK(second->learnt == 1);
  CHECK(tells(*second, "/usr/bin/tool: it is not the file of tool 1.2-3"));
  const auto rest = again.content();
  REQUIRE(rest.files.size() == 1);
  CHECK(rest.files[0].algorithm == hash_algorithm::sha512);
}

TEST_CASE("a folder without a database is not an RPM machine") {
  const scratch_folder here;
  learnt_files learnt;
  CHECK(learn_rpm(here.path(), learnt.into).fault().code == errc::not_found);
}

TEST_CASE("the database of rpm-ostree and bootc is found behind links, and in usr/share/rpm itself") {
  struct row {
    const char* what;
    std::string shell; ///< run in the disk
  };
  const row rows[] = {
      {"rpm-ostree: both other places are links to it",
       "mkdir -p usr/share usr/lib/sysimage && mv var/lib/rpm usr/share/rpm && ln -s ../../usr/share/rpm "
       "var/lib/rpm "
       "&& ln -s ../../share/rpm usr/lib/sysimage/rpm"},
      {"usr/share/rpm alone", "mkdir -p usr/share && mv var/lib/rpm usr/share/rpm"},
      {"a link to an absolute path, within the root",
       "mkdir -p usr/share && mv var/lib/rpm usr/share/packages && ln -s /usr/share/packages usr/share/rpm"},
      {"a link to a link", "mkdir -p usr/share && mv var/lib/rpm usr/share/x && ln -s x usr/share/rpm && "
                           "ln -s /usr/share/rpm var/lib/rpm"},
      {"an empty folder in the newest place", "mkdir -p usr/lib/sysimage/rpm"},
      {"a link to nowhere in the newest place",
       "mkdir -p usr/lib/sysimage && ln -s /nowhere usr/lib/sysimage/rpm"},
      {"a link to itself in the newest place", "mkdir -p usr/lib/sysimage && ln -s rpm usr/lib/sysimage/rpm"},
  };
  for (const auto& r : rows) {
    CAPTURE(std::string{r.what});
    const scratch_folder here;
    if (!install_rpm(here)) return;
    REQUIRE(runs("cd " + here.path("/disk") + " && " + r.shell));
    learnt_files learnt;
    const auto got = learn_rpm(here.path("/disk"), learnt.into);
    REQUIRE_MESSAGE(got.ok(), got.fault().check);
    CHECK(got->learnt == 2);
    CHECK(got->notes.empty());
  }
}

TEST_CASE("if a machine has several databases, the newest place counts, and the others are named") {
  const scratch_folder here;
  if (!install_rpm(here)) return;
  here.write("/disk/usr/share/rpm/Packages", "an old one");
  REQUIRE(
      runs("cd " + here.path("/disk") + " && mkdir -p usr/lib/sysimage && mv var/lib/rpm usr/lib/sysimage"));
  learnt_files learnt;
  const auto got = learn_rpm(here.path("/disk"), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 2);
  CHECK(tells(*got, "the database in /usr/share/rpm is another one"));
}

TEST_CASE("a folder without the file of a database is none, and none is made in it") {
  const scratch_folder here;
  here.write("/var/lib/rpm/.rpm.lock", "");
  learnt_files learnt;
  const auto got = learn_rpm(here.path(), learnt.into);
  REQUIRE_FALSE(got.ok());
  CHECK(got.fault().code == errc::not_found);
  CHECK(std::distance(std::filesystem::directory_iterator{here.path("/var/lib/rpm")}, {}) == 1);
}

TEST_CASE("check 48: a database of a kind that rpm cannot read here is refused, and none is made beside it") {
  if (!runs("test -x /usr/bin/rpm")) return;
  for (const std::string kind : {"Packages.db", "Packages", "rpmdb.sqlite"}) {
    CAPTURE(kind);
    const scratch_folder here;
    here.write("/usr/share/rpm/" + kind, "RpmP");
    learnt_files learnt;
    CHECK_FALSE(learn_rpm(here.path(), learnt.into));
    if (kind != "rpmdb.sqlite")
      CHECK_FALSE(std::filesystem::exists(here.path("/usr/share/rpm/rpmdb.sqlite")));
  }
}

TEST_CASE("the sample of rpm-ostree gives its files, and its replaced one is counted") {
  if (!runs("test -x /usr/bin/rpm")) return;
  const scratch_folder here;
  REQUIRE(runs("tar -xzf " MUSTER_SOURCE_DIR "/tests/data/rpm-ostree/root.tgz -C " + here.path()));
  learnt_files learnt;
  const auto got = learn_rpm(here.path(), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(learnt_files::paths(learnt.content()) == std::vector<std::string>{"/etc/tool.conf", "/usr/bin/tool"});
  CHECK(counts(*got) == "1 modified");
  CHECK(tells(*got, "/opt/my app/run: it is not the file of tool 1-1"));
}

TEST_CASE("a database on a read-only disk is read, and nothing on the disk changes") {
  const scratch_folder here;
  if (!install_rpm(here)) return;
  const auto folder = here.path("/disk/var/lib/rpm");
  std::filesystem::remove(folder + "/rpmdb.sqlite-shm");
  const auto listing = [&] {
    std::vector<std::string> out;
    for (const auto& one : std::filesystem::directory_iterator{folder})
      out.push_back(one.path().filename());
    std::ranges::sort(out);
    return out;
  };
  const auto before = listing();
  std::filesystem::permissions(folder,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  learnt_files learnt;
  const auto got = learn_rpm(here.path("/disk"), learnt.into);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 2);
  CHECK(listing() == before);
}

TEST_CASE("what the RPM database lists and the set has not is counted by reason") {
  const scratch_folder here;
  if (!install_rpm(here)) return;
  here.write("/disk/usr/bin/tool", "another");
  std::filesystem::remove(here.path("/disk/usr/bin/other"));
  learnt_files learnt;
  const auto got = learn_rpm(here.path("/disk"), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 0);
  CHECK(got->left_out() == 2);
  CHECK(counts(*got) == "1 modified, 1 missing");
}

TEST_CASE(
    "check 27: no link of an image leads rpm out of its root, on the way to its database or inside it") {
  const scratch_folder here;
  // The database of the host, which no link in an image may reach.
  here.write("/host/lib/rpm/rpmdb.sqlite", "the host's");
  here.write("/host/var/lib/rpm/rpmdb.sqlite", "the host's");
  struct row {
    const char* what;
    const char* link;
    std::string to;
    errc code;
  };
  const row rows[] = {
      {"in the middle, absolute", "/one/var", here.path("/host"), errc::not_found},
      {"in the middle, upwards", "/two/var/lib", "../../host/lib", errc::not_found},
      {"the newer place", "/three/usr/lib/sysimage", here.path("/host/lib"), errc::not_found},
      {"the last one", "/four/var/lib/rpm", here.path("/host/lib/rpm"), errc::not_found},
      {"the last one, upwards", "/six/var/lib/rpm", "../../../host/lib/rpm", errc::not_found},
      {"the place of rpm-ostree", "/seven/usr/share/rpm", "../../../../host/lib/rpm", errc::not_found},
      {"in the database", "/five/var/lib/rpm/rpmdb.sqlite", here.path("/host/lib/rpm/rpmdb.sqlite"),
       errc::unsupported},
  };
  for (const auto& r : rows) {
    CAPTURE(std::string{r.what});
    here.link(r.link, r.to);
    const std::string_view link{r.link};
    learnt_files learnt;
    const auto got = learn_rpm(here.path(std::string{link.substr(0, link.find('/', 1))}), learnt.into);
    REQUIRE_FALSE(got.ok());
    CHECK_MESSAGE(got.fault().code == r.code, got.fault().check);
    const std::string said =
        r.code == errc::not_found ? "there is no RPM database" : "may lead out of the root";
    CHECK_MESSAGE(got.fault().check.find(said) != std::string::npos, got.fault().check);
  }
}

TEST_CASE("links within an image are followed to its database as on the machine itself") {
  const scratch_folder here;
  if (!install_rpm(here)) return;
  REQUIRE(runs("cd " + here.path("/disk")
               + " && mkdir state && mv var/lib/rpm state/packages && rmdir var/lib && "
               + "ln -s /state var/lib && mv state/packages state/rpm"));
  learnt_files learnt;
  const auto got = learn_rpm(here.path("/disk"), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 2);
}
