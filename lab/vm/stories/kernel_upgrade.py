"""A campaign takes two machines to another kernel: the canary first, which is observed, proposed and staged; then the
other machine; then the old kernel is retired. The second machine is never untrusted.

What breaks if this fails: every kernel upgrade of a fleet is a night of false alarms.
"""
import json

import boot_menu

# These files differ on each machine; all others are the group's.
POLICY = "version: 1\nima:\n  exclude: [/var/log, /var/cache, /var/lib, /run]\n  exclude_matching: ['/etc/(machine-id|hostname)']\n"


def tell(bed):
    old, new = bed.workshop.releases()[:2]
    bed.policy = POLICY
    canary = bed.trusted("web-1", release=old)
    other = bed.machine("web-2", release=old)
    bed.enrol(other)
    bed.becomes(other, "trusted")

    bed.muster("campaign", "start", bed.GROUP, "--canary", canary.name)
    upgrade(bed, canary, new)
    bed.becomes(canary, "untrusted")
    bed.keep(canary, "observed")
    bed.until("the canary has taught what it booted",
              lambda: "they agree" in bed.muster("campaign", "show", bed.GROUP).stdout, seconds=bed.ATTESTED)
    bed.muster("campaign", "propose", bed.GROUP)
    # The canary did not run rarely used files either: the files of the image must stay in the set.
    learnt = json.loads(bed.muster("-o", "json", "campaign", "show", bed.GROUP).stdout)["proposed"]
    whole = bed.with_image(learnt)
    bed.muster("campaign", "propose", bed.GROUP, "--set", whole)
    bed.muster("campaign", "stage", bed.GROUP)
    bed.becomes(canary, "trusted")
    bed.keep(canary, "staged")

    upgrade(bed, other, new)
    bed.attests_this_boot(other)
    bed.becomes(other, "trusted")
    bed.until("enforced: both have attested the new kernel",
              lambda: bed.muster("campaign", "enforce", bed.GROUP, good=(0, 2)).returncode == 0, seconds=bed.ATTESTED)
    for machine in (canary, other):
        bed.becomes(machine, "trusted")
        bed.expect(new in machine.run("uname -r"),
                   f"{machine.name} runs {new}")
    bed.expect(bed.was_ever(canary, "contraindicated") and not bed.was_ever(other, "contraindicated"),
               f"{canary.name} was untrusted while it was observed, {other.name} never")


def upgrade(bed, machine, release):
    kernel, initrd = bed.workshop.kernel(release)

    def change(esp):
        esp.write(boot_menu.KERNEL, kernel)
        esp.write(boot_menu.INITRD, initrd)
    machine.reboot(change)
