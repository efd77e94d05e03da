"""A machine that measures everything until systemd loads a policy for programs only: the kernel measures that policy
as it reads it, so the reference covers it, and a weaker policy is found by its file.

The group's policy demands proof of that.

What breaks if this fails: the demand `require.ima_policy` is met by no honest machine; or root switches measuring off
for the next boot, and no finding says that nothing was measured.
"""
from boot_menu import PROGRAMS_ONLY

FILE = "/etc/ima/ima-policy"


def tell(bed):
    bed.policy = "version: 1\nima:\n  policy_closes: true\nrequire:\n  ima_policy: file\n"
    web = bed.machine("web-1")
    web.boot()
    web.run("mkdir -p /etc/ima")
    web.write(FILE, PROGRAMS_ONLY, "644")
    web.reboot()
    bed.enrol_running(web)
    bed.accept(web)
    bed.finds_no(web, "ima.nothing-measured")
    bed.keep(web, "trusted")

    web.write(FILE, "measure func=MODULE_CHECK\n")
    web.reboot()
    bed.finds(web, "ima.changed-file", FILE)
    bed.becomes(web, "untrusted")
    bed.keep(web, "untrusted")

    web.write(FILE, PROGRAMS_ONLY)
    web.reboot()
    bed.becomes(web, "trusted")
