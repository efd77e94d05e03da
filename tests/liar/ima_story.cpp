#include "tests/liar/ima_story.hpp"

#include "messages/vocabulary/writer.hpp"
#include "tpm/format/ima_log.hpp"

#include <algorithm>

namespace muster::liar {

namespace {

void put_field(writer& out, byte_view content) {
  out.u32_le(static_cast<std::uint32_t>(content.size())).put(content);
}

bytes name_field(std::string_view path) {
  auto out = muster::to_bytes(as_bytes(path));
  out.push_back(0);
  return out;
}

bytes sha256_field(std::string_view content) {
  return digest_field(hash_algorithm::sha256, crypto::sha256(as_bytes(content)));
}

tpm::ima_entry parsed(const ima_line& line, bytes& keeps) {
  keeps = to_bytes(ima_story{line});
  tpm::ima_log_reader reader;
  tpm::ima_entry out;
  if (const auto read = reader.read(keeps, out); !read || *read == 0) return {};
  return out;
}

} // namespace

bytes digest_field(hash_algorithm algorithm, byte_view digest) {
  auto out = muster::to_bytes(as_bytes(to_string(algorithm)));
  out.push_back(':');
  out.push_back(0);
  append(out, digest);
  return out;
}

ima_line line_of(std::string layout, bytes data) {
  ima_line out{10, std::move(layout), std::move(data), {}, {}};
  out.digests = measured(out.data);
  out.column = muster::to_bytes(out.digests.digests[0].view());
  return out;
}

ima_line file_line(std::string_view path, std::string_view content) {
  writer out;
  put_field(out, sha256_field(content));
  put_field(out, name_field(path));
  return line_of("ima-ng", out.take());
}

ima_line signed_line(std::string_view path, std::string_view content, byte_view signature) {
  writer out;
  put_field(out, sha256_field(content));
  put_field(out, name_field(path));
  put_field(out, signature);
  return line_of("ima-sig", out.take());
}

// evm-sig: d-ng|n-ng|evmsig|xattrnames|xattrlengths|xattrvalues|iuid|igid|imode
ima_line attribute_line(std::string_view path, std::string_view content, byte_view attribute) {
  writer out;
  put_field(out, sha256_field(content));
  put_field(out, name_field(path));
  put_field(out, {});
  put_field(out, name_field("security.selinux"));
  put_field(out, writer{}.u32_le(static_cast<std::uint32_t>(attribute.size())).take());
  put_field(out, attribute);
  put_field(out, bytes(4, 0));
  put_field(out, bytes(4, 0));
  put_field(out, writer{}.u16_le(0x81ed).take());
  return line_of("evm-sig", out.take());
}

ima_line buffer_line(std::string_view name, byte_view buffer) {
  writer out;
  put_field(out, digest_field(hash_algorithm::sha256, crypto::sha256(buffer)));
  put_field(out, name_field(name));
  put_field(out, buffer);
  return line_of("ima-buf", out.take());
}

ima_line violation_line(std::string_view path, byte_view digest) {
  writer out;
  put_field(out, digest_field(hash_algorithm::sha256, digest.empty() ? byte_view{bytes(32, 0)} : digest));
  put_field(out, name_field(path));
  auto line = line_of("ima-ng", out.take());
  line.digests = filled_with(0xff);
  line.column = bytes(20, 0);
  return line;
}

ima_line aggregate_line(byte_view sha256_of_pcrs) {
  return aggregate_line(hash_algorithm::sha256, crypto::digest{sha256_of_pcrs});
}

ima_line aggregate_line(hash_algorithm by, const crypto::digest& of_pcrs) {
  writer out;
  put_field(out, digest_field(by, of_pcrs.view()));
  put_field(out, name_field("boot_aggregate"));
  return line_of("ima-ng", out.take());
}

std::string path_of(const ima_line& line) {
  bytes keeps;
  return std::string{parsed(line, keeps).path};
}

byte_view digest_in(const ima_line& line) {
  constexpr std::size_t before = 4 + 8; // UINT32 length; "sha256:" NUL
  return byte_view{line.data}
      .subspan(std::min(before, line.data.size()))
      .first(std::min<std::size_t>(32, line.data.size() - std::min(before, line.data.size())));
}

std::size_t find(const ima_story& story, std::string_view path) {
  const auto field = name_field(path);
  const auto at = std::ranges::find_if(story, [&](const ima_line& line) {
    return std::search(line.data.begin(), line.data.end(), field.begin(), field.end()) != line.data.end();
  });
  return static_cast<std::size_t>(at - story.begin());
}

ima_story read_ima_story(byte_view log) {
  ima_story out;
  tpm::ima_log_reader reader;
  tpm::ima_entry entry;
  for (auto rest = log; !rest.empty();) {
    const auto size = reader.read(rest, entry).value();
    auto line = line_of(std::string{entry.template_name}, muster::to_bytes(entry.data));
    line.pcr = entry.pcr;
    line.column = muster::to_bytes(entry.column);
    if (entry.violation()) line.digests = filled_with(0xff);
    out.push_back(std::move(line));
    rest = rest.subspan(size);
  }
  return out;
}

bytes to_bytes(const ima_story& story, std::size_t from) {
  writer out;
  for (auto i = from; i < story.size(); ++i) {
    const auto& line = story[i];
    out.u32_le(line.pcr).put(line.column);
    out.u32_le(static_cast<std::uint32_t>(line.layout.size())).put(as_bytes(line.layout));
    out.u32_le(static_cast<std::uint32_t>(line.data.size())).put(line.data);
  }
  return out.take();
}

} // namespace muster::liar
