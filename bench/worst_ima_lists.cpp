#include "bench/long_evidence.hpp"
#include "bench/worst_inputs.hpp"
#include "bench/worst_words.hpp"
#include "lab/ima_list.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/evidence/ima_search.hpp"
#include "tpm/format/ima_log.hpp"
#include "tpm/format/ima_signature.hpp"

#include <array>
#include <functional>

namespace muster::bench {

namespace {

constexpr std::size_t entries = 50'000;
constexpr std::size_t signed_entries = 2'000; // each costs a verification
constexpr std::size_t longest_path = tpm::ima_log_reader::max_path;

/// UINT32 length and BYTE field[], for each field.
bytes data_of_fields(std::initializer_list<byte_view> fields) {
  writer out;
  for (const auto field : fields)
    out.u32_le(static_cast<std::uint32_t>(field.size())).put(field);
  return out.take();
}

enum class column : std::uint8_t { measured, zeros };

/// The SHA-1 column is only ever compared with zeros.
void add_entry(bytes& out, unsigned pcr, std::string_view name, byte_view data,
               column digest = column::measured) {
  constexpr std::size_t column_size = 20;
  writer in;
  in.u32_le(pcr).put(bytes(column_size, digest == column::zeros ? 0x00 : 0xaa));
  in.u32_le(static_cast<std::uint32_t>(name.size())).put(as_bytes(name));
  in.u32_le(static_cast<std::uint32_t>(data.size())).put(data);
  append(out, in.view());
}

bytes digest_field(byte_view digest, std::string_view algorithm = "sha256") {
  return writer{}.put(as_bytes(algorithm)).label(":").put(digest).take();
}
bytes name_field(std::string_view path) { return writer{}.label(path).take(); }
bytes32 unknown_digest(std::size_t i) { return crypto::sha256(number_text("unknown content ", i)); }

using add_one = std::function<void(bytes&, std::size_t)>;

/// The real boot log, the first line of the real list, then the entries that `add` makes.
evidence_input ima_of(const input_parts& of, const add_one& add, std::size_t count = entries) {
  evidence_input out;
  out.boot_log = of.boot_log;
  add_entry(out.ima_log, lab::ima_pcr, "ima-ng",
            data_of_fields({digest_field(of.aggregate.view()), name_field("boot_aggregate")}));
  for (std::size_t i = 0; i < count; ++i)
    add(out.ima_log, i);
  return out;
}

void add_file(bytes& out, std::string_view path, byte_view digest, unsigned pcr = lab::ima_pcr) {
  add_entry(out, pcr, "ima-ng", data_of_fields({digest_field(digest), name_field(path)}));
}

/// Entries of unknown content at `path(i)`.
evidence_input files_at(const input_parts& of, const std::function<std::string(std::size_t)>& path,
                        std::size_t count = entries) {
  return ima_of(
      of, [&](bytes& out, std::size_t i) { add_file(out, path(i), unknown_digest(i)); }, count);
}

/// A short name that differs from all others.
std::string short_name(std::size_t i) {
  std::string out;
  for (; i != 0 || out.empty(); i /= 64)
    out += static_cast<char>('0' + i % 64);
  return out;
}

evidence_input smallest(const input_parts& of) { return files_at(of, short_name); }
evidence_input smallest_with_place(const input_parts& of) {
  return files_at(of, [](std::size_t i) { return "/" + short_name(i); });
}
evidence_input smallest_sha1(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t i) {
    const auto name = short_name(i);
    // Template `ima`: digest and name have no common length in front.
    writer in;
    in.u32_le(lab::ima_pcr).put(bytes(20, 0xaa)).u32_le(3).put(as_bytes("ima"));
    in.put(crypto::hash(hash_algorithm::sha1, as_bytes(name)).view());
    in.u32_le(static_cast<std::uint32_t>(name.size())).put(as_bytes(name));
    append(out, in.view());
  });
}
evidence_input identical(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t) { add_file(out, "/a", unknown_digest(0)); });
}
evidence_input identical_changed(const input_parts& of) {
  return ima_of(of,
                [](bytes& out, std::size_t) { add_file(out, long_log_path(entries), unknown_digest(0)); });
}
evidence_input violations(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t i) {
    add_entry(out, lab::ima_pcr, "ima-ng",
              data_of_fields({digest_field(bytes(32)), name_field("/" + short_name(i))}), column::zeros);
  });
}
evidence_input longest_paths(const input_parts& of) {
  return files_at(
      of,
      [](std::size_t i) {
        auto out = "/" + std::to_string(i);
        out.resize(longest_path, 'p');
        return out;
      },
      entries / 10);
}
evidence_input longest_spelling(const input_parts& of) {
  return files_at(
      of,
      [](std::size_t i) {
        auto out = "/" + std::to_string(i);
        while (out.size() + 9 < longest_path)
          out += "/./../";
        return out + "_ _";
      },
      entries / 10);
}
evidence_input escapes(const input_parts& of) {
  return files_at(
      of,
      [](std::size_t i) {
        auto out = "/" + std::to_string(i);
        out.resize(longest_path, '\x01');
        return out;
      },
      entries / 10);
}
evidence_input spelling(const input_parts& of) {
  return files_at(of, [](std::size_t i) { return "/a//.././b _/./" + short_name(i); });
}
evidence_input blanks_to_sign(const input_parts& of) {
  return files_at(of,
                  [](std::size_t i) { return std::string{signed_place} + "a_b_c d_/../e_" + short_name(i); });
}
evidence_input nearly_signed(const input_parts& of) {
  return files_at(of, [](std::size_t i) { return "/opt/signal/./a_b_" + short_name(i); });
}
evidence_input excluded_paths(const input_parts& of) {
  return files_at(of, [](std::size_t i) { return "/srv/www/" + std::to_string(i) + "/uploads/"; });
}
evidence_input known_names(const input_parts& of) {
  return files_at(of, [](std::size_t i) { return "/x/plugin-" + std::to_string(i) + ".so"; });
}
evidence_input known_names_alone(const input_parts& of) {
  return files_at(of, [](std::size_t i) { return "plugin-" + std::to_string(i) + ".so"; });
}
evidence_input changed_files(const input_parts& of) { return files_at(of, long_log_path); }
evidence_input other_contents(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t i) {
    add_file(out, long_log_path(i * 7'919 % long_log_entries), crypto::sha256(as_bytes(long_log_path(i))));
  });
}
evidence_input denied_files(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t i) {
    add_file(out, "/" + short_name(i), crypto::sha256(as_bytes(denied_content)));
  });
}

