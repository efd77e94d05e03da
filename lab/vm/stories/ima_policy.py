"""A machine whose IMA measures programs only, by a policy that systemd loads: no files need to be skipped as data, so
an implant is found wherever it is. Until systemd loads it, ima_policy=tcb measures everything, the policy included.

What breaks if this fails: README.md's advice to measure programs only does not work on a machine with systemd; or a
program under /var/lib is still not seen.
"""
import boot_menu

IMPLANT = "/var/lib/implant"


def tell(bed):
    bed.policy = None  # the defaults
    web = bed.machine("web-1", line=boot_menu.command_line(ima="ima_policy=tcb ima_hash=sha256"))
    web.boot()
    web.run("mkdir -p /etc/ima")
    web.write("/etc/ima/ima-policy", boot_menu.PROGRAMS_ONLY, "644")
    web.reboot()
    bed.enrol_running(web)
    bed.accept(web)
    bed.finds_no(web, "ima.nothing-measured")
    bed.keep(web, "trusted")

    web.write("/var/lib/notes", "nothing to see\n")
    web.run("cat /var/lib/notes")
    bed.attested_again(web)
    bed.becomes(web, "trusted")

    web.write(IMPLANT, "#!/bin/sh\necho at work\n", "755")
    web.run(IMPLANT)
    bed.finds(web, "ima.unknown-file", IMPLANT)
    bed.becomes(web, "untrusted")
    bed.keep(web, "untrusted")
