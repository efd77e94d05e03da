// What an operator puts next to the roots. What breaks if these fail: a list of revoked chips is there but
// never read, or is years old without a warning.
#include "crypto/ek_issuer.hpp"
#include "service/privacy_ca/vendor_folder.hpp"
#include "tests/crypto/revoking.hpp"
#include "tests/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace vendor_folder_test {

using namespace muster;
using namespace muster::service;
namespace fs = std::filesystem;

namespace {

constexpr wall_time made{1'767'225'600'000};
constexpr std::uint64_t year = 365UL * 86'400'000;

class vendor_folder {
public:
  vendor_folder() {
    put("root.der", vendor.root().der());
    put("intermediate.der", vendor.intermediate().der());
  }

  void put(const std::string& name, const bytes& content) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream{path_ / name, std::ios::binary}.write(reinterpret_cast<const char*>(content.data()),
                                                        static_cast<std::streamsize>(content.size()));
  }
  crypto::vendor_store load() const {
    auto out = load_vendor_folders({path_.string()});
    REQUIRE_MESSAGE(out.ok(), out.fault().check);
    return *std::move(out);
  }

  crypto::ek_issuer vendor = crypto::ek_issuer::make("Test", {made, {made.milliseconds + 20 * year}}).value();

private:
  testing::temporary_folder own_;
  const fs::path& path_ = own_.path();
};

} // namespace

TEST_CASE(
    "lists are read from next to the roots and from crls/, and an overdue list is reported, not dropped") {
  const vendor_folder here;
  CHECK(here.load().revocations().empty());
  const auto list = crypto::testing::list_of(here.vendor.intermediate(), here.vendor.key(), {}, made);
  here.put("vendor.crl", list);
  here.put("crls/more.crl", list);
  const auto store = here.load();
  CHECK(store.revocations().size() == 2);
  CHECK(store.roots().size() == 1);
  CHECK(store.intermediates().size() == 1);
  CHECK(store.refused().empty());
  CHECK(overdue_lists(store, made).empty());
  const auto told = overdue_lists(store, {made.milliseconds + year});
  REQUIRE(told.size() == 2);
  CHECK(told[0].find("was due 2026-01-08T00:00:00") != std::string::npos);
}

TEST_CASE("check 01: a reload rejects a folder in which all earlier roots, or all earlier lists, are gone") {
  const vendor_folder here;
  const auto roots = here.load();
  here.put("crls/one.crl", crypto::testing::list_of(here.vendor.intermediate(), here.vendor.key(), {}, made));
  const auto with_lists = here.load();
  const crypto::vendor_store nothing;
  struct row {
    const crypto::vendor_store& before;
    const crypto::vendor_store& next;
    const char* says;
  };
  for (const auto& r :
       {row{with_lists, nothing, "0 roots (1 before)"}, row{roots, nothing, "0 roots (1 before)"},
        row{with_lists, roots, "0 CRLs (1 before)"}})
    CHECK_MESSAGE(loss_between(r.before, r.next).find(r.says) != std::string::npos, r.says);
  CHECK(loss_between(nothing, nothing).empty());
  CHECK(loss_between(nothing, with_lists).empty());
  CHECK(loss_between(roots, with_lists).empty());
  CHECK(loss_between(with_lists, with_lists).empty());
}

} // namespace vendor_folder_test
