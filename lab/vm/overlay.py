"""The root file system's content besides packages and Muster: the minimum that makes it a machine of this bed (pure).

Nothing here belongs to Muster: its user, unit and configuration are installed as on any machine.
"""
from disk import ROOT_LABEL

# What the initial RAM disk needs to reach the root. A list, because this host's hardware is not the machine's.
INITRAMFS = {
    "etc/initramfs-tools/conf.d/laboratory": "MODULES=list\nCOMPRESS=gzip\nRESUME=none\n",
    "etc/initramfs-tools/modules": "virtio_pci\nvirtio_blk\next4\n",
}

FILES = {
    "etc/fstab": f"LABEL={ROOT_LABEL} / ext4 errors=remount-ro 0 0\n",
    "etc/hostname": "machine\n",
    "etc/hosts": "127.0.0.1 localhost\n",
    # Empty: filled at the first boot, without systemd's first-boot setup of an unconfigured image.
    "etc/machine-id": "",
    # QEMU's user network.
    "etc/systemd/network/10-laboratory.network":
        "[Match]\nDriver=virtio_net\n\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\n",
    # A prompt on the console that only a machine with a shell has. Its driver is a module, which comes too late for
    # systemd's own search for consoles.
    "etc/udev/rules.d/80-laboratory.rules":
        'SUBSYSTEM=="tty", KERNEL=="hvc0", TAG+="systemd", ENV{SYSTEMD_WANTS}+="serial-getty@hvc0.service"\n',
    "etc/systemd/system/serial-getty@hvc0.service.d/laboratory.conf":
        "[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root --noclear %I vt220\n",
}

WANTS = "etc/systemd/system/{}.target.wants/{}"
LINKS = {
    WANTS.format("multi-user", "systemd-networkd.service"): "/lib/systemd/system/systemd-networkd.service",
    WANTS.format("network-online", "systemd-networkd-wait-online.service"):
        "/lib/systemd/system/systemd-networkd-wait-online.service",
    # The serial console is for reading only.
    "etc/systemd/system/serial-getty@ttyS0.service": "/dev/null",
    "etc/systemd/system/getty@tty1.service": "/dev/null",
    # kexec-tools would load a kernel at each boot; a story that needs one loads it itself.
    "etc/systemd/system/kexec-load.service": "/dev/null",
    "etc/systemd/system/kexec.service": "/dev/null",
}

# Documentation and translations, which nothing in the machine reads.
LEFT_OUT = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"]
