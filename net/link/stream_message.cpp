#include "net/link/stream_message.hpp"

#include "messages/build.hpp"
#include "schemas/link.capnp.h"

#include <algorithm>
#include <array>

namespace muster::net::link {

namespace {

using reason = wire::StreamClose::Reason;
constexpr std::array reasons{
    std::pair{stream_end::end, reason::END},       std::pair{stream_end::broken, reason::BROKEN},
    std::pair{stream_end::busy, reason::BUSY},     std::pair{stream_end::overdrawn, reason::OVERDRAWN},
    std::pair{stream_end::silent, reason::SILENT}, std::pair{stream_end::stopping, reason::STOPPING}};

constexpr std::size_t longest_id = 64;

fault bad_message(const char* what) { return {errc::malformed, std::string{"hub link: "} + what}; }

/// Not written where it is used: when it optimises, GCC 12 mistakes the other alternatives of a moved std::variant for
/// values that were never set.
link_message the_beat() {
  static const link_message beat{link_beat{}};
  return beat;
}

result<link_message> read(wire::LinkHello::Reader in) {
  return link_message{
      link_hello{in.getMajor(), in.getMinor(), printable(text_of(in.getSoftware()), 128), in.getStreams()}};
}

result<link_message> read(wire::StreamOpen::Reader in) {
  stream_open out{{in.getStream()}, {}};
  const auto peer = text_of(in.getPeer());
  if (peer.size() > longest_peer) return bad_message("the address of a peer is too long");
  if (in.getPath().size() > deepest_path) return bad_message("a path has too many hubs");
  out.peer.address = printable(peer);
  for (const auto hub : in.getPath()) {
    if (hub.size() == 0 || hub.size() > longest_id)
      return bad_message("a path has something that is not the id of a hub");
    out.peer.path.push_back(printable(text_of(hub)));
  }
  return link_message{stream_message{std::move(out)}};
}

result<link_message> read(wire::StreamData::Reader in, const frame& message) {
  const auto body = bytes_of(in.getBody());
  if (body.empty() || body.size() > largest_slice) return bad_message("data of no byte, or of too many");
  return link_message{stream_message{stream_data{{in.getStream()}, message.inner(body), in.getWaiting()}}};
}

result<link_message> read(wire::StreamWindow::Reader in) {
  if (in.getMore() == 0) return bad_message("a window of no byte");
  return link_message{stream_message{stream_window{{in.getStream()}, in.getMore()}}};
}

result<link_message> read(wire::StreamClose::Reader in) {
  const auto why = std::ranges::find(reasons, in.getWhy(), [](const auto& r) { return r.second; });
  // A reason of a later version is one more that may discard bytes.
  return link_message{
      stream_message{stream_close{{in.getStream()}, why == reasons.end() ? stream_end::broken : why->first}}};
}

template <class Builder> void put(Builder out, const link_hello& hello) {
  auto to = out.initHello();
  to.setMajor(hello.major);
  to.setMinor(hello.minor);
  to.setSoftware(text_of(hello.software));
  to.setStreams(hello.streams);
}
template <class Builder> void put(Builder out, const link_beat&) { out.initBeat(); }
template <class Builder> void put(Builder out, const stream_data& data) {
  auto to = out.initData();
  to.setStream(data.stream.value);
  to.setBody(data_of(data.body.view()));
  to.setWaiting(data.waiting);
}
template <class Builder> void put(Builder out, const stream_window& window) {
  auto to = out.initWindow();
  to.setStream(window.stream.value);
  to.setMore(window.more);
}
template <class Builder> void put(Builder out, const stream_close& close) {
  auto to = out.initClose();
  to.setStream(close.stream.value);
  to.setWhy(std::ranges::find(reasons, close.why, [](const auto& r) { return r.first; })->second);
}
void put(wire::UpFrame::Builder out, const stream_open& open) {
  auto to = out.initOpen();
  to.setStream(open.stream.value);
  to.setPeer(text_of(open.peer.address));
  auto path = to.initPath(static_cast<unsigned>(open.peer.path.size()));
  for (unsigned i = 0; i < path.size(); ++i)
    path.set(i, text_of(open.peer.path[i]));
}
void put(wire::DownFrame::Builder, const stream_open&) {}

template <class Builder> void put(Builder out, const stream_message& message) {
  std::visit([&](const auto& m) { put(out, m); }, message);
}

template <class Root> bytes make(const link_message& message) {
  return build<Root>([&](auto out) { std::visit([&](const auto& m) { put(out, m); }, message); });
}

} // namespace

std::string_view to_string(stream_end why) noexcept {
  switch (why) {
  case stream_end::end: return "end";
  case stream_end::broken: return "broken";
  case stream_end::busy: return "busy";
  case stream_end::overdrawn: return "overdrawn";
  case stream_end::silent: return "silent";
  case stream_end::stopping: return "stopping";
  }
  return "?";
}

result<link_message> parse_up(frame from_below) {
  const auto view = parse_view<wire::UpFrame>(std::move(from_below));
  if (!view) return view.fault();
  return view->read([&](wire::UpFrame::Reader in) -> result<link_message> {
    switch (in.which()) {
    case wire::UpFrame::HELLO: return read(in.getHello());
    case wire::UpFrame::OPEN: return read(in.getOpen());
    case wire::UpFrame::DATA: return read(in.getData(), view->message());
    case wire::UpFrame::WINDOW: return read(in.getWindow());
    case wire::UpFrame::CLOSE: return read(in.getClose());
    case wire::UpFrame::BEAT: return the_beat();
    }
    return bad_message("a message that this version does not know");
  });
}

result<link_message> parse_down(frame from_above) {
  const auto view = parse_view<wire::DownFrame>(std::move(from_above));
  if (!view) return view.fault();
  return view->read([&](wire::DownFrame::Reader in) -> result<link_message> {
    switch (in.which()) {
    case wire::DownFrame::HELLO: return read(in.getHello());
    case wire::DownFrame::DATA: return read(in.getData(), view->message());
    case wire::DownFrame::WINDOW: return read(in.getWindow());
    case wire::DownFrame::CLOSE: return read(in.getClose());
    case wire::DownFrame::BEAT: return the_beat();
    }
    return bad_message("a message that this version does not know");
  });
}

bytes make_up(const link_message& message) { return make<wire::UpFrame>(message); }
bytes make_down(const link_message& message) { return make<wire::DownFrame>(message); }

} // namespace muster::net::link
