#include "bench/service.hpp"

#include "lab/files.hpp"
#include "net/listen.hpp"

#include <cstdlib>
#include <sstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace muster::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds answers_within{30};
constexpr std::chrono::milliseconds look_again{50};
constexpr std::size_t max_answer = 16U << 20U;
/// Strangers have a tenth of the sessions, and the fleet enrols from one address: on a busy machine hundreds
/// of them hang up before the service sees that.
constexpr std::size_t room_for_strangers = 5'000;

std::string configuration(const fs::path& folder, std::uint16_t port, std::size_t machines,
                          service::pace how) {
  std::ostringstream out;
  out << "name: " << service::name << "\nlisten:\n  agents: 127.0.0.1:" << port
      << "\nstate: " << (folder / "ras").string() << "\nsocket: " << (folder / "ras.sock").string()
      << "\nbeat: " << (how == service::pace::of_an_agent ? "1s" : "1h")
      << "\nattestation:\n  interval: " << (how == service::pace::of_a_story ? "1d" : "100ms")
      << "\n  lease: 7d\n  reconnect_pause: 0s\n"
      << "limits:\n  sessions: " << machines + room_for_strangers
      << "\n  half_open: 4096\n  accepts_per_address: 100000\n  log_deadline: 1h\n"
      << "admission:\n  vendor: automatic\n  group: " << service::group << "\n  vendor_roots:\n    - "
      << (folder / "vendor" / "roots").string() << "\n    - "
      << (folder / "vendor" / "intermediates").string() << "\n  manufacturers: [\"id:4D535452\"]\n";
  return out.str();
}

result<std::uint16_t> free_port() {
  const auto socket = net::listen_on({"127.0.0.1", 0});
  if (!socket) return socket.fault();
  const auto where = net::local_endpoint(socket->socket);
  if (!where) return where.fault();
  return where->tcp()->port;
}

/// The header and as much body as it states: the service may keep the connection open afterwards.
bool whole(const std::string& answer) {
  const auto head = answer.find("\r\n\r\n");
  if (head == std::string::npos) return false;
  constexpr std::string_view field = "Content-Length: ";
  const auto length = answer.find(field);
  return length > head
         || answer.size() >= head + 4 + std::strtoul(answer.c_str() + length + field.size(), nullptr, 10);
}

