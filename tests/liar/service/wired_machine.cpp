#include "tests/liar/service/wired_machine.hpp"

#include "lab/files.hpp"
#include "tests/liar/soft_answer.hpp"

#include <doctest/doctest.h>

namespace muster::liar {

namespace {

constexpr std::uint64_t hours = 3'600'000;

} // namespace

result<std::unique_ptr<wired_machine>> wired_machine::enrol(const bench::service& at,
                                                            const lab::vendor& vendor) {
  const auto pem = lab::read_file(at.anchor());
  if (!pem) return pem.fault();
  auto anchor = crypto::certificate::from_pem(as_text(*pem));
  if (!anchor) return anchor.fault();
  std::unique_ptr<wired_machine> out{new wired_machine};
  bench::fleet_plan plan{
      {"127.0.0.1", at.port()}, std::string{bench::service::name}, *std::move(anchor), 1, 1, false, {}};
  plan.answer = [self = out.get()](bench::soft_machine& own, const bench::order& asked,
                                   const bench::channel& with) { return self->frames_for(own, asked, with); };
  auto made = bench::fleet::make(std::move(plan), vendor, {});
  if (!made) return made.fault();
  out->machines_.emplace(*std::move(made));
  if (auto done = out->machines_->run(bench::task::enrol, 1); !done) return done.fault();
  return out;
}

status wired_machine::tell(const account& told, chip& tpm) {
  told_ = &told;
  tpm_ = &tpm;
  machines_->machine(0).be_in(told.id, tpm.clock());
  for (const auto step : {bench::task::connect, bench::task::settle, bench::task::hang_up})
    if (auto done = machines_->run(step, 1); !done) return done;
  return {};
}

result<std::vector<bytes>> wired_machine::frames_for(bench::soft_machine& own, const bench::order& asked,
                                                     const bench::channel& with) {
  tpm_->wait(2 * hours); // as in `judge`
  const bool old = told_->late && last_;
  if (!old)
    last_ = std::make_shared<const answer>(answer_to(challenge_of(asked),
                                                     {own.id(), with.node_spki, with.exporter, told_->id},
                                                     asked.ima_first, *told_, *tpm_, quoted_by(own)));
  told_from_ = old ? std::nullopt : std::optional{asked.ima_first};
  // A repeated answer goes under the number of this challenge, because no
  // digest covers the number in the frames.
  return bench::frames_of(asked, {muster::to_bytes(last_->manifest.view()),
                                  {last_->quote.attest, last_->quote.signature},
                                  last_->hints,
                                  last_->boot_log,
                                  last_->ima_log});
}

} // namespace muster::liar
