#include "tests/liar/machine.hpp"

#include "messages/vocabulary/writer.hpp"
#include "tests/tpm/logs.hpp"

namespace muster::liar {

using tpm::event_type;

void machine::new_id() {
  // Looks random, but is the same for the same machine at the same point of its life.
  const auto digest = crypto::sha256({as_bytes(name), id.raw, tpm.pcr(hash_algorithm::sha256, 10).view()});
  std::copy_n(digest.begin(), id.raw.size(), id.raw.begin());
}

ima_line machine::aggregate() const {
  bytes covered;
  for (unsigned pcr = 0; pcr <= 9; ++pcr)
    append(covered, tpm.pcr(hash_algorithm::sha256, pcr).view());
  return aggregate_line(crypto::sha256(covered));
}

void machine::extend(ima_line line) {
  tpm.extend(line.pcr, line.digests);
  extended.push_back(std::move(line));
}

void machine::measure(ima_line line) {
  list.push_back(line);
  extend(std::move(line));
}

void machine::power_on() {
  tpm.reset();
  start_up();
}

void machine::power_on_after_cut() {
  tpm.lose_power();
  start_up();
}

void machine::start_up() {
  new_id();
  for (const auto& line : boot.lines)
    if (line.type != event_type::no_action) tpm.extend(line.pcr, line.digests);
  list.clear();
  extended.clear();
  measure(aggregate());
  for (std::size_t i = 1; i < start.size(); ++i)
    measure(start[i]);
}

void machine::kexec(ima_story carried) {
  new_id();
  list = std::move(carried);
  measure(aggregate());
}

machine real_machine(const std::string& name, std::size_t files) {
  const auto base = "vm/" + name + "/";
  machine out;
  out.name = name;
  out.boot = read_boot_story(testing::read_test_data(base + "binary_bios_measurements"));
  out.start = read_ima_story(testing::read_test_data(base + "binary_runtime_measurements"));
  if (files < out.start.size()) out.start.resize(files);
  out.power_on();
  return out;
}

namespace {

bytes utf16(std::string_view text) {
  writer out;
  for (const auto c : text)
    out.u16_le(static_cast<std::uint8_t>(c));
  return out.u16_le(0).take();
}

boot_line variable(event_type type, std::string_view name, byte_view value) {
  return line_of(7, type, testing::make_variable(testing::global_vendor(), name, value));
}

} // namespace

machine made_machine() {
  machine out;
  out.name = "made";
  auto& lines = out.boot.lines;
  lines.push_back(line_of(0, event_type::s_crtm_version, utf16("1.14.0")));
  lines.push_back(line_of(0, event_type::efi_platform_firmware_blob, as_bytes("the firmware"), bytes(16, 1)));
  lines.push_back(line_of(1, event_type::efi_handoff_tables, as_bytes("smbios"), bytes(8, 2)));
  lines.push_back(line_of(3, event_type::efi_action, as_bytes("a configuration")));
  for (const auto& [name, value] : {std::pair{"SecureBoot", bytes(1, 1)}, {"PK", bytes{}}, {"KEK", bytes{}}})
    lines.push_back(variable(event_type::efi_variable_driver_config, name, value));
  for (unsigned pcr = 0; pcr <= 7; ++pcr)
    lines.push_back(line_of(pcr, event_type::separator, bytes(4, 0)));
  lines.push_back(line_of(7, event_type::efi_variable_authority, as_bytes("the key of the loader")));
  lines.push_back(
      line_of(4, event_type::efi_boot_services_application, as_bytes("systemd-boot"), bytes(32, 3)));
  lines.push_back(
      line_of(4, event_type::efi_boot_services_application, as_bytes("kernel image"), bytes(32, 4)));
  using namespace std::string_view_literals;
  for (const auto& [section, content] :
       {std::pair{".linux\0"sv, "the kernel"sv}, {".initrd\0"sv, "the initrd"sv}}) {
    lines.push_back(line_of(11, event_type::ipl, as_bytes(section)));
    lines.push_back(line_of(11, event_type::ipl, as_bytes(content), as_bytes(section)));
  }
  lines.push_back(line_of(12, event_type::ipl, utf16("root=/dev/vda2 ro ima_policy=tcb")));
  lines.push_back(line_of(9, event_type::event_tag, as_bytes("the initrd"), as_bytes("Linux initrd")));
  for (const auto* text : {"Exit Boot Services Invocation", "Exit Boot Services Returned with Success"})
    lines.push_back(line_of(5, event_type::efi_action, as_bytes(std::string_view{text})));
  out.start.push_back(out.aggregate());
  for (const auto* path : {"/usr/lib/systemd/systemd", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/bin/bash",
                           "/usr/sbin/sshd", "/etc/ssh/sshd_config"})
    out.start.push_back(signed_line(path, std::string{"content of "} + path, {}));
  out.power_on();
  return out;
}

} // namespace muster::liar