result<net::socket_fd> connect_unix(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto text = path.string();
  if (text.size() >= sizeof address.sun_path) return fault{errc::limit, "socket: the path is too long"};
  std::ranges::copy(text, address.sun_path);
  net::socket_fd out{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!out.valid() || ::connect(out.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return fault{errc::io, "ras.sock: " + std::generic_category().message(errno)};
  return out;
}

} // namespace

result<scratch_folder> scratch_folder::make() {
  auto pattern = (fs::temp_directory_path() / "muster-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    return fault{errc::io, pattern + ": " + std::generic_category().message(errno)};
  return scratch_folder{pattern};
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

fs::path program_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

result<service> service::prepare(const fs::path& folder, std::size_t machines, pace how,
                                 std::string_view policy) {
  const auto port = free_port();
  if (!port) return port.fault();
  service out{folder, *port};
  if (auto vendor = lab::vendor::create(out.vendor()); !vendor) return vendor.fault();
  auto text = configuration(folder, *port, machines, how);
  if (!policy.empty()) {
    if (auto made = lab::make_empty_folder(out.policies()); !made) return made.fault();
    const auto file = out.policies() / (std::string{group} + ".yaml");
    if (auto kept = lab::replace_file(file, as_bytes(policy)); !kept) return kept.fault();
    text += "policies: " + out.policies().string() + "\n";
  }
  if (auto kept = lab::replace_file(folder / "service.yaml", as_bytes(text)); !kept) return kept.fault();
  return out;
}

status service::start() {
  const auto program = program_folder() / "ras";
  if (!fs::exists(program)) return fault{errc::not_found, program.string() + " is missing; build it first"};
  auto started = process::start({{program.string(), "--config", (folder_ / "service.yaml").string()}, log()});
  if (!started) return started.fault();
  process_.emplace(std::move(*started));
  const auto last = std::chrono::steady_clock::now() + answers_within;
  while (!request("GET", "/readyz")) {
    if (!process_->running()) {
      const auto words = lab::read_file(log());
      return fault{errc::io, "ras ended at its start: " + (words ? printable(as_text(*words), 1000) : "")};
    }
    if (std::chrono::steady_clock::now() > last) return fault{errc::timeout, "ras does not answer"};
    std::this_thread::sleep_for(look_again);
  }
  return {};
}

result<std::string> service::request(std::string_view method, const std::string& target, byte_view body,
                                     std::string_view type) {
  const auto socket = connect_unix(folder_ / "ras.sock");
  if (!socket) return socket.fault();
  std::ostringstream out;
  out << method << ' ' << target << " HTTP/1.1\r\nHost: ras\r\n";
  if (!body.empty()) out << "Content-Type: " << type << "\r\nContent-Length: " << body.size() << "\r\n";
  out << "\r\n" << as_text(body);
  const auto text = out.str();
  if (::send(socket->get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
    return fault{errc::io, "ras.sock: cannot be written"};
  std::string answer;
  char block[16 * 1024];
  while (!whole(answer)) {
    const auto got = ::recv(socket->get(), block, sizeof block, 0);
    if (got <= 0 || answer.size() > max_answer) return fault{errc::io, "ras.sock: no whole answer"};
    answer.append(block, static_cast<std::size_t>(got));
  }
  // Status line: "HTTP/1.1 200 OK"
  if (answer.size() < 12 || answer[9] != '2')
    return fault{errc::denied, target + ": " + printable(answer, 600)};
  return answer;
}

status service::accept_reference(const std::string& node) {
  const auto wanted = R"({"group":")" + std::string{group} + R"(","from":")" + node + R"("})";
  const auto done = request("POST", "/v1/references", as_bytes(wanted));
  return done ? status{} : done.fault();
}

// The answer comes from our own service: counting a word in it is as good as parsing.
result<std::size_t> service::count_nodes(const std::string& query, std::string_view word) {
  std::size_t out = 0;
  std::string after;
  for (;;) {
    const auto page =
        request("GET", "/v1/nodes?limit=1000" + query + (after.empty() ? "" : "&after=" + after));
    if (!page) return page.fault();
    for (auto at = page->find(word); at != std::string::npos; at = page->find(word, at + word.size()))
      ++out;
    constexpr std::string_view next = R"("next":")";
    const auto at = page->find(next);
    if (at == std::string::npos) return out;
    after = page->substr(at + next.size(), 64);
    if (!node_id_from(after)) return out;
  }
}

// The field holds a time of this millennium, or nothing.
result<std::size_t> service::count_attested() { return count_nodes({}, R"("attested":"2)"); }

status service::name_all() {
  std::size_t named = 0;
  std::string after;
  for (;;) {
    const auto page = request("GET", "/v1/nodes?limit=1000" + (after.empty() ? "" : "&after=" + after));
    if (!page) return page.fault();
    constexpr std::string_view field = R"("id":")";
    for (auto at = page->find(field); at != std::string::npos; at = page->find(field, at + field.size())) {
      const auto id = page->substr(at + field.size(), 64);
      if (!node_id_from(id)) continue;
      const auto wanted = R"({"name":"machine-)" + std::to_string(named++) + R"("})";
      if (auto done = request("PUT", "/v1/nodes/" + id + "/name", as_bytes(wanted)); !done)
        return done.fault();
    }
    constexpr std::string_view next = R"("next":")";
    const auto at = page->find(next);
    if (at == std::string::npos) return {};
    after = page->substr(at + next.size(), 64);
    if (!node_id_from(after)) return {};
  }
}

status service::wait_for_trusted(std::size_t machines) {
  const auto last = std::chrono::steady_clock::now() + trusted_within;
  for (;;) {
    const auto trusted = count_nodes("&shown=trusted", R"("shown":"trusted")");
    if (!trusted) return trusted.fault();
    if (*trusted == machines) return {};
    if (std::chrono::steady_clock::now() > last)
      return fault{errc::timeout, "only " + std::to_string(*trusted) + " of " + std::to_string(machines)
                                      + " machines are trusted"};
    std::this_thread::sleep_for(look_again);
  }
}

} // namespace muster::bench
