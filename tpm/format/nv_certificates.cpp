#include "tpm/format/nv_certificates.hpp"

#include "crypto/certificate.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/format/der_prefix.hpp"

#include <algorithm>
#include <array>

namespace muster::tpm {
namespace {

constexpr std::uint8_t sequence = 0x30;
/// The longest certificate that may span indices. Longer ones are refused wherever they come from.
constexpr std::size_t most_open = crypto::max_certificate_size;

bool is_filler(std::uint8_t byte) noexcept { return byte == 0x00 || byte == 0xff; }

bool starts_with(byte_view content, std::span<const std::uint8_t> what) noexcept {
  return content.size() >= what.size() && std::ranges::equal(content.first(what.size()), what);
}

// struct TCG_PCCLIENT_STORED_CERT { UINT16 tag = 0x1001; BYTE certType; UINT16 certSize; }
// struct TCG_FULL_CERT            { UINT16 tag = 0x1002; BYTE cert[]; }
constexpr std::array<std::uint8_t, 3> full_certificate{0x10, 0x01, 0x00};
constexpr std::array<std::uint8_t, 3> partial_certificate{0x10, 0x01, 0x01};
constexpr std::array<std::uint8_t, 2> full_certificate_tag{0x10, 0x02};
constexpr std::size_t stored_header = 5;

byte_view without_header(byte_view content) {
  if (content.size() < stored_header || !starts_with(content, full_certificate)) return content;
  content = content.subspan(stored_header);
  return starts_with(content, full_certificate_tag) ? content.subspan(full_certificate_tag.size()) : content;
}

byte_view without_filler(byte_view content) {
  const auto first = std::ranges::find_if_not(content, is_filler);
  return content.subspan(static_cast<std::size_t>(first - content.begin()));
}

bool begins_with_certificate(byte_view content) {
  const auto element = der_prefix(content);
  return element && crypto::certificate::from_der(*element).ok();
}

/// Reads the indices in their order.
class chain_reader {
public:
  explicit chain_reader(std::size_t most) : most_{most} {}

  void read(const nv_content& next) {
    auto content = next.content;
    if (!open_.empty() && !continues(content)) return;
    const auto before = elements_;
    const auto rest = take_all(content);
    if (!rest.empty() && rest.front() == sequence) {
      open_ = to_bytes(rest.first(std::min(rest.size(), most_open)));
      open_in_ = next.index;
    } else if (!rest.empty()) {
      note(next.index, "it has bytes that are no certificate; they are skipped");
    } else if (elements_ == before) {
      note(next.index, "it holds no certificate");
    }
  }

  nv_chain done() && {
    if (!open_.empty()) cut_off();
    return std::move(out_);
  }

private:
  /// Whether `content` is to be read now, together with what is open. If it only makes the open certificate longer,
  /// it waits for the next index.
  bool continues(bytes& content) {
    auto joined = open_;
    append(joined, content);
    const auto whole = der_prefix(joined).ok();
    if (!begins_with_certificate(joined)) {
      if (!whole && joined.size() <= most_open && !begins_with_certificate(without_filler(content))) {
        open_ = std::move(joined);
        return false;
      }
      cut_off();
      return true;
    }
    open_.clear();
    content = std::move(joined);
    return true;
  }

  /// What is left at the first byte that is neither filler nor a whole element.
  byte_view take_all(byte_view content) {
    for (;;) {
      content = without_header(without_filler(content));
      const auto element = der_prefix(content);
      if (!element) return content;
      content = content.subspan(element->size());
      ++elements_;
      if (out_.certificates.size() < most_)
        out_.certificates.push_back(to_bytes(*element));
      else if (!std::exchange(too_many_, true))
        out_.notes.push_back("EK chain in NV: more than " + std::to_string(most_)
                             + " certificates; the rest is skipped");
    }
  }

  void cut_off() {
    note(open_in_, "a certificate in it is cut off, or is not DER; it is skipped");
    open_.clear();
  }

  void note(std::uint32_t index, std::string_view what) {
    out_.notes.push_back("EK chain in NV index " + nv_index_text(index) + ": " + std::string{what});
  }

  std::size_t most_;
  nv_chain out_;
  bytes open_; ///< the beginning of a certificate that its index does not end
  std::uint32_t open_in_ = 0;
  std::size_t elements_ = 0;
  bool too_many_ = false;
};

} // namespace

std::string nv_index_text(std::uint32_t index) { return "0x" + to_hex(writer{}.u32_be(index).view()); }

result<byte_view> certificate_in_nv(byte_view content) {
  if (content.empty()) return fault{errc::malformed, "the index has no bytes"};
  const auto all = [content](std::uint8_t filler) {
    return std::ranges::all_of(content, [filler](std::uint8_t byte) { return byte == filler; });
  };
  if (all(0xff)) return fault{errc::malformed, "the index is erased: all of its bytes are ff"};
  if (all(0x00)) return fault{errc::malformed, "the index was never filled: all of its bytes are 00"};
  if (starts_with(content, partial_certificate))
    return fault{errc::unsupported, "the index has a partial certificate of TPM 1.2's time"};
  return der_prefix(without_header(content));
}

nv_chain chain_in_nv(std::span<const nv_content> indices, std::size_t most) {
  chain_reader reader{most};
  for (const auto& one : indices)
    reader.read(one);
  return std::move(reader).done();
}

} // namespace muster::tpm
