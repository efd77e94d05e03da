"""QEMU's options for a machine (pure)."""
import dataclasses
import pathlib

OVMF = pathlib.Path("/usr/share/OVMF")
# Secure Boot: (firmware, the initial variables of a new machine).
FIRMWARE = {"off": ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
            "microsoft": ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.ms.fd"),
            "laboratory": ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.snakeoil.fd")}


@dataclasses.dataclass(frozen=True)
class Shape:
    secure_boot: str = "microsoft"  # off, microsoft or laboratory
    tpm: str = "tis"  # tis or crb
    memory: int = 768  # MiB
    shell: bool = False  # a console with a prompt


def firmware(shape):
    return OVMF / FIRMWARE[shape.secure_boot][0]


def new_variables(shape):
    return OVMF / FIRMWARE[shape.secure_boot][1]


def command_line(shape, state, run):
    """`state` is the machine's folder, `run` the folder of its sockets: short, because a socket's path has 107
    bytes."""
    secure = shape.secure_boot != "off"
    line = ["qemu-system-x86_64", "-machine", "q35,smm=on" if secure else "q35",
            # Never KVM, even where it works: the same instructions and logs everywhere. A plain processor: a newer one
            # would make the kernel load modules for its features, and its wide registers are slow to emulate.
            "-accel", "tcg", "-cpu", "qemu64,svm=off,+rdrand", "-smp", "1", "-m", str(shape.memory),
            "-nodefaults", "-display", "none", "-no-reboot"]
    if secure:  # only the firmware's SMM may write variables
        line += ["-global", "driver=cfi.pflash01,property=secure,value=on", "-global", "ICH9-LPC.disable_s3=1"]
    line += ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={firmware(shape)}",
             "-drive", f"if=pflash,format=raw,unit=1,file={state}/vars.fd",
             "-drive", f"file={state}/disk.img,format=raw,if=none,id=disk,cache=unsafe",
             "-device", "virtio-blk-pci,drive=disk,bootindex=1",
             "-chardev", f"socket,id=tpm,path={run}/tpm.sock", "-tpmdev", "emulator,id=tpm,chardev=tpm",
             "-device", f"tpm-{shape.tpm},tpmdev=tpm",
             "-nic", "user,model=virtio-net-pci", "-device", "virtio-rng-pci",
             "-device", "virtio-serial-pci",
             "-chardev", f"socket,id=agent,path={run}/agent.sock,server=on,wait=off",
             "-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0",
             "-qmp", f"unix:{run}/monitor.sock,server=on,wait=off",
             "-chardev", f"file,id=console,path={state}/console.log,append=on", "-serial", "chardev:console"]
    if shape.shell:  # a getty starts where this console exists, and nowhere else
        line += ["-chardev", f"socket,id=shell,path={run}/shell.sock,server=on,wait=off",
                 "-device", "virtconsole,chardev=shell"]
    return line
