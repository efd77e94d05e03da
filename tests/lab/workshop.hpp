// Machines for one test: a folder that is deleted with them, and shorthands for looking into a result.
#pragma once

#include "lab/machine.hpp"
#include "tpm/device/chip.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

namespace muster::test {

/// A temporary folder, with a path short enough for sockets. Machines in it are switched off at the end.
class workshop {
public:
  workshop() {
    auto pattern = (std::filesystem::temp_directory_path() / "lab-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
  }
  ~workshop() {
    for (auto& machine : machines_)
      static_cast<void>(machine->off());
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  workshop(const workshop&) = delete;
  workshop& operator=(const workshop&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  lab::vendor& vendor() {
    if (!vendor_) {
      auto made = lab::vendor::create(folder_ / "vendor");
      REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.fault().check));
      vendor_.emplace(std::move(*made));
    }
    return *vendor_;
  }

  lab::machine& create(const std::string& name,
                       lab::endorsement_choice endorsement = lab::endorsement_choice::p256) {
    lab::manufacture_plan plan;
    plan.endorsement = endorsement;
    return keep(lab::machine::create(folder_ / name, &vendor(), plan));
  }

  lab::machine& keep(result<lab::machine> made) {
    REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.fault().check));
    machines_.push_back(std::make_unique<lab::machine>(std::move(*made)));
    return *machines_.back();
  }

private:
  std::filesystem::path folder_;
  std::optional<lab::vendor> vendor_;
  std::vector<std::unique_ptr<lab::machine>> machines_;
};

template <class T> std::string why(const result<T>& r) { return r.ok() ? "" : r.fault().check; }

/// The value; otherwise the test ends with the fault's words.
template <class T> T must(result<T> r) {
  REQUIRE_MESSAGE(r.ok(), why(r));
  return std::move(*r);
}
inline void must(const status& r) { REQUIRE_MESSAGE(r.ok(), why(r)); }

inline tpm::chip open_chip(const lab::machine& machine) {
  return must(tpm::chip::open(must(tpm::parse_chip_address(machine.tpm_address()))));
}

} // namespace muster::test
