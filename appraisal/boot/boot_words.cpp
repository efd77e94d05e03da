#include "appraisal/boot/boot_words.hpp"

namespace muster::appraisal {

finding boot_finding(severity level, std::string check, std::string subject, std::string sentence,
                     std::string_view remedy) {
  finding f;
  f.kind = finding_kind::claim;
  f.level = level;
  f.check = std::move(check);
  f.subject = std::move(subject);
  f.sentence = std::move(sentence);
  f.remedy = remedy;
  return f;
}

finding judged_finding(const policy& p, judged_check check, std::string subject, std::string sentence,
                       std::string_view remedy) {
  return boot_finding(p.of(check), std::string{name_of(check)}, std::move(subject), std::move(sentence),
                      remedy);
}

std::string digest_text(hash_algorithm algorithm, const crypto::digest& value) {
  return value.empty() ? std::string{} : std::string{to_string(algorithm)} + ":" + to_hex(value.view());
}

std::string event_subject(unsigned pcr, const boot_event* found, const reference_event* expected) {
  constexpr std::size_t longest = 200;
  auto out = "PCR " + std::to_string(pcr);
  if (found == nullptr)
    return expected != nullptr && !expected->text.empty() ? out + ": " + printable(expected->text, longest)
                                                          : out;
  out += ", event " + std::to_string(found->number);
  if (!found->label.empty()) out += " (" + printable(found->label, longest) + ")";
  if (!found->hint.empty()) out += ": " + printable(found->hint, longest);
  return out;
}

void describe_difference(finding& f, const event_difference& d, hash_algorithm bank) {
  const bool covered =
      (d.expected == nullptr || !d.expected->text.empty()) && (d.found == nullptr || !d.found->text.empty());
  // A text can be short for what it describes ("dbx = 76 bytes"): then only the digests show the difference.
  const bool alike = d.expected != nullptr && d.found != nullptr && d.expected->text == d.found->text;
  const bool texts = covered && !alike;
  if (d.expected != nullptr)
    f.expected = texts ? printable(d.expected->text) : digest_text(bank, d.expected->digest);
  if (d.found != nullptr) f.found = texts ? printable(d.found->text) : digest_text(bank, d.found->digest);
}

} // namespace muster::appraisal
