#include "cli/client/change.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/files/output_file.hpp"
#include "cli/references/reference_commands.hpp"
#include "crypto/digest.hpp"

#include <ostream>

namespace muster::cli {

int reference_import(const surroundings& around, const bytes32& digest, std::string record) {
  http_call call{http_method::put, "/v1/sets/" + to_hex(digest), std::move(record), change_patience};
  call.content_type = "application/octet-stream";
  const auto got = ask<rest::ReferenceAnswer>(around, call);
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::ReferenceAnswer::Reader in) {
    if (around.format == output_format::json)
      around.out << got->json << '\n';
    else
      around.out << "on record, not in force: set " << printable(text_of(in.getDigest())) << "\n  files   "
                 << in.getFiles() << "\n  events  " << in.getEvents() << "\n  PCRs    " << in.getPcrs()
                 << "\n  next    muster reference accept GROUP --set " << printable(text_of(in.getDigest()))
                 << "   for a group without a reference\n          muster campaign propose GROUP --set "
                 << printable(text_of(in.getDigest())) << "   for a group that has one\n";
  });
  return exit_done;
}

int reference_export(const surroundings& around, const std::string& digest, const std::string& file) {
  const auto got =
      exchange(around.socket, {http_method::get, "/v1/sets/" + encoded(digest), {}, change_patience});
  if (!got) return report(around, got.fault());
  if (got->status != 200) return report(around, refusal(*got));
  const auto digest_of_body = crypto::sha256(as_bytes(got->body));
  if (to_hex(digest_of_body) != digest)
    return report(around, {errc::mismatch, "ras answered with another set than was asked for"});
  auto to = output_file::open(file, around.out);
  if (!to) return report(around, to.fault());
  if (auto written = to->write(got->body); !written) return report(around, written.fault());
  if (auto finished = to->finish(); !finished) return report(around, finished.fault());
  auto& said = to->is_standard_output() ? around.err : around.out;
  if (around.format == output_format::json)
    said << "{\"digest\":\"" << to_hex(digest_of_body) << "\",\"bytes\":" << got->body.size() << "}\n";
  else
    said << printable(file) << ": " << got->body.size() << " bytes\n";
  return exit_done;
}

} // namespace muster::cli
