// Schemas only grow: this program reads what a released one wrote, and vice versa.
#include <capnp/schema-loader.h>
#include <capnp/schema-parser.h>
#include <doctest/doctest.h>
#include <kj/filesystem.h>

#include <filesystem>
#include <map>

namespace {

/// Loads all structs of a schema into `loader`, by their id.
/// Throws if two versions of a struct are not compatible.
void load_all(capnp::SchemaLoader& loader, capnp::ParsedSchema schema) {
  loader.load(schema.getProto());
  for (const auto nested : schema.getAllNested())
    load_all(loader, nested);
}

/// Parses `folder`/`name`; imports with "/capnp/..." come from the installed library.
capnp::ParsedSchema parse(capnp::SchemaParser& parser, const std::filesystem::path& folder,
                          const std::string& name) {
  const auto disk = kj::newDiskFilesystem();
  const auto root = disk->getRoot().openSubdir(kj::Path::parse(folder.string().substr(1)));
  const auto installed = disk->getRoot().openSubdir(kj::Path::parse("usr/include"));
  const kj::ReadableDirectory* const imports[] = {installed.get()};
  return parser.parseFromDirectory(*root, kj::Path::parse(name), kj::arrayPtr(imports, 1));
}

bool compatible(const std::filesystem::path& before, const std::filesystem::path& after,
                const std::string& name, const std::string& name_after) {
  capnp::SchemaLoader loader;
  // Each version has its own parser, because a single parser would take the second for a duplicate.
  capnp::SchemaParser old_parser;
  capnp::SchemaParser new_parser;
  try {
    load_all(loader, parse(old_parser, before, name));
    load_all(loader, parse(new_parser, after, name_after));
    return true;
  } catch (const kj::Exception& refused) {
    MESSAGE(name_after << ": " << std::string{refused.getDescription().cStr()});
    return false;
  }
}

} // namespace

TEST_CASE("the loader accepts additions, and refuses changes") {
  const std::filesystem::path pair = MUSTER_SOURCE_DIR "/tests/data/schemas";
  CHECK(compatible(pair, pair, "old.capnp", "old.capnp"));
  CHECK(compatible(pair, pair, "old.capnp", "added.capnp"));
  CHECK(compatible(pair, pair, "added.capnp", "old.capnp"));
  CHECK_FALSE(compatible(pair, pair, "old.capnp", "retyped.capnp"));
  CHECK_FALSE(compatible(pair, pair, "old.capnp", "swapped.capnp"));
}

TEST_CASE("each released schema is compatible with the current one") {
  const std::filesystem::path schemas = MUSTER_SOURCE_DIR "/schemas";
  std::size_t held_against = 0;
  if (std::filesystem::is_directory(schemas / "released")) {
    for (const auto& release : std::filesystem::directory_iterator{schemas / "released"}) {
      if (!release.is_directory()) continue;
      for (const auto& file : std::filesystem::directory_iterator{release.path()}) {
        const auto name = file.path().filename().string();
        if (file.path().extension() != ".capnp") continue;
        CAPTURE(file.path().string());
        REQUIRE_MESSAGE(std::filesystem::exists(schemas / name), "a released schema is missing");
        CHECK(compatible(release.path(), schemas, name, name));
        ++held_against;
      }
    }
  }
  if (held_against == 0) MESSAGE("no schema was released yet: nothing to compare with");
}
