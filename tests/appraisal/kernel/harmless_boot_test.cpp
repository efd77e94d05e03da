// What breaks if these fail: a word in the boot takes the TPM from under IMA, and the demand that IMA
// measured is still met.
#include "appraisal/kernel/harmless_boot.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

std::string doubt(std::string_view line, const std::vector<std::string>& more = {}) {
  return std::string{doubtful_parameter(parse_kernel_command_line(line), more).value_or("")};
}

std::string doubt(std::vector<boot_event> events, const std::vector<std::string>& more = {}) {
  boot_content boot;
  boot.events = std::move(events);
  return std::string{doubtful_command(boot, more).value_or("")};
}

} // namespace

TEST_CASE("check 24: the EFI stub may load an unmeasured file wherever the line has these bytes") {
  for (const auto* line : {"ro initrd=\\evil.img", "ro rd.initrd=\\evil.img", "ro LANG=initrd=\\evil.img",
                           "ro root=\"x initrd=\\evil.img\"", "ro -- rd.initrd=\\evil.img"})
    CHECK_MESSAGE(doubt(line, {"LANG", "rd."}) != "", line);
  CHECK(doubt("ro initrd=\\initrd.img", {"initrd"}).empty());
}

TEST_CASE("check 24: a parameter counts as harmless to IMA and its TPM only if it is known to be") {
  for (const auto* line : {
           "BOOT_IMAGE=/vmlinuz-6.1.0-57-amd64 root=UUID=3f9c ro quiet splash console=ttyS0,115200n8 "
           "ima_policy=tcb "
           "ima_hash=sha256 ima-template=ima-ng",
           "BOOT_IMAGE=(hd0,gpt2)/vmlinuz root=/dev/mapper/openeuler-root rd.lvm.lv=openeuler/root "
           "nohibernate "
           "crashkernel=512M "
           "cgroup_disable=files apparmor=0 console=tty0 video=HDMI-A-1:1920x1080@60 video=1024x768",
           "ima_policy=tcb|critical_data root=/dev/vda1 rw systemd.unit=multi-user.target 3 acpi=force",
       }) {
    CHECK(doubt(line) == "");
  }
  for (const auto* word : {"reserve=0xfed40000,0x5000",
                           "memmap=20K#0xfed40000",
                           "pnpacpi=off",
                           "acpi=off",
                           "acpi",
                           "noacpi",
                           "initcall_blacklist=init_ima",
                           "ima=off",
                           "elfcorehdr=0x1",
                           "tpm_tis.force=1",
                           "driver_async_probe=tpm_tis",
                           "console=uart8250,mmio,0xfed40000",
                           "earlycon=uart8250,mmio,0xfed40000",
                           "crashkernel=4K@0xfed40000",
                           "console",
                           "efivar_ssdt=x",
                           "acpi_rsdp=0x2777e014",
                           "bootconfig",
                           "mem=1G",
                           "resume=/dev/vda2",
                           "video=efifb:base:0xfed40000,width:1",
                           "video",
                           "initrd=\\x",
                           "rdinit=/bin/sh",
                           "ima_policy=tcb|appraise_tcb",
                           "ima_policy=secure_boot",
                           "ima_appraise=log",
                           "ima_appraise_tcb",
                           "ima_template_fmt=n",
                           "-z",
                           "systemd",
                           "rd."}) {
    CAPTURE(word);
    const std::string line = std::string{"root=/dev/vda1 "} + word + " quiet";
    CHECK_FALSE(doubt(line).empty());
    // After -- the initial RAM disk and init still read it.
    CHECK_FALSE(doubt("root=/dev/vda1 -- " + std::string{word}).empty());
  }
  CHECK(doubt("hugetlb_cma=1G") == "hugetlb_cma");
  CHECK(doubt("hugetlb-cma=1G", {"hugetlb_cma"}).empty());
  CHECK(doubt("megaraid_sas.x=1", {"megaraid_sas."}).empty());
  CHECK(doubt("reserve=1", {"megaraid_sas."}) == "reserve");
}

TEST_CASE("check 24: a GRUB command counts as harmless to what the kernel finds only if it is known to be") {
  const auto command = event(8, "linux /vmlinuz quiet");
  const auto line = event(8, "/vmlinuz quiet");
  const std::vector<boot_event> honest{
      event(8, "[ -e (hd0,gpt1)/EFI/debian ]"),
      event(8, "set timeout=0"),
      event(8, "menuentry_id_option=--id"),
      event(8, "menuentry Debian {\\x0a acpi --exclude=TPM2 }"),
      event(8, "time search --no-floppy --set=root --file /vmlinuz"),
      event(8, "serial --unit=0 --speed=115200 --word=8 --parity=no --stop=1"),
      command,
      line,
      event(8, "initrd /initrd.img"),
      event(9, "acpi")};
  CHECK(doubt(honest).empty());
  for (const auto& [text, name] : {std::pair{"acpi --exclude=TPM2", "acpi"},
                                   {"write_dword 0x1000000 0", "write_dword"},
                                   {"! acpi --exclude=TPM2", "acpi"},
                                   {"devicetree /x", "devicetree"},
                                   {"cutmem 1 2", "cutmem"},
                                   {"serial --port=mmio,7fb7a000 --speed=1", "serial"},
                                   {"serial efi0 --speed=1", "serial"},
                                   {"serial --unit=0 --base-clock=1", "serial"},
                                   {"! serial --unit=0", "serial"},
                                   {"setpci x", "setpci"}}) {
    CAPTURE(text);
    auto events = honest;
    events.insert(events.begin() + 2, event(8, text));
    CHECK(doubt(events) == name);
  }
  auto own = honest;
  own.push_back(event(8, "our_function x"));
  CHECK(doubt(own) == "our_function");
  CHECK(doubt(own, {"our_function"}).empty());
}
