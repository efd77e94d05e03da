"""Root of a real machine hides an implant before the service hears of it: root stops the agent, runs it again over a
copy of the earlier list, names another boot, and extends PCR 10 by hand. None of it is believed, and the truth is
untrusted, too.

What breaks if this fails: a machine under a malicious root user is shown as trusted, although the kernel measured what
was run.
"""
IMPLANT = "/usr/local/bin/implant"
LIST = "/sys/kernel/security/integrity/ima/binary_runtime_measurements"
BOOT = "/proc/sys/kernel/random/boot_id"


def tell(bed):
    web = bed.trusted("web-1")
    web.write(IMPLANT, "#!/bin/sh\necho at work\n", "755")
    web.run("systemctl stop muster-raagent")
    web.run(f"cat {LIST} > /run/list && chmod 644 /run/list")
    web.run("cat /proc/sys/kernel/random/uuid > /run/boot && chmod 644 /run/boot")
    web.run(IMPLANT)
    web.run(f"mount --bind /run/list {LIST}")
    web.run("systemctl start muster-raagent")
    bed.becomes(web, "untrusted")
    bed.keep(web, "an old list")

    # As after an unseen boot: the service asks for whole logs, and the TPM counted no reset.
    web.run(f"systemctl stop muster-raagent && mount --bind /run/boot {BOOT} && systemctl start muster-raagent")
    bed.attested_again(web)
    bed.becomes(web, "untrusted")
    bed.keep(web, "another boot")

    web.run("tpm2_pcrextend 10:sha256=" + 64 * "a")
    bed.attested_again(web)
    bed.becomes(web, "untrusted")

    # The truth, except for the manual extension.
    web.run(f"systemctl stop muster-raagent && umount {LIST} {BOOT} && systemctl start muster-raagent")
    bed.attested_again(web)
    bed.becomes(web, "untrusted")
    bed.keep(web, "the truth")
    bed.expect(bed.verdicts(web)[-1] == "contraindicated" and bed.verdicts(web).count("affirming") == 1,
               "it was untrusted all the time")

    web.run(f"rm {IMPLANT}")
    web.reboot()
    bed.becomes(web, "trusted")
