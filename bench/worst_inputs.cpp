#include "bench/worst_inputs.hpp"

#include "bench/long_evidence.hpp"
#include "lab/boot_events.hpp"
#include "lab/ima_list.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/evidence/ima_search.hpp"
#include "tpm/format/boot_marks.hpp"
#include "tpm/format/efi_variable.hpp"
#include "tpm/format/event_log.hpp"
#include "tpm/format/ima_log.hpp"
#include "tpm/format/ima_signature.hpp"

#include <array>
#include <functional>

namespace muster::bench {

namespace {

using lab::boot_event;
using tpm::event_type;

constexpr std::size_t entries = 50'000;
constexpr std::size_t signed_entries = 2'000; // each costs a verification
constexpr std::size_t most_events = tpm::event_log::max_events - 200;
constexpr std::size_t long_text = std::size_t{64} << 10U; // the longest that is shown as a whole
constexpr std::size_t longest_path = tpm::ima_log_reader::max_path;

// ---- boot logs

bytes boot_bytes(std::string_view text) { return to_bytes(as_bytes(text)); }

/// Adds events `make(i)` until the log has the maximum length or the maximum number of events.
evidence_input boot_of(const std::function<boot_event(std::size_t)>& make,
                       const std::vector<hash_algorithm>& banks = {hash_algorithm::sha256},
                       std::size_t count = most_events) {
  constexpr std::size_t head = 16;
  std::vector<boot_event> events;
  std::size_t size = 256;
  for (std::size_t i = 0; i < count; ++i) {
    auto event = make(i);
    size += head + event.data.size();
    for (const auto bank : banks)
      size += 2 + digest_size(bank);
    if (size > tpm::event_log::max_bytes) break;
    events.push_back(std::move(event));
  }
  evidence_input out;
  out.boot_log = lab::encode_boot_log(events, banks);
  return out;
}

bytes number_text(std::string_view text, std::size_t i) {
  return boot_bytes(std::string{text} + std::to_string(i));
}

boot_event covered(unsigned pcr, event_type type, bytes data) {
  auto measured = data;
  return {pcr, type, std::move(data), std::move(measured)};
}

/// An event whose digest is of something that the log does not contain.
boot_event hidden(unsigned pcr, event_type type, bytes data, std::size_t i) {
  return {pcr, type, std::move(data), number_text("hidden ", i)};
}

constexpr unsigned boot_pcrs[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14};
unsigned some_pcr(std::size_t i) { return boot_pcrs[i % std::size(boot_pcrs)]; }

std::string words_of(std::size_t size, std::size_t i) {
  std::string out = "cmdline-" + std::to_string(i);
  for (std::size_t word = 0; out.size() < size; ++word)
    out += " w" + std::to_string(word % 1000) + "=\"a b\"";
  return out;
}

bytes utf16_of(std::string_view text) {
  bytes out;
  for (const char c : text) {
    out.push_back(static_cast<std::uint8_t>(c));
    out.push_back(0);
  }
  return out;
}

evidence_input tiny_events(const input_parts&) {
  return boot_of([](std::size_t i) { return hidden(some_pcr(i), event_type::ipl, {}, i); });
}
evidence_input tiny_text(const input_parts&) {
  return boot_of([](std::size_t i) { return covered(8, event_type::ipl, number_text("x", i)); });
}
evidence_input tiny_cmdlines(const input_parts&) {
  return boot_of([](std::size_t i) { return covered(12, event_type::ipl, number_text("x", i)); });
}
evidence_input tiny_hidden_configuration(const input_parts&) {
  return boot_of([](std::size_t i) { return hidden(7, event_type::efi_variable_driver_config, {}, i); });
}
evidence_input tiny_actions(const input_parts&) {
  return boot_of([](std::size_t i) { return covered(5, event_type::efi_action, number_text("", i)); });
}
evidence_input tiny_separators(const input_parts&) {
  return boot_of([](std::size_t i) {
    return covered(static_cast<unsigned>(i % 8), event_type::separator, to_bytes(tpm::zeros_separator));
  });
}
evidence_input tiny_error_separators(const input_parts&) {
  return boot_of([](std::size_t i) {
    return covered(static_cast<unsigned>(i % 8), event_type::separator, to_bytes(tpm::error_separator));
  });
}
evidence_input tiny_option_roms(const input_parts&) {
  return boot_of([](std::size_t i) { return hidden(2, event_type::efi_boot_services_driver, {}, i); });
}
evidence_input tiny_in_all_banks(const input_parts&) {
  return boot_of(
      [](std::size_t i) { return hidden(some_pcr(i), event_type::ipl, {}, i); },
      {hash_algorithm::sha1, hash_algorithm::sha384, hash_algorithm::sha512, hash_algorithm::sha256});
}
evidence_input variables(const input_parts&) {
  return boot_of([](std::size_t i) {
    const auto name = i % 2 == 0 ? std::string{"AuditMode"} : "n" + std::to_string(i);
    return covered(7, event_type::efi_variable_driver_config,
                   tpm::make_efi_variable(tpm::efi_global_variable, name, std::array<std::uint8_t, 1>{1}));
  });
}
evidence_input long_variables(const input_parts&) {
  return boot_of([](std::size_t i) {
    const auto name = std::string(longest_path, 'n') + std::to_string(i);
    return covered(7, event_type::efi_variable_driver_config,
                   tpm::make_efi_variable(tpm::efi_global_variable, name, bytes(longest_path, 1)));
  });
}
evidence_input denied_events(const input_parts&) {
  return boot_of(
      [](std::size_t i) { return covered(some_pcr(i), event_type::ipl, boot_bytes(denied_content)); });
}
evidence_input boot_zeros(const input_parts& of) {
  evidence_input out;
  out.boot_log = of.boot_log;
  out.boot_log.resize(tpm::event_log::max_bytes);
  return out;
}
evidence_input events_of_zeros(const input_parts&) {
  return boot_of(
      [](std::size_t i) { return hidden(8, event_type::ipl, bytes(tpm::event_log::max_event_data / 2), i); });
}

/// UEFI 2.10, 10.3: a device path of `nodes` nodes with `body` each, in the event of a loaded image.
bytes image_with_path(std::size_t nodes, std::uint8_t type, std::uint8_t subtype, byte_view body) {
  writer path;
  for (std::size_t i = 0; i < nodes; ++i)
    path.u8(type).u8(subtype).u16_le(static_cast<std::uint16_t>(body.size() + 4)).put(body);
  path.u8(0x7f).u8(0xff).u16_le(4);
  writer out;
  out.u64_le(0x1000).u64_le(0x2000).u64_le(0).u64_le(path.view().size()).put(path.view());
  return out.take();
}
constexpr std::size_t nodes_of_path = 64;

evidence_input many_nodes(const input_parts&) {
  const auto data = image_with_path(nodes_of_path, 5, 5, {});
  return boot_of([&](std::size_t i) {
    return hidden(i % 2 == 0 ? 2 : 4, event_type::efi_boot_services_application, data, i);
  });
}
evidence_input long_nodes(const input_parts&) {
  const auto data = image_with_path(nodes_of_path, 4, 4, utf16_of(std::string(3000, 'p')));
  return boot_of(
      [&](std::size_t i) { return hidden(4, event_type::efi_boot_services_application, data, i); });
}
evidence_input odd_nodes(const input_parts&) {
  const auto data = image_with_path(nodes_of_path, 4, 4, utf16_of(std::string(250, '\x01')));
  return boot_of(
      [&](std::size_t i) { return hidden(4, event_type::efi_boot_services_application, data, i); });
}
evidence_input long_ipl(const input_parts&) {
  return boot_of(
      [](std::size_t i) { return covered(8, event_type::ipl, boot_bytes(words_of(long_text - 64, i))); });
}
evidence_input long_cmdlines(const input_parts&) {
  return boot_of(
      [](std::size_t i) { return covered(12, event_type::ipl, boot_bytes(words_of(long_text - 64, i))); });
}
evidence_input short_cmdlines(const input_parts&) {
  return boot_of([](std::size_t i) {
    const auto text = words_of(2000, i);
    return boot_event{8, event_type::ipl, boot_bytes("kernel_cmdline: " + text), boot_bytes(text)};
  });
}
/// Each differing event is compared with the change of the command line.
evidence_input one_long_cmdline(const input_parts&) {
  return boot_of(
      [](std::size_t i) {
        if (i != 0) return covered(8, event_type::ipl, number_text("x", i));
        const auto text = "   /vmlinuz " + words_of(long_text - 64, i);
        return boot_event{8, event_type::ipl, boot_bytes("kernel_cmdline: " + text), boot_bytes(text)};
      },
      {hash_algorithm::sha256}, 200);
}
evidence_input too_long_ipl(const input_parts&) {
  return boot_of([](std::size_t i) {
    return covered(8, event_type::ipl, boot_bytes(words_of(tpm::event_log::max_event_data - 64, i)));
  });
}
evidence_input hidden_ipl(const input_parts&) {
  return boot_of([](std::size_t i) {
    return hidden(8, event_type::ipl, boot_bytes("a: " + words_of(long_text, i)), i);
  });
}
evidence_input hidden_ipl_utf16(const input_parts&) {
  return boot_of(
      [](std::size_t i) { return hidden(8, event_type::ipl, utf16_of(words_of(long_text / 2, i)), i); });
}
evidence_input escaped_ipl(const input_parts&) {
  return boot_of([](std::size_t i) {
    return covered(8, event_type::ipl, boot_bytes(std::to_string(i) + std::string(long_text - 64, '\x01')));
  });
}
/// As many escapes as a text may have.
evidence_input some_escapes_ipl(const input_parts&) {
  return boot_of([](std::size_t i) {
    auto text = words_of(long_text - 64, i);
    for (std::size_t at = 0; at < text.size(); at += 4)
      text[at] = '\x01';
    return covered(8, event_type::ipl, boot_bytes(text));
  });
}
/// Words of commands that start Linux, each with its own line.
evidence_input commands_ipl(const input_parts&) {
  return boot_of([](std::size_t i) {
    const auto line = "\"" + std::to_string(i / 2) + "\" a=\"b c\"";
    return covered(8, event_type::ipl,
                   boot_bytes(i % 2 == 0 ? "linux " + std::to_string(i / 2) + " a=b c" : line));
  });
}

// ---- IMA logs

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
        add_buffer(out, "kexec-cmdline", as_bytes(words_of(2000, i)), hash_algorithm::sha256);
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
        add_buffer(out, "kexec-cmdline", as_bytes(words_of(4000, i)), hash_algorithm::sha512);
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

constexpr worst_input table[] = {
    {"boot log: as many events as it may have, all without data", beside::honest, tiny_events},
    {"boot log: tiny texts in PCR 8", beside::honest, tiny_text},
    {"boot log: tiny texts in PCR 12", beside::honest, tiny_cmdlines},
    {"boot log: tiny hidden variables in PCR 7", beside::honest, tiny_hidden_configuration},
    {"boot log: tiny actions in PCR 5", beside::honest, tiny_actions},
    {"boot log: separators", beside::honest, tiny_separators},
    {"boot log: separators of errors", beside::honest, tiny_error_separators},
    {"boot log: tiny option ROMs", beside::honest, tiny_option_roms},
    {"boot log: tiny events in four banks", beside::honest, tiny_in_all_banks},
    {"boot log: variables in PCR 7", beside::honest, variables},
    {"boot log: variables with long names", beside::honest, long_variables},
    {"boot log: denied events", beside::honest, denied_events},
    {"boot log: zeros to its end", beside::honest, boot_zeros},
    {"boot log: events full of zeros", beside::honest, events_of_zeros},
    {"boot log: device paths of many nodes", beside::honest, many_nodes},
    {"boot log: device paths of long nodes", beside::honest, long_nodes},
    {"boot log: device paths of control characters", beside::honest, odd_nodes},
    {"boot log: EV_IPL of thousands of words", beside::honest, long_ipl},
    {"boot log: EV_IPL in PCR 12 of thousands of words", beside::honest, long_cmdlines},
    {"boot log: kernel command lines", beside::honest, short_cmdlines},
    {"boot log: a long kernel command line before other events", beside::honest, one_long_cmdline},
    {"boot log: EV_IPL of a mebibyte", beside::honest, too_long_ipl},
    {"boot log: hidden EV_IPL of thousands of words", beside::honest, hidden_ipl},
    {"boot log: hidden EV_IPL in UTF-16", beside::honest, hidden_ipl_utf16},
    {"boot log: EV_IPL of control characters", beside::honest, escaped_ipl},
    {"boot log: EV_IPL with as many control characters as text may have", beside::honest, some_escapes_ipl},
    {"boot log: GRUB's commands for kernels, each with its line", beside::honest, commands_ipl},
    {"IMA log: smallest entries", beside::honest, smallest},
    {"IMA log: smallest entries with a slash", beside::honest, smallest_with_place},
    {"IMA log: smallest entries of template ima", beside::honest, smallest_sha1},
    {"IMA log: identical entries", beside::honest, identical},
    {"IMA log: identical entries of a known path", beside::honest, identical_changed},
    {"IMA log: violations", beside::honest, violations},
    {"IMA log: longest paths", beside::honest, longest_paths},
    {"IMA log: longest paths of dots and blanks", beside::honest, longest_spelling},
    {"IMA log: longest paths of control characters", beside::honest, escapes},
    {"IMA log: paths of dots and blanks", beside::honest, spelling},
    {"IMA log: paths that a pattern excludes", beside::honest, excluded_paths},
    {"IMA log: known names in other places", beside::honest, known_names},
    {"IMA log: known names without a place", beside::honest, known_names_alone},
    {"IMA log: known paths with other content", beside::honest, changed_files},
    {"IMA log: known paths with content of others", beside::honest, other_contents},
    {"IMA log: denied files", beside::honest, denied_files},
    {"IMA log: blanks where files must be signed", beside::honest_must_sign, blanks_to_sign},
    {"IMA log: blanks near where files must be signed", beside::honest_must_sign, nearly_signed},
    {"IMA log: longest paths, and files must be signed", beside::honest_must_sign, longest_spelling},
    {"IMA log: smallest entries, and files must be signed", beside::honest_must_sign, smallest_with_place},
    {"IMA log: P-256 signatures that do not hold", beside::honest_p256_signed, wrong_p256},
    {"IMA log: RSA signatures that do not hold", beside::honest_rsa_signed, wrong_rsa},
    {"IMA log: longest signatures, for P-256", beside::honest_p256_signed, longest_signatures_p256},
    {"IMA log: longest signatures, for RSA", beside::honest_rsa_signed, longest_signatures_rsa},
    {"IMA log: signatures of unknown keys", beside::honest, signatures_of_strangers},
    {"IMA log: signatures that are none", beside::honest, no_signatures},
    {"IMA log: keys", beside::honest, keys},
    {"IMA log: kexec command lines of many words", beside::honest, kexecs},
    {"IMA log: kexec command lines of few", beside::honest, short_kexecs},
    {"IMA log: kexec command lines that are too long", beside::honest, long_kexecs},
    {"IMA log: critical data", beside::honest, critical_data},
    {"IMA log: long critical data", beside::honest, long_critical_data},
    {"IMA log: buffers that are not their digest", beside::honest, buffers_of_any_name},
    {"IMA log: long templates that alternate", beside::honest, changing_templates},
    {"IMA log: short templates that alternate", beside::honest, changing_short_templates},
    {"IMA log: algorithms that alternate", beside::honest, changing_algorithms},
    {"IMA log: several PCRs", beside::honest, several_pcrs},
    {"IMA log: each entry is tried", beside::honest, every_entry_tried},
    {"IMA log: a padded bank", beside::honest, padded_bank},
    {"IMA log: a padded bank of smallest entries", beside::honest, padded_smallest},
    {"IMA log: compared with a recorded prefix", beside::honest, recorded_prefix},
    {"IMA log: the same of smallest entries, padded", beside::honest, recorded_smallest},
    {"IMA log: a million boot_aggregates", beside::honest, aggregates},
    {"IMA log: false boot_aggregates", beside::honest, false_aggregates},
    {"IMA log: every kind of finding", beside::honest_must_sign, every_finding},
};

} // namespace

std::span<const worst_input> worst_inputs() noexcept { return table; }

evidence_input honest_signed(const input_parts& of, beside kind) {
  const bool rsa = kind == beside::honest_rsa_signed;
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