/// struct signature_v2_hdr (security/integrity/integrity.h)
bytes attribute(std::uint32_t key_id, byte_view signature) {
  constexpr std::uint8_t digest_signature = 3;
  constexpr std::uint8_t version = 2;
  constexpr std::uint8_t kernel_sha256 = 4;
  return writer{}.u8(digest_signature).u8(version).u8(kernel_sha256).u32_be(key_id).sized16(signature).take();
}

void add_signed(bytes& out, std::string_view path, byte_view digest, byte_view signature) {
  add_entry(out, lab::ima_pcr, "ima-sig",
            data_of_fields({digest_field(digest), name_field(path), signature}));
}

/// Signatures by the key, over other content than the entry's.
evidence_input wrongly_signed(const input_parts& of, const crypto::private_key& key, std::uint32_t key_id) {
  const auto signature = attribute(key_id, key.sign(hash_algorithm::sha256, as_bytes("other")).value());
  return ima_of(
      of, [&](bytes& out, std::size_t i) { add_signed(out, long_log_path(i), unknown_digest(i), signature); },
      signed_entries);
}
evidence_input wrong_p256(const input_parts& of) { return wrongly_signed(of, of.p256, p256_key_id); }
evidence_input wrong_rsa(const input_parts& of) { return wrongly_signed(of, of.rsa, rsa_key_id); }

