"""Prepares the sources of machines once, below build/machine/images: the root file system and its kernels.

Two layers under content keys: `base`, Debian's packages, and `root`, an image of that with Muster installed. An
unfinished layer has another name, so an interrupted preparation leaves nothing that would be mistaken for a complete
one.
"""
import hashlib
import json
import os
import pathlib
import platform
import signal
import subprocess
import tempfile

import archive
import boot_menu
import disk
import overlay
import packages
import prerequisites
import uki
from content_key import content_key
from fleet import Failed, say
from removal import remove

BASE_COMMAND = ["mmdebstrap", "--mode=root", "--variant=essential", "--aptopt=Apt::Install-Recommends false",
                *(f"--dpkgopt=path-exclude={pattern}" for pattern in overlay.LEFT_OUT)]
# The top folders of an installation. A folder with others is not one, and all of it would go into the machine.
INSTALLED = ("etc", "lib", "usr", "var")
ROOT_COMMAND = ["mke2fs", "-q", "-t", "ext4", "-L", disk.ROOT_LABEL]

class Workshop:
    def __init__(self, build, folder, installed=None):
        self.build, self.dir, self.installed = pathlib.Path(build), pathlib.Path(folder), installed

    # ------------------------------------------------------------------ layers

    def prepare(self):
        """Makes what is missing and what has changed inputs."""
        self.dir.mkdir(parents=True, exist_ok=True)
        for left in self.dir.glob("muster-esp-*"):  # left by a run that was killed
            remove(left)
        with tempfile.TemporaryDirectory(prefix="muster-install-") as folder:
            stage = self.install(pathlib.Path(folder))
            self.base = self.layer("base", self.base_inputs(stage), self.make_base)
            root = self.layer("root", {"base": self.base.name, **tree_inputs(stage), "command": json.dumps(ROOT_COMMAND),
                                       "overlay": json.dumps([overlay.FILES, overlay.LINKS]), "size": str(disk.ROOT_SIZE)},
                              lambda out: self.make_root(stage, out))
        self.root = root / "root.ext4"

    def layer(self, name, inputs, make):
        key = content_key(inputs)
        finished = self.dir / f"{name}-{key}"
        for one in self.dir.glob(f"{name}-*"):
            if one.is_symlink() or not one.is_dir():
                raise Failed(f"{one} is a link or a file, where a folder of images should be; delete it")
        if not finished.exists():
            for old in self.dir.glob(f"{name}-*"):
                remove(old)
            prerequisites.check_preparing()
            unfinished = self.dir / f"{name}-{key}.unfinished"
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(finished)
        return finished

    def install(self, stage):
        """Installs Muster into a folder as README.md says, unless it is installed already."""
        if self.installed:
            strangers = sorted(one.name for one in self.installed.iterdir() if one.name not in INSTALLED) \
                if self.installed.is_dir() else []
            if strangers:
                raise Failed(f"{self.installed} has more in it than `cmake --install` puts there ({', '.join(strangers[:3])}); "
                             "--installed takes the folder that was DESTDIR")
            if not (self.installed / "usr/bin/raagent").exists():
                raise Failed(f"{self.installed}: nothing is installed below it (usr/bin/raagent is missing)")
            self.check_commit(self.installed.with_name(self.installed.name + ".commit"))
            copy_into(self.installed, stage)
            return stage
        done = subprocess.run(["cmake", "--install", str(self.build), "--prefix", "/usr", "--strip"],
                              env={**os.environ, "DESTDIR": str(stage)}, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"cmake --install {self.build}:\n{done.stdout}{done.stderr}")
        return stage

    def check_commit(self, file):
        """Refuses an installation that another commit made. Without that file, the commit is unknown."""
        if not file.exists():
            return
        built, here = file.read_text().strip(), packages.output("git", "-C", pathlib.Path(__file__).parent, "rev-parse", "HEAD").strip()
        if built != here:
            raise Failed(f"{self.installed} was built from {built[:12]}, and the tree is at {here[:12]}; './run fresh demo "
                         "install' builds it again")

    # ------------------------------------------------------------------ Debian

    def base_inputs(self, stage):
        self.listed = packages.output("apt-get", "indextargets", "--format", archive.FORMAT)
        if not archive.targets(self.listed):
            raise Failed("apt knows no index of Debian; run `apt-get update`")
        self.kernels = packages.kernels()
        self.packages = packages.chosen([stage / "usr/bin/raagent"], self.kernels)
        return {"packages": json.dumps(self.packages, sort_keys=True), "releases": "\n".join(archive.releases(self.listed)),
                "initramfs": json.dumps(overlay.INITRAMFS, sort_keys=True), "command": json.dumps(BASE_COMMAND)}

    def make_base(self, out):
        suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
        say(f"root file system: {len(self.packages)} packages of {suite} and what they need (1 to 3 minutes)")
        tree = out / "tree"
        with tempfile.TemporaryDirectory(prefix="muster-initramfs-") as name:
            # In place before the kernels: their scripts make the initial RAM disks.
            write_files(pathlib.Path(name), overlay.INITRAMFS)
            command = [*BASE_COMMAND, f"--essential-hook=cp -r '{name}'/. \"$1\"", "--include=" + ",".join(sorted(self.packages))]
            log = self.dir / "mmdebstrap.log"
            status = run_to_its_end([*command, suite, str(tree), *archive.sources(self.listed)], log)
        if status:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise Failed(f"mmdebstrap: exit status {status}\n{tail}")
        # They come from this host's network and do not belong in the machine.
        for path in ("etc/apt/sources.list", "etc/resolv.conf"):
            (tree / path).unlink(missing_ok=True)

    # ------------------------------------------------------------------ Muster

    def make_root(self, stage, out):
        say("root file system: Muster installed, image made")
        tree = out / "tree"
        try:
            copy_into(self.base / "tree", tree)
            copy_into(stage, tree)
            write_files(tree, overlay.FILES)
            for path, target in overlay.LINKS.items():
                (tree / path).parent.mkdir(parents=True, exist_ok=True)
                (tree / path).unlink(missing_ok=True)
                (tree / path).symlink_to(target)
            packages.output("chroot", tree, "systemd-sysusers")
            image = out / "root.ext4"
            with open(image, "wb") as file:
                file.truncate(disk.ROOT_SIZE)
            packages.output(*ROOT_COMMAND, "-d", tree, image)
        finally:
            remove(tree)

    # ------------------------------------------------------------------ what a machine starts from

    def releases(self):
        """The versions of the two kernels: the suite's own, and the other."""
        return [name.removeprefix("linux-image-") for name in self.kernels]

    def kernel(self, release):
        """(kernel, initial RAM disk)."""
        boot = self.base / "tree/boot"
        return (boot / f"vmlinuz-{release}").read_bytes(), (boot / f"initrd.img-{release}").read_bytes()

    def disk(self, out, boot, line, release=None, signed=False):
        """Writes the disk of a new machine; `boot` is grub, systemd-boot or unified."""
        kernel, initrd = self.kernel(release or self.releases()[0])
        if boot == "unified":
            files = boot_menu.unified(uki.make(kernel, initrd, line, signed))
        else:
            files = {"grub": boot_menu.grub, "systemd-boot": boot_menu.systemd_boot}[boot](kernel, initrd, line)
        with tempfile.TemporaryDirectory(prefix="muster-esp-", dir=self.dir) as folder:
            esp = pathlib.Path(folder) / "esp.fat"
            disk.Esp(esp).fill(files)
            disk.make(out, esp, self.root)


def run_to_its_end(command, log):
    """Runs the command in a mount namespace, so that nothing stays mounted below the tree; all of it ends if we are
    interrupted."""
    with open(log, "wb") as said:
        process = subprocess.Popen(["unshare", "--mount", *command], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                   start_new_session=True)
    try:
        return process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


def write_files(tree, files):
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)


def copy_into(source, tree):
    tree.mkdir(exist_ok=True)
    packages.output("cp", "-a", "--reflink=auto", f"{source}/.", tree)


def tree_inputs(folder):
    """Each file below a folder, with its digest."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {f"/{path.relative_to(folder)}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
