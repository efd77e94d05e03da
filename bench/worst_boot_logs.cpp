#include "bench/worst_inputs.hpp"
#include "bench/worst_words.hpp"
#include "lab/boot_events.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/format/boot_marks.hpp"
#include "tpm/format/efi_variable.hpp"
#include "tpm/format/event_log.hpp"
#include "tpm/format/ima_log.hpp"

#include <array>
#include <functional>

namespace muster::bench {

namespace {

using lab::boot_event;
using tpm::event_type;

constexpr std::size_t most_events = tpm::event_log::max_events - 200;
constexpr std::size_t long_text = std::size_t{64} << 10U; // the longest that is shown as a whole
constexpr std::size_t long_name = tpm::ima_log_reader::max_path;

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
    const auto name = std::string(long_name, 'n') + std::to_string(i);
    return covered(7, event_type::efi_variable_driver_config,
                   tpm::make_efi_variable(tpm::efi_global_variable, name, bytes(long_name, 1)));
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
      [](std::size_t i) { return covered(8, event_type::ipl, boot_bytes(many_words(long_text - 64, i))); });
}
evidence_input long_cmdlines(const input_parts&) {
  return boot_of(
      [](std::size_t i) { return covered(12, event_type::ipl, boot_bytes(many_words(long_text - 64, i))); });
}
evidence_input short_cmdlines(const input_parts&) {
  return boot_of([](std::size_t i) {
    const auto text = many_words(2000, i);
    return boot_event{8, event_type::ipl, boot_bytes("kernel_cmdline: " + text), boot_bytes(text)};
  });
}
/// Each differing event is compared with the change of the command line.
evidence_input one_long_cmdline(const input_parts&) {
  return boot_of(
      [](std::size_t i) {
        if (i != 0) return covered(8, event_type::ipl, number_text("x", i));
        const auto text = "   /vmlinuz " + many_words(long_text - 64, i);
        return boot_event{8, event_type::ipl, boot_bytes("kernel_cmdline: " + text), boot_bytes(text)};
      },
      {hash_algorithm::sha256}, 200);
}
evidence_input too_long_ipl(const input_parts&) {
  return boot_of([](std::size_t i) {
    return covered(8, event_type::ipl, boot_bytes(many_words(tpm::event_log::max_event_data - 64, i)));
  });
}
evidence_input hidden_ipl(const input_parts&) {
  return boot_of([](std::size_t i) {
    return hidden(8, event_type::ipl, boot_bytes("a: " + many_words(long_text, i)), i);
  });
}
evidence_input hidden_ipl_utf16(const input_parts&) {
  return boot_of(
      [](std::size_t i) { return hidden(8, event_type::ipl, utf16_of(many_words(long_text / 2, i)), i); });
}
evidence_input escaped_ipl(const input_parts&) {
  return boot_of([](std::size_t i) {
    return covered(8, event_type::ipl, boot_bytes(std::to_string(i) + std::string(long_text - 64, '\x01')));
  });
}
/// As many escapes as a text may have.
evidence_input some_escapes_ipl(const input_parts&) {
  return boot_of([](std::size_t i) {
    auto text = many_words(long_text - 64, i);
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

constexpr worst_input worst_boot_log_table[] = {
    {"boot log: as many events as it may have, all without data", baseline::honest, tiny_events},
    {"boot log: tiny texts in PCR 8", baseline::honest, tiny_text},
    {"boot log: tiny texts in PCR 12", baseline::honest, tiny_cmdlines},
    {"boot log: tiny hidden variables in PCR 7", baseline::honest, tiny_hidden_configuration},
    {"boot log: tiny actions in PCR 5", baseline::honest, tiny_actions},
    {"boot log: separators", baseline::honest, tiny_separators},
    {"boot log: separators of errors", baseline::honest, tiny_error_separators},
    {"boot log: tiny option ROMs", baseline::honest, tiny_option_roms},
    {"boot log: tiny events in four banks", baseline::honest, tiny_in_all_banks},
    {"boot log: variables in PCR 7", baseline::honest, variables},
    {"boot log: variables with long names", baseline::honest, long_variables},
    {"boot log: denied events", baseline::honest, denied_events},
    {"boot log: zeros to its end", baseline::honest, boot_zeros},
    {"boot log: events full of zeros", baseline::honest, events_of_zeros},
    {"boot log: device paths of many nodes", baseline::honest, many_nodes},
    {"boot log: device paths of long nodes", baseline::honest, long_nodes},
    {"boot log: device paths of control characters", baseline::honest, odd_nodes},
    {"boot log: EV_IPL of thousands of words", baseline::honest, long_ipl},
    {"boot log: EV_IPL in PCR 12 of thousands of words", baseline::honest, long_cmdlines},
    {"boot log: kernel command lines", baseline::honest, short_cmdlines},
    {"boot log: a long kernel command line before other events", baseline::honest, one_long_cmdline},
    {"boot log: EV_IPL of a mebibyte", baseline::honest, too_long_ipl},
    {"boot log: hidden EV_IPL of thousands of words", baseline::honest, hidden_ipl},
    {"boot log: hidden EV_IPL in UTF-16", baseline::honest, hidden_ipl_utf16},
    {"boot log: EV_IPL of control characters", baseline::honest, escaped_ipl},
    {"boot log: EV_IPL with as many control characters as text may have", baseline::honest, some_escapes_ipl},
    {"boot log: GRUB's commands for kernels, each with its line", baseline::honest, commands_ipl},
};

} // namespace

std::span<const worst_input> worst_boot_logs() noexcept { return worst_boot_log_table; }

} // namespace muster::bench