evidence_input longest_signatures_of(const input_parts& of, std::uint32_t key_id) {
  const auto signature = attribute(key_id, bytes(tpm::max_ima_signature, 0x01));
  return ima_of(
      of, [&](bytes& out, std::size_t i) { add_signed(out, long_log_path(i), unknown_digest(i), signature); },
      signed_entries);
}
evidence_input longest_signatures_p256(const input_parts& of) {
  return longest_signatures_of(of, p256_key_id);
}
evidence_input longest_signatures_rsa(const input_parts& of) { return longest_signatures_of(of, rsa_key_id); }
evidence_input signatures_of_strangers(const input_parts& of) {
  const auto signature = attribute(1, bytes(8, 0x01));
  return ima_of(of, [&](bytes& out, std::size_t i) {
    add_signed(out, "/" + short_name(i), unknown_digest(i), signature);
  });
}
evidence_input no_signatures(const input_parts& of) {
  return ima_of(of, [&](bytes& out, std::size_t i) {
    add_signed(out, "/" + short_name(i), unknown_digest(i), to_bytes(as_bytes("\x03")));
  });
}

void add_buffer(bytes& out, std::string_view name, byte_view content, hash_algorithm by) {
  add_entry(out, lab::ima_pcr, "ima-buf",
            data_of_fields(
                {digest_field(crypto::hash(by, content).view(), to_string(by)), name_field(name), content}));
}
evidence_input keys(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t i) {
    const auto key = writer{}.u8(0x30).u8(4).u32_be(static_cast<std::uint32_t>(i)).take();
    add_buffer(out, ".ima", key, hash_algorithm::sha256);
  });
}
evidence_input kexecs(const input_parts& of) {
  return ima_of(
      of,
      [](bytes& out, std::size_t i) {
        add_buffer(out, "kexec-cmdline", as_bytes(many_words(2000, i)), hash_algorithm::sha256);
      },
      entries / 10);
}
evidence_input short_kexecs(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t i) {
    add_buffer(out, "kexec-cmdline", as_bytes("\" = \"" + short_name(i)), hash_algorithm::sha256);
  });
}
evidence_input long_kexecs(const input_parts& of) {
  return ima_of(
      of,
      [](bytes& out, std::size_t i) {
        add_buffer(out, "kexec-cmdline", as_bytes(many_words(4000, i)), hash_algorithm::sha512);
      },
      entries / 10);
}
evidence_input critical_data(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t i) {
    add_buffer(out, ruled_label, number_text("", i), hash_algorithm::sha256);
  });
}
evidence_input long_critical_data(const input_parts& of) {
  return ima_of(
      of,
      [](bytes& out, std::size_t i) {
        auto content = number_text("", i);
        content.resize((1U << 20U) - 256U);
        add_buffer(out, ruled_label, content, hash_algorithm::sha1);
      },
      16);
}
/// The content of a lone third field is hashed for every file, whatever the template's name.
evidence_input buffers_of_any_name(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t i) {
    const auto content = number_text("", i);
    add_entry(out, lab::ima_pcr, "ima-buf",
              data_of_fields({digest_field(unknown_digest(i)), name_field("/" + short_name(i)), content}));
  });
}
/// Each entry is read again from its front, including the name of its template.
evidence_input changing_templates(const input_parts& of) {
  std::string names[2] = {"d-ng|n-ng", "d-ng|n-ng"};
  for (std::size_t field = 2; field < 16; ++field)
    for (std::size_t name = 0; name < 2; ++name)
      names[name] += field % 2 == name ? "|xattrvalues" : "|xattrnames";
  return ima_of(of, [&](bytes& out, std::size_t i) {
    add_entry(out, lab::ima_pcr, names[i % 2],
              data_of_fields({digest_field(unknown_digest(i)),
                              name_field(short_name(i)),
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {}}));
  });
}
evidence_input changing_short_templates(const input_parts& of) {
  return ima_of(of, [&](bytes& out, std::size_t i) {
    add_entry(out, lab::ima_pcr, i % 2 == 0 ? "d-ng|n-ng" : "ima-ng",
              data_of_fields({digest_field(unknown_digest(i)), name_field(short_name(i))}));
  });
}
evidence_input changing_algorithms(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t i) {
    const auto by = i % 2 == 0 ? hash_algorithm::sha1 : hash_algorithm::sha256;
    const auto content = number_text("", i);
    add_entry(out, lab::ima_pcr, "ima-ng",
              data_of_fields({digest_field(crypto::hash(by, content).view(), to_string(by)),
                              name_field(short_name(i))}));
  });
}
evidence_input several_pcrs(const input_parts& of) {
  constexpr unsigned pcrs[] = {lab::ima_pcr, 11, 12, 13};
  return ima_of(of, [&](bytes& out, std::size_t i) {
    add_file(out, short_name(i), unknown_digest(i), pcrs[i % std::size(pcrs)]);
  });
}

