#include "node/ra_agent/trust_client.hpp"

#include "messages/build.hpp"
#include "messages/view.hpp"

namespace muster::node {

trust_effects trust_client::start() const {
  trust_effects out;
  out.send.push_back(build<wire::StrangerFrame>(
      [&](wire::StrangerFrame::Builder frame) { put_stranger_hello(frame.initHello(), number_); }));
  return out;
}

trust_effects trust_client::end(std::optional<refusal> why) {
  step_ = step::over;
  trust_effects out;
  out.over = true;
  out.refused = std::move(why);
  return out;
}

trust_effects trust_client::on_frame(const frame& received) {
  if (step_ == step::over) return {};
  const auto parsed = parse_view<wire::EnrolmentFrame>(received);
  if (!parsed) return end(refuse(parsed.fault()));
  return parsed->read([&](wire::EnrolmentFrame::Reader in) -> trust_effects {
    if (in.isFault()) return end(read_refusal(in.getFault()));
    if (step_ == step::hello && in.isHello()) {
      if (const auto same_major = check_hello(in.getHello()); !same_major)
        return end(refuse(same_major.fault()));
      if (in.getHello().getTrust() <= number_) return end({});
      step_ = step::lists;
      return {};
    }
    if (step_ == step::lists && in.isTrust()) {
      auto lists = read_trust(in.getTrust());
      if (!lists) return end(refuse(lists.fault()));
      auto out = end({});
      out.lists = std::move(*lists);
      return out;
    }
    return end(refuse({errc::malformed, "trust: the server sent a frame out of turn"}));
  });
}

} // namespace muster::node
