// The machines of tests/data/vm: real evidence, read from files. A missing file fails the test.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace muster::testing {

inline constexpr std::array machines{"bank-sha256-only", "direct-log-ahead", "direct-tis",     "grub-sb",
                                     "grub-sb-cmdline",  "grub-sb-initrd",   "grub-sb-reboot", "ima-buf"};

inline bytes read_test_data(const std::string& path) {
  std::ifstream in{std::string{MUSTER_SOURCE_DIR} + "/tests/data/" + path, std::ios::binary};
  REQUIRE_MESSAGE(in.good(), "missing test data: " << path);
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

/// The files of one TPM2_Quote of a machine.
struct quote_files {
  std::string name; ///< for messages, "grub-sb sha256" for example
  hash_algorithm bank = hash_algorithm::sha256;
  bytes attest;
  bytes signature;
  bytes pcrs; ///< the file that tpm2-tools writes
  bytes nonce;
  bytes ak; ///< TPM2B_PUBLIC
};

inline quote_files read_quote(const std::string& machine, hash_algorithm bank) {
  const auto base = "vm/" + machine + "/";
  const auto stem = base + "quote-" + std::string{to_string(bank)};
  const auto hex = read_test_data(base + "nonce.hex");
  const auto digits = as_text(hex).substr(0, 64);
  return {machine + " " + std::string{to_string(bank)},
          bank,
          read_test_data(stem + ".msg"),
          read_test_data(stem + ".sig"),
          read_test_data(stem + ".pcrs"),
          from_hex(digits).value(),
          read_test_data(base + "ak.pub")};
}

/// All quotes of all machines: 29.
inline std::vector<quote_files> all_quotes() {
  std::vector<quote_files> out;
  for (const std::string machine : machines)
    for (const auto bank :
         {hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384, hash_algorithm::sha512})
      if (machine != "bank-sha256-only" || bank == hash_algorithm::sha256)
        out.push_back(read_quote(machine, bank));
  return out;
}

} // namespace muster::testing
