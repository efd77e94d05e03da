// A CA in a folder of its own, and what its root signs.
#pragma once

#include "crypto/digest.hpp"
#include "service/privacy_ca/authorities.hpp"
#include "service/privacy_ca/coming_trust.hpp"
#include "service/privacy_ca/key_files.hpp"
#include "service/privacy_ca/next_trust.hpp"
#include "service/privacy_ca/trust_files.hpp"
#include "tests/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

namespace muster::service::trust_test {

namespace fs = std::filesystem;

inline constexpr wall_time midday{1'800'000'000'000};
inline constexpr std::uint64_t one_day = 24ULL * 3'600'000;
inline constexpr std::chrono::hours a_year{24 * 365};

/// As after a rotation to this list, except for its issuer.
inline void put_list(const fs::path& ca, std::uint64_t number, byte_view list) {
  const auto file = trust_list_file(ca, number);
  REQUIRE(files::make_folder(file.parent_path()).ok());
  REQUIRE(store_file(file, as_text(list), 0600).ok());
}

struct ceremony {
  ceremony() {
    keys.emplace(load());
    root.emplace(load_authority(ca(), "root").value());
  }

  fs::path ca() const { return folder / "ca"; }
  result<authorities> start(wall_time at = midday) const {
    return load_authorities(ca(), folder / "anchor.pem", "ras.example", at);
  }
  authorities load(wall_time at = midday) const {
    auto out = start(at);
    REQUIRE_MESSAGE(out.ok(), out.fault().check);
    return *std::move(out);
  }

  /// As `ras ca export-request` proposes it.
  crypto::rotation_request request(std::uint64_t number, std::vector<crypto::certificate> anchors) const {
    const auto key = make_next_key(ca(), next_key::existing).value();
    return {crypto::make_trust_list(
                number, std::move(anchors),
                {crypto::issuer_name_of(keys->services.cert()), crypto::sha256(key.pub().spki())}, {})
                .value(),
            "ras.example", key.pub()};
  }
  std::string signed_text(const crypto::rotation_request& what, const crypto::authority& by,
                          std::chrono::hours life = a_year, wall_time at = midday) const {
    return crypto::sign_rotation(what, by.key(), at, life).value();
  }
  result<next_trust> verify(const std::string& text, wall_time at = midday) const {
    return verify_rotation(text, keys->in_force, keys->services, load_next_key(ca()).value(), at);
  }
  std::string outcome(const std::string& text, wall_time at = midday) const {
    const auto what = verify(text, at);
    return what ? "taken" : std::string{to_string(what.fault().code)};
  }

  testing::temporary_folder own_folder;
  const fs::path& folder = own_folder.path();
  std::optional<authorities> keys;
  std::optional<crypto::authority> root;
};

} // namespace muster::service::trust_test
