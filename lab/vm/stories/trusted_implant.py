"""A machine that its vendor vouches for is trusted, a tool of its image that runs later is not a false alarm, and a
program that was never installed is found by its path.

What breaks if this fails: Muster cannot be used on a real machine with Secure Boot, shim, GRUB and systemd; or an
implant is not seen, or honest work is taken for one.
"""
SHORT = True
IMPLANT = "/usr/local/bin/implant"


def tell(bed):
    web = bed.trusted("web-1")
    bed.keep(web, "trusted")
    web.run("kexec --version")
    bed.attested_again(web)
    bed.becomes(web, "trusted")

    web.write(IMPLANT, "#!/bin/sh\necho at work\n", "755")
    web.run(IMPLANT)
    bed.finds(web, "ima.unknown-file", IMPLANT)
    bed.becomes(web, "untrusted")
    bed.keep(web, "untrusted")
