#include "cli/log/log_line.hpp"

#include "messages/build.hpp"
#include "messages/json_write.hpp"
#include "messages/record_text.hpp"
#include "messages/time_text.hpp"
#include "messages/vocabulary/bytes.hpp"

namespace muster::cli {

namespace {

class named_fields {
public:
  void compare(const char* name, std::string_view line, std::string_view proven) {
    if (line != proven) out_ += (out_.empty() ? "" : ", ") + std::string{name};
  }
  std::string take() && { return std::move(out_); }

private:
  std::string out_;
};

} // namespace

std::string misread_fields(rest::LogEntry::Reader line, records::AuditEntry::Reader record) {
  const auto rendered = make_record<rest::LogEntry>([&](rest::LogEntry::Builder out) {
                          put_readable(out, record);
                        }).read_back();
  return rendered.read([&](rest::LogEntry::Reader proven) {
    named_fields out;
    out.compare("when", text_of(line.getWhen()), text_of(proven.getWhen()));
    out.compare("actor", text_of(line.getActor()), text_of(proven.getActor()));
    out.compare("action", text_of(line.getAction()), text_of(proven.getAction()));
    out.compare("node", text_of(line.getNode()), text_of(proven.getNode()));
    out.compare("text", text_of(line.getText()), text_of(proven.getText()));
    out.compare("problem", text_of(line.getProblem()), "");
    return std::move(out).take();
  });
}

std::string misread_fields(rest::LogHead::Reader line, const crypto::log_head& head) {
  named_fields out;
  out.compare("size", std::to_string(line.getSize()), std::to_string(head.size));
  out.compare("root", text_of(line.getRoot()), to_hex(head.root));
  out.compare("when", text_of(line.getWhen()), rfc3339(head.time));
  out.compare("log", text_of(line.getLog()), to_string(head.log));
  out.compare("incarnation", std::to_string(line.getIncarnation()), std::to_string(head.incarnation.value));
  return std::move(out).take();
}

bool is_written_so(rest::LogLine::Reader read, std::string_view line) { return to_json(read) == line; }

} // namespace muster::cli
