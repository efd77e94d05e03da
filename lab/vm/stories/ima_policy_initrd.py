"""A machine whose initial RAM disk loads IMA's policy before any program from the disk can run. The boot loader
measures the whole RAM disk, so this is the only way to prove the policy: root decides what the disk's own init reads.

What breaks if this fails: the demand `require.ima_policy: required` is met by no honest machine, or the files in
configs/ima/initramfs-tools do not do what README says; or root replaces the policy, and the demand is still met.
"""
import pathlib

import boot_menu

SHIPPED = pathlib.Path(__file__).parents[3] / "configs/ima/initramfs-tools"
IMPLANT = "/dev/shm/implant"
# As an administrator would whose loader reads the RAM disk from the EFI system partition.
INSTALL = f"""set -e
update-initramfs -u -k "$(uname -r)"
mkdir -p /efi
mount -t vfat "$(blkid -t TYPE=vfat -o device)" /efi
cp "/boot/initrd.img-$(uname -r)" /efi{boot_menu.INITRD}
umount /efi
"""


def tell(bed):
    bed.policy = "version: 1\nima:\n  policy_closes: true\nrequire:\n  ima_policy: required\n"
    web = bed.machine("web-1")
    web.boot()
    web.run("mkdir -p /etc/ima")
    web.write("/etc/ima/ima-policy", boot_menu.PROGRAMS_ONLY, "644")
    web.reboot()
    bed.enrol_running(web)
    bed.finds(web, "require.ima-policy")  # only systemd has loaded it

    for script in ("hooks/muster-ima", "scripts/init-top/muster-ima"):
        web.write(f"/etc/initramfs-tools/{script}", (SHIPPED / script).read_text(), "755")
    web.run(INSTALL, seconds=300)
    web.reboot()
    web.run("test ! -e /sys/kernel/security/ima/policy")  # the kernel takes no other policy
    bed.attests_this_boot(web)
    bed.accept(web)
    bed.finds_no(web, "require.ima-policy")
    bed.keep(web, "trusted")

    web.write(IMPLANT, "#!/bin/sh\necho at work\n", "755")
    web.run(IMPLANT)
    bed.finds(web, "ima.unknown-file", IMPLANT)
    bed.becomes(web, "untrusted")

    web.run("rm /etc/initramfs-tools/scripts/init-top/muster-ima")
    web.run(INSTALL, seconds=300)
    web.reboot()
    bed.finds(web, "boot.initrd")
    bed.finds(web, "require.ima-policy")
    bed.keep(web, "untrusted")
