"""A machine whose TPM has the other interface, CRB, as firmware TPMs have, is trusted like any other.

What breaks if this fails: Muster works with the TPMs of one interface only.
"""


def tell(bed):
    web = bed.trusted("web-1", tpm="crb")
    bed.expect("crb" in web.run("readlink /sys/class/tpm/tpm0/device/driver"), "the kernel drives this TPM by CRB")
    bed.keep(web, "trusted")
