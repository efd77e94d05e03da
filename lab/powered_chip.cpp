#include "lab/powered_chip.hpp"

#include "tpm/device/laboratory.hpp"

#include <cstring>

namespace muster::lab {
namespace {

constexpr auto private_name = "lab.sock";
constexpr auto control = ".ctrl";

status move(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code why;
  std::filesystem::rename(from, to, why);
  if (why) return fault{errc::io, "cannot move the TPM's socket: " + why.message()};
  return {};
}

} // namespace

result<powered_chip> powered_chip::power_on(const std::filesystem::path& folder) {
  if (auto started = swtpm{folder}.start(private_name); !started) return started.fault();
  powered_chip made{folder};
  auto opened =
      tpm::chip::open({tpm::chip_address::transport::swtpm, "path=" + (folder / private_name).string()});
  if (!opened) return opened.fault();
  made.chip_.emplace(std::move(*opened));
  return made;
}

powered_chip::powered_chip(powered_chip&& other) noexcept
    : folder_{std::exchange(other.folder_, {})}, chip_{std::move(other.chip_)} {}

powered_chip::~powered_chip() {
  chip_.reset();
  if (!folder_.empty()) static_cast<void>(swtpm{folder_}.stop());
}

status powered_chip::power_off() {
  const auto shut = tpm::laboratory::shutdown(*chip_);
  chip_.reset();
  const auto stopped = swtpm{std::exchange(folder_, {})}.stop();
  return shut ? stopped : shut;
}

status powered_chip::hand_over(const std::string& name) {
  chip_.reset();
  // The control socket first: agents look for the other one.
  if (auto moved = move(folder_ / (std::string{private_name} + control), folder_ / (name + control)); !moved)
    return moved;
  if (auto moved = move(folder_ / private_name, folder_ / name); !moved) return moved;
  folder_.clear();
  return {};
}

} // namespace muster::lab
