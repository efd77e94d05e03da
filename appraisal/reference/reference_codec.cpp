#include "appraisal/reference/reference_codec.hpp"

#include "appraisal/claims/field_codec.hpp"
#include "appraisal/reference/extraction_codec.hpp"

namespace muster::appraisal {

namespace {

constexpr std::uint16_t reference_version = 1;

std::string foreign_text(capnp::Data::Reader in) { return std::string{as_text(bytes_of(in))}; }

} // namespace

record<records::ReferenceSet> to_record(const reference_content& in) {
  return make_record<records::ReferenceSet>([&](records::ReferenceSet::Builder out) {
    out.setVersion(reference_version);
    auto pcrs = out.initPcrs(static_cast<unsigned>(in.pcrs.size()));
    for (unsigned i = 0; i < in.pcrs.size(); ++i)
      put_pcr(pcrs[i], in.pcrs[i]);
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
      files[i].setKind(static_cast<std::uint8_t>(file.kind));
      const auto own = i < in.package_of.size() ? in.package_of[i] : no_package;
      files[i].setPackage(own == no_package ? 0 : own + 1);
    }
    out.setOrigin(text_of(in.origin));
    const auto left_out = sorted(in.left_out);
    put_event_rules(out.initLeftOut(static_cast<unsigned>(left_out.size())), left_out);
    auto packages = out.initPackages(static_cast<unsigned>(in.packages.size()));
    for (unsigned i = 0; i < in.packages.size(); ++i) {
      packages[i].setName(data_of(as_bytes(in.packages[i].name)));
      packages[i].setVersion(data_of(as_bytes(in.packages[i].version)));
      packages[i].setSource(static_cast<std::uint8_t>(in.packages[i].source));
    }
  });
}

result<reference_content> reference_content_from(const view<records::ReferenceSet>& stored) {
  return stored.read([](records::ReferenceSet::Reader in) -> result<reference_content> {
    field_check check{"reference set"};
    check.version(in.getVersion(), reference_version);
    reference_content out;
    for (const auto one : in.getPcrs())
      out.pcrs.push_back(read_pcr(one, check));
    for (const auto list : in.getEvents()) {
      reference_pcr_events events;
      events.pcr = list.getIndex();
      events.algorithm = check.algorithm("events.algorithm", list.getAlgorithm());
      for (const auto one : list.getEvents())
        events.events.push_back({check.digest("event.digest", events.algorithm, one.getDigest()),
                                 one.getType(), foreign_text(one.getText())});
      out.events.push_back(std::move(events));
    }
    out.left_out = read_event_rules(in.getLeftOut(), check);
    for (const auto one : in.getPackages())
      out.packages.push_back({foreign_text(one.getName()), foreign_text(one.getVersion()),
                              check.value<package_source>("package.source", one.getSource())});
    const auto has_packages = in.getPackages().size() > 0;
    for (const auto one : in.getFiles()) {
      const auto algorithm = check.algorithm("file.algorithm", one.getAlgorithm());
      const auto path = as_text(bytes_of(one.getPath()));
      const auto kind = static_cast<file_kind>(one.getKind());
      if (!names_content(kind)) check.fail("file.kind", "is not a kind of file");
      if (!out.files.push({kind, algorithm, bytes_of(one.getDigest()), path}))
        check.fail("files", "more than fit into one set");
      if (one.getPackage() > out.packages.size()) check.fail("file.package", "is not there");
      if (has_packages) out.package_of.push_back(one.getPackage() == 0 ? no_package : one.getPackage() - 1);
    }
    out.origin = text_of(in.getOrigin());
    return check.done(std::move(out));
  });
}

result<std::shared_ptr<const reference_set>> read_reference(frame stored, const view_limits& limits) {
  const auto record = parse_view<records::ReferenceSet>(std::move(stored), limits);
  if (!record) return fault{record.fault().code, "it is not a reference set: " + record.fault().check};
  auto content = reference_content_from(*record);
  if (!content) return content.fault();
  auto made = reference_set::make(*std::move(content));
  if (!made) return made.fault();
  if (!same(to_record((*made)->content()).content(), record->content()))
    return fault{errc::malformed, "it is a reference set, but not in its canonical form"};
  return made;
}

} // namespace muster::appraisal