/// The content of `honest`, with as many entries.
evidence_input long_log(const input_parts& of, std::size_t count) {
  return ima_of(
      of,
      [](bytes& out, std::size_t i) {
        add_file(out, long_log_path(i), crypto::sha256(as_bytes(long_log_path(i))));
      },
      count);
}
evidence_input every_entry_tried(const input_parts& of) {
  constexpr auto tries = tpm::ima_search::max_tries;
  auto out = files_at(of, short_name, tries - 1);
  out.hinted = 0;
  return out;
}
evidence_input padded_bank(const input_parts& of) {
  auto out = long_log(of, entries);
  out.fed = bank_feed::padded_sha1;
  return out;
}
evidence_input padded_smallest(const input_parts& of) {
  auto out = smallest(of);
  out.fed = bank_feed::padded_sha1;
  return out;
}
evidence_input recorded_prefix(const input_parts& of) {
  auto out = long_log(of, entries);
  out.recorded = entries;
  return out;
}
evidence_input recorded_smallest(const input_parts& of) {
  auto out = smallest(of);
  out.recorded = entries;
  out.fed = bank_feed::padded_sha1;
  return out;
}

/// A million of them, the most that a log may contain.
evidence_input aggregates(const input_parts& of) {
  constexpr std::size_t most = 1'000'000 - 1;
  return ima_of(
      of, [&](bytes& out, std::size_t) { add_file(out, "boot_aggregate", of.aggregate.view()); }, most);
}
evidence_input false_aggregates(const input_parts& of) {
  return ima_of(of, [](bytes& out, std::size_t i) { add_file(out, "boot_aggregate", unknown_digest(i)); });
}

evidence_input every_finding(const input_parts& of) {
  return ima_of(of, [&](bytes& out, std::size_t i) {
    const auto name = "/" + short_name(i);
    switch (i % 7) {
    case 0: return add_file(out, name, unknown_digest(i));
    case 1: return add_file(out, long_log_path(i), unknown_digest(i));
    case 2: return add_file(out, long_log_path(i), crypto::sha256(as_bytes(long_log_path(i + 1))));
    case 3: return add_file(out, name, crypto::sha256(as_bytes(denied_content)));
    case 4: return add_file(out, std::string{signed_place} + name, unknown_digest(i));
    case 5: return add_buffer(out, ruled_label, number_text("", i), hash_algorithm::sha256);
    default: break;
    }
    add_entry(out, lab::ima_pcr, "ima-ng", data_of_fields({digest_field(bytes(32)), name_field(name)}),
              column::zeros);
  });
}

