"""The disk of a machine: GPT with an EFI system partition and a root partition, always at the same places."""
import os
import subprocess

MIB = 1 << 20
SECTOR = 512
ESP_START, ESP_SIZE = 1 * MIB, 127 * MIB
ROOT_START, ROOT_SIZE = 128 * MIB, 1024 * MIB
DISK_SIZE = ROOT_START + ROOT_SIZE + MIB  # the second GPT comes after the root
ROOT_LABEL = "machine-root"


def partition_table():
    """The input of sfdisk. Fixed identifiers: the firmware measures the table into PCR 5."""
    def line(start, size, kind, uuid, name):
        return f"start={start // SECTOR}, size={size // SECTOR}, type={kind}, uuid={uuid}, name={name}"
    return "\n".join([
        "label: gpt", "label-id: 6D757374-6572-4C41-8000-000000000001", "first-lba: 2048",
        line(ESP_START, ESP_SIZE, "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "6D757374-6572-4C41-8000-000000000002", "ESP"),
        line(ROOT_START, ROOT_SIZE, "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709", "6D757374-6572-4C41-8000-000000000003", "root"),
        ""])


def make(disk, esp, root):
    """Writes the disk sparsely, from the images of both file systems."""
    with open(disk, "wb") as file:
        file.truncate(DISK_SIZE)
    subprocess.run(["sfdisk", "--quiet", str(disk)], input=partition_table(), text=True, check=True)
    for image, start in ((esp, ESP_START), (root, ROOT_START)):
        subprocess.run(["dd", f"if={image}", f"of={disk}", "bs=1M", f"seek={start // MIB}", "conv=notrunc,sparse",
                        "status=none"], check=True)


class Esp:
    """The files of an EFI system partition, in a disk or in a separate image. The machine must be off."""

    def __init__(self, image, offset=0):
        self.where = f"{image}@@{offset}"
        self.image = image

    def tool(self, name, *arguments, **how):
        return subprocess.run([name, "-i", self.where, *arguments], check=True, stdin=subprocess.DEVNULL,
                              capture_output=True, env={**os.environ, "MTOOLS_SKIP_CHECK": "1"}, **how).stdout

    def write(self, path, content):
        """Replaces a file; `content` is bytes or text."""
        data = content.encode() if isinstance(content, str) else content
        subprocess.run(["mcopy", "-o", "-i", self.where, "-", f"::{path}"], check=True, input=data, capture_output=True,
                       env={**os.environ, "MTOOLS_SKIP_CHECK": "1"})

    def read(self, path):
        return self.tool("mtype", f"::{path}")

    def fill(self, files):
        """Formats the image and puts `files` (path -> bytes or text) into it."""
        with open(self.image, "wb") as file:
            file.truncate(ESP_SIZE)
        subprocess.run(["mkfs.vfat", "-F32", "-i", "6D757374", "-n", "ESP", "--invariant", str(self.image)], check=True,
                       stdout=subprocess.DEVNULL)
        folders = {path.rsplit("/", depth)[0] for path in files for depth in range(1, path.count("/"))}
        for folder in sorted(folders):
            self.tool("mmd", f"::{folder}")
        for path, content in files.items():
            self.write(path, content)
