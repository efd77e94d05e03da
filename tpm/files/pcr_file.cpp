#include "tpm/files/pcr_file.hpp"

#include "tpm/files/file_kind.hpp"
#include "tpm/format/tools_pcrs.hpp"

#include <charconv>

namespace muster::tpm {

namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::size_t max_lines = 1024;

fault bad_pcrs(const std::string& why) { return {errc::malformed, "PCR values: " + why}; }

std::size_t length_of(const pcr_order& quoted) noexcept {
  std::size_t out = 0;
  for (const auto& bank : quoted)
    for (unsigned i = 0; i < pcr_count; ++i)
      out += (bank.mask >> i & 1U) != 0 ? digest_size(bank.algorithm) : 0;
  return out;
}

result<pcr_values> read_plain(byte_view content, const pcr_order& quoted) {
  cursor in{content};
  pcr_values out;
  for (const auto& bank : quoted)
    for (unsigned i = 0; i < pcr_count; ++i)
      if ((bank.mask >> i & 1U) != 0)
        if (auto set = out.set(bank.algorithm, i, in.take(digest_size(bank.algorithm))); !set)
          return set.fault();
  return out;
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The bank that a line names; tpm2-tools writes sm3 with its length.
std::optional<hash_algorithm> bank_from(std::string_view name) noexcept {
  return name == "sm3_256" ? hash_algorithm::sm3_256 : hash_algorithm_from(name);
}

class text_reader {
public:
  explicit text_reader(pcr_selection quoted) noexcept : quoted_{quoted} {}

  result<pcr_values> read(std::string_view text) {
    for (; !text.empty(); ++line_) {
      if (line_ > max_lines) return fault{errc::limit, "PCR values: more than 1024 lines"};
      const auto end = std::min(text.find('\n'), text.size());
      if (auto taken = take(trimmed(text.substr(0, end))); !taken) return taken.fault();
      text.remove_prefix(std::min(text.size(), end + 1));
    }
    for (const auto& bank : quoted_)
      for (unsigned i = 0; i < pcr_count; ++i)
        if ((bank.mask >> i & 1U) != 0 && out_.get(bank.algorithm, i).empty())
          return bad_pcrs("the quote selects PCR " + std::to_string(i) + " of "
                          + std::string{to_string(bank.algorithm)}
                          + ", which this output of tpm2_pcrread does not have");
    return std::move(out_);
  }

private:
  fault bad_line(const char* why) const { return bad_pcrs("line " + std::to_string(line_) + ": " + why); }

  status take(std::string_view line) {
    if (line.empty()) return {};
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
      return bad_line("expected a bank (sha256:) or a register (0 : 0x...)");
    const auto key = trimmed(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    if (value.empty()) {
      bank_ = bank_from(key);
      return bank_ ? status{} : bad_line("an unknown bank");
    }
    unsigned index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (error != std::errc{} || end != key.data() + key.size() || index >= pcr_count)
      return bad_line("expected the number of a PCR, 0 to 23");
    if (!bank_) return bad_line("a register before its bank");
    const auto digest = from_hex(value.substr(value.starts_with("0x") ? 2 : 0));
    if (!digest) return bad_line("a value that is not hex");
    return put(index, *digest);
  }

  status put(unsigned index, byte_view digest) {
    if (!seen_.get(*bank_, index).empty()) return bad_line("a register is there twice");
    if (auto set = seen_.set(*bank_, index, digest); !set)
      return bad_line("a value that does not have the length of its bank");
    return (quoted_.mask_of(*bank_) >> index & 1U) != 0 ? out_.set(*bank_, index, digest) : status{};
  }

  pcr_selection quoted_;
  std::size_t line_ = 1;
  std::optional<hash_algorithm> bank_;
  pcr_values seen_;
  pcr_values out_;
};

} // namespace

result<pcr_values> read_pcr_file(byte_view content, const pcr_order& quoted) {
  auto own = parse_tools_pcrs(content);
  if (own) return std::move(own->values);
  const auto plain = length_of(quoted);
  if (plain != 0 && content.size() == plain) return read_plain(content, quoted);
  if (kind_of(content) == file_kind::tools_pcr_text)
    return text_reader{quoted.merged()}.read(as_text(content));
  return fault{own.fault().code, own.fault().check + "; nor are these " + std::to_string(content.size())
                                     + " bytes the plain values of " + to_string(quoted.merged())
                                     + ", which are " + std::to_string(plain)};
}

} // namespace muster::tpm
