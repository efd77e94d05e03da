"""A machine that boots through systemd-boot, with Secure Boot off, is trusted: here the kernel keeps the firmware's log.
Another command line is found in PCR 12.

What breaks if this fails: Muster understands GRUB's measurements only.
"""
import boot_menu

ADDED = "mitigations=off"


def tell(bed):
    web = bed.trusted("web-1", boot="systemd-boot", secure_boot="off")
    bed.finds(web, "boot.secure-boot")
    bed.keep(web, "trusted")

    web.reboot(lambda esp: esp.write(boot_menu.ENTRY, boot_menu.loader_entry(boot_menu.command_line(extra=ADDED))))
    found = bed.finds(web, "boot.command-line", ADDED)
    bed.expect(ADDED in found["found"] and ADDED not in found["expected"], "the finding shows both command lines")
    bed.becomes(web, "untrusted")
    bed.keep(web, "untrusted")
