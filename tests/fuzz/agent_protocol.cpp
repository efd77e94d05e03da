// A session of muster/1 under any order of frames, answers and times. At most one question of a kind is open
// at a time, numbers only rise, only attestations that this session challenged are decided, and nothing
// follows an end.
#include "protocol/agent_protocol.hpp"

#include "appraisal/attestation/attestation_outcome.hpp"
#include "appraisal/attestation/running_attestation.hpp"
#include "messages/build.hpp"
#include "messages/vocabulary/cursor.hpp"

#include <cstdlib>
#include <set>

namespace {

using namespace muster;
using namespace muster::service;

void hold(bool property) {
  if (!property) std::abort();
}

/// An AK whose point is the generator of P-256, because the protocol needs a key that could sign.
constexpr std::uint8_t ak_public[] = {
    0x00, 0x23, 0x00, 0x0b, 0x00, 0x05, 0x00, 0x72, 0x00, 0x00, 0x00, 0x10, 0x00, 0x18, 0x00,
    0x0b, 0x00, 0x03, 0x00, 0x10, 0x00, 0x20, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47,
    0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33,
    0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x00, 0x20, 0x4f, 0xe3, 0x42, 0xe2,
    0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33,
    0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};

/// The subsystems around the session. They answer its questions in any order, or never.
class world {
public:
  explicit world(cursor script) : script_{script}, protocol_{{}, bytes{1}, {}, settings()} {}

  void run() {
    for (unsigned steps = 0; steps < 400 && script_.left() > 0; ++steps)
      step(script_.u8());
    // Whatever came before, once the peer is gone and all answers have come,
    // the session waits for nothing more.
    closed_ = true;
    look(protocol_.on_gone());
    while (!steps_.empty())
      answer_step(2);
    hold(protocol_.quiet() && protocol_.held() == 0);
  }

private:
  static agent_protocol_settings settings() {
    agent_protocol_settings out;
    out.interval = std::chrono::milliseconds{1000};
    out.log_deadline = std::chrono::milliseconds{500};
    return out;
  }

  template <class Fill> void send(Fill&& fill) {
    look(protocol_.on_frame(frame::adopt(build<wire::AgentFrame>(fill)), now_));
  }

  void step(std::uint8_t what) {
    switch (what % 13) {
    case 0:
      return send([](wire::AgentFrame::Builder out) {
        auto in = out.initHello();
        in.setMajor(wire::MAJOR);
        in.setBootId(data_of(bytes(16, 7)));
      });
    case 1: return send([&](wire::AgentFrame::Builder out) { out.initBeat().setSequence(script_.u8()); });
    case 2:
      return send([&](wire::AgentFrame::Builder out) {
        auto in = out.initEvidence();
        in.setNumber(number_of(script_.u8()));
        in.setLast(script_.u8() % 2 == 0);
      });
    case 3:
      return send([&](wire::AgentFrame::Builder out) {
        auto in = out.initLogPart();
        in.setNumber(number_of(script_.u8()));
        in.setPart(script_.u8() % 4);
        in.setLast(script_.u8() % 2 == 0);
        in.setBody(data_of(bytes(script_.u8(), 1)));
      });
    case 4: return send([](wire::AgentFrame::Builder out) { out.initRenew(); });
    case 5: return look(protocol_.on_frame(frame::copy_of(script_.take(script_.u8() % 64)), now_));
    case 6: return attach(script_.u8() % 4 != 0);
    case 7: return answer_step(script_.u8());
    case 8: return answer_decision(script_.u8());
    case 9: now_.milliseconds += std::uint64_t{script_.u8()} * 50; return look(protocol_.on_tick(now_));
    case 10: superseded_ = true; return look(protocol_.on_superseded());
    case 11: return look(protocol_.on_renewed(issued_certificates{}));
    default:
      if (script_.u8() % 8 == 0) return look(protocol_.on_end({errc::busy, "stop"}));
      return send([&](wire::AgentFrame::Builder out) { out.initReport().setId(script_.u8()); });
    }
  }

  /// A number near the challenged one, so that some match it.
  std::uint64_t number_of(std::uint8_t what) const { return 41 + what % 6; }

