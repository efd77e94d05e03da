#include "cli/ca/ca_commands.hpp"
#include "cli/client/change.hpp"
#include "cli/client/shown_status.hpp"
#include "files/open_fault.hpp"
#include "messages/json_write.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>

namespace muster::cli {

namespace {

constexpr std::size_t max_signed = std::size_t{48} * 1024;

result<std::string> text_of_file(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  const auto of_file = [&](const fault& why) { return fault{why.code, printable(file) + ": " + why.check}; };
  if (!in) return of_file(files::open_fault(errno));
  std::string out(max_signed + 1, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (in.bad()) return of_file(files::open_fault(errno));
  out.resize(static_cast<std::size_t>(in.gcount()));
  if (out.size() > max_signed)
    return fault{errc::limit, printable(file) + ": too long; is it what `ras ca sign` wrote?"};
  return out;
}

} // namespace

int ca_rotate(const surroundings& around, const std::string& file) {
  const auto text = text_of_file(file);
  if (!text) return report(around, text.fault());
  auto body = build_json<rest::RotateRequest>(
      [&](rest::RotateRequest::Builder out) { out.setSigned(text_of(*text)); });
  return change(around, {http_method::post, "/v1/ca/rotate", std::move(body), change_patience},
                "the list is in force; `muster ca status` shows which machines have it");
}

} // namespace muster::cli
