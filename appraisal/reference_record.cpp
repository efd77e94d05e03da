#include "appraisal/reference_record.hpp"

#include "appraisal/field_check.hpp"

namespace muster::appraisal {

namespace {

constexpr std::uint16_t reference_version = 1;

std::string foreign_text(capnp::Data::Reader in) { return std::string{as_text(bytes_of(in))}; }

void put_pcr_claim(records::PcrValue::Builder out, const pcr_claim& in) {
  out.setAlgorithm(static_cast<std::uint16_t>(in.algorithm));
  out.setIndex(in.index);
  out.setValue(data_of(in.value.view()));
}

pcr_claim read_pcr_claim(records::PcrValue::Reader in, field_check& check) {
  pcr_claim out;
  out.algorithm = check.algorithm("pcr.algorithm", in.getAlgorithm());
  out.index = in.getIndex();
  if (out.index > 23) check.fail("pcr.index", "is over 23");
  out.value = check.digest("pcr.value", out.algorithm, in.getValue());
  return out;
}

} // namespace

record<records::ReferenceSet> to_record(const reference_content& in) {
  return make_record<records::ReferenceSet>([&](records::ReferenceSet::Builder out) {
    out.setVersion(reference_version);
    auto pcrs = out.initPcrs(static_cast<unsigned>(in.pcrs.size()));
    for (unsigned i = 0; i < in.pcrs.size(); ++i)
      put_pcr_claim(pcrs[i], in.pcrs[i]);
    auto lists = out.initEvents(static_cast<unsigned>(in.events.size()));
    for (unsigned i = 0; i < in.events.size(); ++i) {
      lists[i].setIndex(in.events[i].pcr);
      lists[i].setAlgorithm(static_cast<std::uint16_t>(in.events[i].algorithm));
      auto events = lists[i].initEvents(static_cast<unsigned>(in.events[i].events.size()));
      for (unsigned k = 0; k < in.events[i].events.size(); ++k) {
        const auto& event = in.events[i].events[k];
        events[k].setDigest(data_of(event.digest.view()));
        events[k].setType(event.type);
        events[k].setText(data_of(as_bytes(event.text)));
      }
    }
    auto files = out.initFiles(static_cast<unsigned>(in.files.size()));
    for (unsigned i = 0; i < in.files.size(); ++i) {
      const auto file = in.files[i];
      files[i].setAlgorithm(static_cast<std::uint16_t>(file.algorithm));
      files[i].setDigest(data_of(file.digest));
      files[i].setPath(data_of(as_bytes(file.path)));
    }
    out.setOrigin(text_of(in.origin));
  });
}

result<reference_content> reference_content_from(const view<records::ReferenceSet>& stored) {
  return stored.read([](records::ReferenceSet::Reader in) -> result<reference_content> {
    field_check check{"reference set"};
    check.version(in.getVersion(), reference_version);
    reference_content out;
    for (const auto one : in.getPcrs())
      out.pcrs.push_back(read_pcr_claim(one, check));
    for (const auto list : in.getEvents()) {
      reference_pcr_events events;
      events.pcr = list.getIndex();
      events.algorithm = check.algorithm("events.algorithm", list.getAlgorithm());
      for (const auto one : list.getEvents())
        events.events.push_back({check.digest("event.digest", events.algorithm, one.getDigest()),
                                 one.getType(), foreign_text(one.getText())});
      out.events.push_back(std::move(events));
    }
    for (const auto one : in.getFiles()) {
      const auto algorithm = check.algorithm("file.algorithm", one.getAlgorithm());
      const auto path = as_text(bytes_of(one.getPath()));
      if (!out.files.push({file_kind::file, algorithm, bytes_of(one.getDigest()), path}))
        check.fail("files", "more than fit into one set");
    }
    out.origin = text_of(in.getOrigin());
    return check.done(std::move(out));
  });
}

} // namespace muster::appraisal