constexpr worst_input worst_ima_list_table[] = {
    {"IMA log: smallest entries", baseline::honest, smallest},
    {"IMA log: smallest entries with a slash", baseline::honest, smallest_with_place},
    {"IMA log: smallest entries of template ima", baseline::honest, smallest_sha1},
    {"IMA log: identical entries", baseline::honest, identical},
    {"IMA log: identical entries of a known path", baseline::honest, identical_changed},
    {"IMA log: violations", baseline::honest, violations},
    {"IMA log: longest paths", baseline::honest, longest_paths},
    {"IMA log: longest paths of dots and blanks", baseline::honest, longest_spelling},
    {"IMA log: longest paths of control characters", baseline::honest, escapes},
    {"IMA log: paths of dots and blanks", baseline::honest, spelling},
    {"IMA log: paths that a pattern excludes", baseline::honest, excluded_paths},
    {"IMA log: known names in other places", baseline::honest, known_names},
    {"IMA log: known names without a place", baseline::honest, known_names_alone},
    {"IMA log: known paths with other content", baseline::honest, changed_files},
    {"IMA log: known paths with content of others", baseline::honest, other_contents},
    {"IMA log: denied files", baseline::honest, denied_files},
    {"IMA log: blanks where files must be signed", baseline::honest_must_sign, blanks_to_sign},
    {"IMA log: blanks near where files must be signed", baseline::honest_must_sign, nearly_signed},
    {"IMA log: longest paths, and files must be signed", baseline::honest_must_sign, longest_spelling},
    {"IMA log: smallest entries, and files must be signed", baseline::honest_must_sign, smallest_with_place},
    {"IMA log: P-256 signatures that do not hold", baseline::honest_p256_signed, wrong_p256},
    {"IMA log: RSA signatures that do not hold", baseline::honest_rsa_signed, wrong_rsa},
    {"IMA log: longest signatures, for P-256", baseline::honest_p256_signed, longest_signatures_p256},
    {"IMA log: longest signatures, for RSA", baseline::honest_rsa_signed, longest_signatures_rsa},
    {"IMA log: signatures of unknown keys", baseline::honest, signatures_of_strangers},
    {"IMA log: signatures that are none", baseline::honest, no_signatures},
    {"IMA log: keys", baseline::honest, keys},
    {"IMA log: kexec command lines of many words", baseline::honest, kexecs},
    {"IMA log: kexec command lines of few", baseline::honest, short_kexecs},
    {"IMA log: kexec command lines that are too long", baseline::honest, long_kexecs},
    {"IMA log: critical data", baseline::honest, critical_data},
    {"IMA log: long critical data", baseline::honest, long_critical_data},
    {"IMA log: buffers that are not their digest", baseline::honest, buffers_of_any_name},
    {"IMA log: long templates that alternate", baseline::honest, changing_templates},
    {"IMA log: short templates that alternate", baseline::honest, changing_short_templates},
    {"IMA log: algorithms that alternate", baseline::honest, changing_algorithms},
    {"IMA log: several PCRs", baseline::honest, several_pcrs},
    {"IMA log: each entry is tried", baseline::honest, every_entry_tried},
    {"IMA log: a padded bank", baseline::honest, padded_bank},
    {"IMA log: a padded bank of smallest entries", baseline::honest, padded_smallest},
    {"IMA log: compared with a recorded prefix", baseline::honest, recorded_prefix},
    {"IMA log: the same of smallest entries, padded", baseline::honest, recorded_smallest},
    {"IMA log: a million boot_aggregates", baseline::honest, aggregates},
    {"IMA log: false boot_aggregates", baseline::honest, false_aggregates},
    {"IMA log: every kind of finding", baseline::honest_must_sign, every_finding},
};

} // namespace

std::span<const worst_input> worst_ima_lists() noexcept { return worst_ima_list_table; }

evidence_input honest_signed(const input_parts& of, baseline kind) {
  const bool rsa = kind == baseline::honest_rsa_signed;
  const auto& key = rsa ? of.rsa : of.p256;
  const auto path = long_log_path(0);
  // One file serves for all entries: no verification is remembered.
  const auto signature =
      attribute(rsa ? rsa_key_id : p256_key_id, key.sign(hash_algorithm::sha256, as_bytes(path)).value());
  return ima_of(
      of, [&](bytes& out, std::size_t) { add_signed(out, path, crypto::sha256(as_bytes(path)), signature); },
      signed_entries);
}

} // namespace muster::bench
