"""What this host must have and allow. If something is missing, the verb ends with status 77 and says what."""
import os
import pathlib
import shutil
import subprocess
import tempfile

# Tool or file, and its package.
NEEDED = {"qemu-system-x86_64": "qemu-system-x86", "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd": "ovmf",
          "swtpm": "swtpm", "swtpm_setup": "swtpm-tools", "mmdebstrap": "mmdebstrap", "sfdisk": "fdisk",
          "mcopy": "mtools", "mkfs.vfat": "dosfstools", "mke2fs": "e2fsprogs", "objcopy": "binutils", "sbsign": "sbsigntool",
          "openssl": "openssl", "/usr/lib/shim/shimx64.efi.signed": "shim-signed",
          "/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed": "grub-efi-amd64-signed",
          "/usr/lib/systemd/boot/efi/linuxx64.efi.stub": "systemd-boot-efi"}


class Refused(Exception):
    """This host cannot run real machines."""


def missing():
    """Packages whose tools are missing."""
    return [package for what, package in NEEDED.items()
            if not (pathlib.Path(what).exists() if what.startswith("/") else shutil.which(what))]


def check_tools():
    lacking = missing()
    if lacking:
        raise Refused(f"not installed: {' '.join(lacking)}; './run deps machine' installs them")
    done = subprocess.run(["qemu-system-x86_64", "-M", "none", "-accel", "tcg", "-nodefaults", "-display", "none", "-S",
                           "-monitor", "stdio"], input="quit\n", capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise Refused(f"QEMU does not start here: {done.stderr.strip() or done.returncode}")


def check_preparing():
    """Making a root file system needs root; booting it does not."""
    if os.geteuid() != 0:
        raise Refused("the root file system is not prepared yet, and that takes root (chroot, mount, device nodes)")
    with tempfile.TemporaryDirectory(prefix="muster-mount-") as folder:
        done = subprocess.run(["unshare", "--mount", "mount", "-t", "proc", "proc", folder], capture_output=True, text=True,
                              check=False)
        if done.returncode:
            raise Refused(f"mounting is refused here, which preparing the root file system needs: {done.stderr.strip()}")
        try:
            os.mknod(f"{folder}/null", 0o20666, os.makedev(1, 3))
        except OSError as why:
            raise Refused(f"device nodes are refused here, which preparing the root file system needs: {why}") from why
        done = subprocess.run(["chroot", "/", "true"], capture_output=True, check=False)
        if done.returncode:
            raise Refused("chroot is refused here, which preparing the root file system needs")
