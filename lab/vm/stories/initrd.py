"""A machine that booted with another initial RAM disk is found, although its kernel, its command line and every file
on its root are as before.

What breaks if this fails: the initial RAM disk, which has no signature and is not measured by IMA, is the place to
hide.
"""
import boot_menu
import cpio


def tell(bed):
    web = bed.trusted("web-1")
    original = bed.workshop.kernel(bed.workshop.releases()[0])[1]
    other = cpio.appended(original, {"scripts/init-top/implant": b"#!/bin/sh\ntouch /implant-was-here\n"})

    web.reboot(lambda esp: esp.write(boot_menu.INITRD, other))
    bed.finds(web, "boot.initrd")
    bed.becomes(web, "untrusted")
    bed.keep(web, "untrusted")

    web.reboot(lambda esp: esp.write(boot_menu.INITRD, original))
    bed.becomes(web, "trusted")
    bed.keep(web, "restored")
