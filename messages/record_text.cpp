#include "messages/record_text.hpp"

#include "messages/build.hpp"
#include "messages/time_text.hpp"
#include "messages/view.hpp"
#include "messages/vocabulary/bytes.hpp"

namespace muster {

void put_readable(rest::LogEntry::Builder out, records::AuditEntry::Reader in) {
  out.setWhen(text_of(rfc3339({in.getWhenMs()})));
  out.setActor(text_of(printable(text_of(in.getActor()))));
  out.setAction(text_of(printable(text_of(in.getAction()))));
  out.setNode(text_of(to_hex(bytes_of(in.getNode()))));
  out.setText(text_of(printable(text_of(in.getText()))));
}

} // namespace muster
