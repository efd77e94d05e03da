"""The Debian packages of the root file system."""
import pathlib
import subprocess

import archive
from fleet import Failed

FLAVOUR = "cloud-amd64"  # a third of the modules of the generic one
OTHER_FLAVOUR = "amd64"

SYSTEM = ["systemd-sysv", "udev", "dbus", "kmod", "initramfs-tools", "qemu-guest-agent"]
# Tools that stories use as an operator or an intruder would.
TOOLS = ["tpm2-tools", "kexec-tools"]


def output(*command):
    done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def libraries(programs):
    """The packages that hold the libraries of these programs, according to this host."""
    real = set()
    for line in output("ldd", *programs).splitlines():
        words = line.split()
        if line.endswith("not found"):
            raise Failed(f"raagent needs {words[0]}, which this host has not; './run deps build' installs it")
        if "=>" in words and words[2].startswith("/"):
            real.add(str(pathlib.Path(words[2]).resolve()).removeprefix("/usr"))
    # With a merged /usr, dpkg may know either path.
    done = subprocess.run(["dpkg-query", "-S", *sorted(real), *("/usr" + path for path in sorted(real))],
                          capture_output=True, text=True, check=False)
    owners = {}
    for line in done.stdout.splitlines():
        package, path = line.split(": ", 1)
        owners[path.removeprefix("/usr")] = package.split(":")[0]
    strangers = real - set(owners)
    if strangers:
        raise Failed(f"raagent is linked with {', '.join(sorted(strangers))}, which is of no Debian package: the machine "
                     "cannot have it")
    return set(owners.values())


def kernels():
    """Two: the suite's own, and another one to upgrade to."""
    def names(*command):
        return output("apt-cache", *command).replace("Depends:", "").split()
    own = archive.kernels(names("depends", f"linux-image-{FLAVOUR}"), FLAVOUR)[:1]
    every = names("pkgnames", "linux-image-")
    others = archive.kernels(every, FLAVOUR) + archive.kernels(every, OTHER_FLAVOUR)
    found = own + [name for name in others if name not in own][:1]
    if len(found) < 2:
        raise Failed(f"apt knows no two kernels of flavour {FLAVOUR} or {OTHER_FLAVOUR}; `apt-get update` may help")
    return found


def chosen(programs, two_kernels):
    """Package -> version of all packages that the machine is given by name."""
    names = sorted({*SYSTEM, *TOOLS, *two_kernels, *libraries(programs)})
    versions = archive.candidates(output("apt-cache", "policy", *names))
    missing = [name for name in names if name not in versions]
    if missing:
        raise Failed(f"apt has no candidate for {', '.join(missing)}; `apt-get update` may help")
    return {name: versions[name] for name in names}
