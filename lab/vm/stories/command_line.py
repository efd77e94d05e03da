"""A machine that booted with another command line is found, with both lines. It is trusted again once it has booted as
before. It is the same machine throughout: its TPM counts the boots, its agent keeps its identity.

What breaks if this fails: anyone who can write to the boot partition can get a kernel to their liking past Secure Boot
unseen; or a repaired machine stays untrusted, or is taken for a new one.
"""
import boot_menu

SHORT = True
ADDED = "mitigations=off"


def tell(bed):
    web = bed.trusted("web-1")
    first = bed.keep(web, "trusted")

    web.reboot(lambda esp: esp.write(boot_menu.GRUB_CFG, boot_menu.grub_cfg(boot_menu.command_line(extra=ADDED))))
    found = bed.finds(web, "boot.command-line", ADDED)
    bed.expect(ADDED in found["found"] and ADDED not in found["expected"] and "root=" in found["expected"],
               "the finding shows the new and the old command line")
    bed.becomes(web, "untrusted")
    bed.keep(web, "untrusted")

    web.reboot(lambda esp: esp.write(boot_menu.GRUB_CFG, boot_menu.grub_cfg(boot_menu.command_line())))
    bed.becomes(web, "trusted")
    last = bed.keep(web, "restored")
    bed.expect(last["reset_count"] == first["reset_count"] + 2, "its TPM has counted two more boots")
    bed.expect(last["node"] == first["node"] and last["service_says"]["generation"] == 1, "it is the same node")
