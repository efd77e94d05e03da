"""An honest machine without an event log: without Secure Boot, GRUB of Debian 12 gives the kernel none. Its PCRs are
compared, and it is shown as warning, neither trusted nor untrusted. Another command line still makes it untrusted,
although no log can say which line it was.

What breaks if this fails: such machines are called bad, or a machine gains by losing its log.
"""
import boot_menu


def tell(bed):
    web = bed.machine("web-1", secure_boot="off")
    bed.enrol(web)
    bed.expect(not web.run("ls /sys/kernel/security/tpm0 2>/dev/null; true").strip(), "the kernel has no log of this boot")
    bed.accept(web, becomes="warning")
    bed.finds(web, "boot.no-log")
    bed.keep(web, "warning")

    web.reboot(lambda esp: esp.write(boot_menu.GRUB_CFG, boot_menu.grub_cfg(boot_menu.command_line(extra="mitigations=off"))))
    bed.finds(web, "boot.pcr-8")
    bed.becomes(web, "untrusted")
    bed.keep(web, "untrusted")
