"""A machine whose GRUB ran another command before the same kernel is found, and the command is named.

What breaks if this fails: a boot loader can be given any command (another key, a module, a memory access) as long as
the kernel and its command line look the same in the end.
"""
import boot_menu

COMMAND = "set pager=1"


def tell(bed):
    web = bed.trusted("web-1")
    line = boot_menu.command_line()

    web.reboot(lambda esp: esp.write(boot_menu.GRUB_CFG, boot_menu.grub_cfg(line, more=COMMAND + "\n")))
    bed.finds(web, "boot.loader-command", "pager=1")
    bed.finds(web, "boot.loader-file", "grub.cfg")
    bed.becomes(web, "untrusted")
    bed.keep(web, "untrusted")

    web.reboot(lambda esp: esp.write(boot_menu.GRUB_CFG, boot_menu.grub_cfg(line)))
    bed.becomes(web, "trusted")
    bed.keep(web, "restored")