  void attach(bool taken) {
    if (!attaching_) return;
    attaching_ = false;
    if (!taken) return look(protocol_.on_attached(fault{errc::denied, "no"}));
    attachment out;
    out.epoch = {1};
    out.ak_public = bytes(std::begin(ak_public), std::end(ak_public));
    auto state = std::make_shared<node_state>();
    state->number = {41};
    recorded_ = state;
    out.recorded = state;
    auto context = std::make_shared<appraisal_context>();
    context->policy = std::make_shared<const appraisal::policy>();
    out.context = context;
    look(protocol_.on_attached(std::move(out)));
  }

  void answer_step(std::uint8_t how) {
    if (steps_.empty()) return;
    const auto which = steps_.begin() + how / 4 % static_cast<std::ptrdiff_t>(steps_.size());
    const auto number = which->number;
    const bool cut_off = which->evidence.cut_off;
    evidence_step out{std::move(which->evidence.attestation), nullptr};
    steps_.erase(which);
    if (how % 4 == 0) return look(protocol_.on_step(number, fault{errc::internal, "lost"}));
    if (how % 4 == 1) out = {nullptr, outcome_of(how)};
    if (cut_off && how % 4 != 1) out = {}; // no bad news
    look(protocol_.on_step(number, std::move(out)));
  }

  /// An outcome that is verified or not, with or without bad news.
  static std::shared_ptr<const appraisal::attestation_outcome> outcome_of(std::uint8_t how) {
    auto out = std::make_shared<appraisal::attestation_outcome>();
    if ((how & 16U) != 0) out->end = appraisal::attestation_end::verified;
    if ((how & 32U) != 0) out->findings.push_back({});
    return out;
  }

  void answer_decision(std::uint8_t how) {
    if (!deciding_) return;
    const auto number = *std::exchange(deciding_, std::nullopt);
    if (how % 3 == 0) return look(protocol_.on_decided(number, fault{errc::conflict, "older"}));
    look(protocol_.on_decided(number, decision{recorded_, how % 3 == 1}));
  }

  /// Checks everything that the session asks for.
  void look(agent_effects out) {
    if (closed_) hold(out.send.empty() && out.reports.empty());
    closed_ = closed_ || out.close;
    for (const auto& one : out.send)
      hold(parse_view<wire::ServiceFrame>(frame::copy_of(one)).ok());
    for (auto& one : out.asks)
      std::visit([&](auto& ask) { take(ask); }, one);
    if (superseded_) hold(protocol_.backlog() == 0);
  }
  void take(agent_effects::ask_attach&) { hold(!closed_ && !std::exchange(attaching_, true)); }
  void take(agent_effects::ask_renew&) { hold(!closed_ && protocol_.attached()); }
  void take(agent_effects::ask_step& ask) {
    hold(ask.evidence.attestation && ask.number.value > 41);
    // One question about an attestation at a time, and none after the last one.
    for (const auto& open : steps_)
      hold(open.number.value != ask.number.value);
    hold(cut_off_.count(ask.number.value) == 0);
    if (ask.evidence.cut_off) {
      hold(ask.number.value <= newest_ || ask.evidence.parts.size() > 0);
      cut_off_.insert(ask.number.value);
    } else {
      hold(!closed_ && protocol_.attached() && !superseded_);
      hold(!ask.evidence.parts.empty() && ask.number.value >= newest_);
    }
    newest_ = std::max(newest_, ask.number.value);
    steps_.push_back(std::move(ask));
  }
  void take(agent_effects::ask_decide& ask) {
    const auto& request = ask.request;
    hold(request.outcome && request.evidence && request.context);
    // Each attestation is decided once; one that was given up, only by its bad news.
    hold(request.number.value <= newest_ && decided_.insert(request.number.value).second);
    if (request.bad_news) {
      hold(request.outcome->end == appraisal::attestation_end::failed);
      return;
    }
    hold(!closed_ && protocol_.attached() && !superseded_);
    hold(request.number.value == newest_ && cut_off_.count(request.number.value) == 0);
    deciding_ = request.number;
  }

  cursor script_;
  agent_protocol protocol_;
  boot_time now_{0};
  std::shared_ptr<const node_state> recorded_;
  bool attaching_ = false;
  bool superseded_ = false;
  bool closed_ = false;
  std::uint64_t newest_ = 0;
  std::set<std::uint64_t> decided_;
  std::set<std::uint64_t> cut_off_; ///< the last question about these has been asked
  std::vector<agent_effects::ask_step> steps_;
  std::optional<attestation_number> deciding_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  world{cursor{{data, size}}}.run();
  return 0;
}
