// A machine of the model as the service sees it: enrolled, with sessions over TLS.
#pragma once

#include "bench/fleet.hpp"
#include "bench/service.hpp"
#include "tests/liar/account.hpp"
#include "tests/liar/answer.hpp"

namespace muster::liar {

class wired_machine {
public:
  /// Enrols it by credential activation; the lab's vendor vouches for its TPM.
  static result<std::unique_ptr<wired_machine>> enrol(const bench::service& at, const lab::vendor& vendor);
  wired_machine(const wired_machine&) = delete;
  wired_machine& operator=(const wired_machine&) = delete;

  std::string id() const { return to_string(machines_->id(0)); }
  /// One session: each challenge is answered with `told`, and quoted by `tpm`, until a beat brings none.
  status tell(const account& told, chip& tpm);
  /// The first entry of the list that it reported last; none if that was a repeated answer.
  std::optional<std::uint64_t> told_from() const noexcept { return told_from_; }

private:
  wired_machine() = default;
  result<std::vector<bytes>> frames_for(bench::soft_machine& own, const bench::order& asked,
                                        const bench::channel& with);

  std::optional<bench::fleet> machines_; // one machine
  const account* told_ = nullptr;        // during `tell`
  chip* tpm_ = nullptr;
  std::shared_ptr<const answer> last_; // the last answer
  std::optional<std::uint64_t> told_from_;
};

} // namespace muster::liar
