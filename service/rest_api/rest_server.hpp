// REST, for people and their programs: KJ's HTTP server on a thread of its own, over a Unix socket.
#pragma once

#include "actors/runtime/log.hpp"
#include "actors/service/cache.hpp"
#include "actors/service/exporter.hpp"
#include "actors/service/record_log.hpp"
#include "actors/service/references.hpp"
#include "actors/service/rotation.hpp"
#include "actors/service/survey.hpp"
#include "actors/service/trust_mgr.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/fwd.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace muster::service {

/// Limits that no peer can change. Production uses the initialisers; tests use smaller values.
struct rest_limits {
  using duration = std::chrono::milliseconds;

  std::size_t connections = 256;          ///< in all; further ones wait in the kernel's queue
  std::size_t connections_per_user = 128; ///< of one uid; further ones get 503 and are closed
  /// The most connections of one uid while all other uids have `others`: half of those that they leave, so
  /// neither one user nor two together can keep the next one out.
  std::size_t share(std::size_t others) const noexcept {
    const auto left = connections - std::min(connections, others);
    return std::min(connections_per_user, std::max<std::size_t>(1, left / 2));
  }
  std::size_t uploads = 4; ///< sets that are handed in at once; further ones get 503 and are closed
  duration header{std::chrono::seconds{10}};
  duration idle{std::chrono::seconds{30}};   ///< between two requests of one connection
  duration body{std::chrono::seconds{10}};   ///< from the end of the headers to the end of the body
  duration write{std::chrono::seconds{10}};  ///< until the peer has taken what we wrote
  duration change{std::chrono::seconds{30}}; ///< how long a change is waited for; it may still be made later
  duration accept_pause{std::chrono::milliseconds{200}}; ///< after a failed accept
  duration drain{std::chrono::seconds{3}};               ///< for answers under way when we stop
};

struct rest_deps {
  caf::actor_system& system;
  cache_actor cache;
  trust_mgr_actor trust;
  references_actor references;
  survey_actor survey;
  record_log_actor record_log;
  std::string socket; ///< path; at most 107 bytes
  std::string group;  ///< of the socket; empty: the group of the process
  runtime::log log;
  rest_limits limits{};
  exporter_actor exporter{};
  rotation_actor rotation{};
  std::function<status()> storing{}; ///< a further condition of `/readyz`; any thread; may be empty
};

/// The running server. A failing request, a misbehaving peer or a lack of descriptors costs that request or
/// connection only, never the server.
class rest_server {
public:
  /// Listens on `deps.socket` with mode 0660, spawns the bridge to the actors and starts the thread. A socket
  /// file without a listening process is replaced. fault conflict: another process listens there; malformed:
  /// not a possible path, or the file is not a socket; not_found: no such group; io: anything else.
  static result<std::unique_ptr<rest_server>> start(rest_deps deps);

  /// Stops accepting, answers each waiting request (503), lets answers under way go out for at most
  /// `limits.drain`, joins the thread, and removes the socket file if it is still ours. Later calls do
  /// nothing.
  void stop();

  /// An actor that ends when the server no longer serves, for whatever reason. For a `watcher`.
  caf::strong_actor_ptr heart() const;

  ~rest_server(); ///< like `stop`
  rest_server(const rest_server&) = delete;
  rest_server& operator=(const rest_server&) = delete;

private:
  struct parts;
  explicit rest_server(std::unique_ptr<parts> p) noexcept;
  std::unique_ptr<parts> parts_;
};

} // namespace muster::service
