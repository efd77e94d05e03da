"""Deletes what the verb made, and never across a mount: a mounted folder may be this host's."""
import pathlib
import subprocess

from fleet import Failed
from mount_table import mounts_below


def remove(path):
    """Deletes a folder with everything below it. It may be missing; a link is deleted, but not its target."""
    path = pathlib.Path(path)
    where = path.parent.resolve() / path.name
    if not path.is_symlink():
        mounted = mounts_below(where, pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape"))
        if mounted:
            raise Failed(f"something is still mounted below {where}, and nothing is deleted across it. Run:\n"
                         + "\n".join(f"  umount '{point}'" for point in mounted))
    done = subprocess.run(["rm", "-rf", "--one-file-system", "--", str(where)], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    if done.returncode:
        raise Failed(f"{where} cannot be deleted: {done.stderr.strip()}")
