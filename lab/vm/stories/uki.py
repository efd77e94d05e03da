"""A machine that boots a unified kernel image is trusted: its stub measures the image's sections into PCR 11, and
systemd extends the same PCR at each phase of the boot, which no firmware logs. An unexplained extension is found: root
extends PCR 11 by hand.

What breaks if this fails: no machine with a unified kernel image can be trusted, or root can change PCR 11, to which
disks are sealed, without being noticed.
"""
SHORT = True


def tell(bed):
    web = bed.trusted("web-1", boot="unified", secure_boot="laboratory")
    phases = web.run("systemctl show -p Result -p ActiveState systemd-pcrphase-sysinit systemd-pcrphase")
    bed.expect(phases.count("ActiveState=active") == 2, "systemd has measured both phases of the boot")
    bed.keep(web, "trusted")

    web.run("tpm2_pcrextend 11:sha256=" + 64 * "a")
    bed.finds(web, "boot.unexplained")
    bed.becomes(web, "untrusted")
    bed.keep(web, "untrusted")

    web.reboot()
    bed.becomes(web, "trusted")
