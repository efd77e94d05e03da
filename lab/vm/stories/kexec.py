"""A machine that replaced its kernel without its firmware is found: Debian's kernels lose IMA's list over a kexec, so
the list that remains does not explain PCR 10.

What breaks if this fails: a machine that booted another kernel by kexec is shown with the boot log of the previous
kernel.
"""


def tell(bed):
    web = bed.trusted("web-1")
    release = bed.workshop.releases()[0]
    web.run(f"kexec -s -l /boot/vmlinuz-{release} --initrd=/boot/initrd.img-{release} --reuse-cmdline", 120)
    web.kexec()
    bed.becomes(web, "untrusted")
    bed.finds(web, "event.kexec-lost-list")
    bed.keep(web, "untrusted")

    web.reboot()
    bed.becomes(web, "trusted")
