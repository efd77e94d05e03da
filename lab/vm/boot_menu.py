"""The content of the EFI system partition: boot loaders, their configuration, kernels (pure but for reading files)."""
import pathlib

from disk import ROOT_LABEL

SHIM = pathlib.Path("/usr/lib/shim/shimx64.efi.signed")
GRUB = pathlib.Path("/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed")
SYSTEMD_BOOT = pathlib.Path("/usr/lib/systemd/boot/efi/systemd-bootx64.efi")

FIRST = "/EFI/BOOT/BOOTX64.EFI"  # what firmware starts on a disk that it has no boot entry for
GRUB_CFG = "/EFI/debian/grub.cfg"  # where Debian's signed GRUB looks
ENTRY = "/loader/entries/debian.conf"
# Not in the root folder, where Debian's root has links of that name: GRUB would find those first.
KERNEL, INITRD = "/debian/vmlinuz", "/debian/initrd.img"

# As README.md advises.
IMA = "ima_policy=tcb ima_hash=sha256"
# The shipped /etc/ima/ima-policy for machines that measure programs only; systemd loads it.
PROGRAMS_ONLY = (pathlib.Path(__file__).parents[2] / "configs/ima/ima-policy").read_text()


def command_line(ima=IMA, extra=""):
    return " ".join(part for part in ("root=LABEL=" + ROOT_LABEL, "ro", "console=ttyS0", "quiet", ima, extra) if part)


def grub_cfg(line, kernel=KERNEL, initrd=INITRD, more=""):
    return f"""\
set timeout=0
set default=0
{more}search --no-floppy --set=root --file {kernel}
menuentry 'Debian GNU/Linux' {{
  linux {kernel} {line}
  initrd {initrd}
}}
"""


def loader_entry(line, kernel=KERNEL, initrd=INITRD):
    return f"title Debian GNU/Linux\nlinux {kernel}\ninitrd {initrd}\noptions {line}\n"


def grub(kernel, initrd, line):
    """Firmware, shim, GRUB, kernel; `kernel` and `initrd` are bytes."""
    return {FIRST: SHIM.read_bytes(), "/EFI/BOOT/grubx64.efi": GRUB.read_bytes(), KERNEL: kernel, INITRD: initrd,
            GRUB_CFG: grub_cfg(line)}


def systemd_boot(kernel, initrd, line):
    return {FIRST: SYSTEMD_BOOT.read_bytes(), KERNEL: kernel, INITRD: initrd,
            "/loader/loader.conf": "timeout 0\ndefault debian.conf\n", ENTRY: loader_entry(line)}


def unified(image):
    return {FIRST: image}
