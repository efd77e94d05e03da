"""The verb's own working folder: it may delete the content, and no other run uses the folder meanwhile."""
import errno
import fcntl
import os
import pathlib

from fleet import Failed

MARKER = ".muster-machine"
MADE = ("images", "stories", "evidence", "shell")  # the folders that the verb makes and deletes there


def claim(folder, own=False):
    """Makes the folder, with a mark that the verb made it. Refuses a folder that is not empty and has no mark, unless
    it is the repository's `own`."""
    folder = pathlib.Path(folder)
    if folder.exists() and not folder.is_dir():
        raise Failed(f"{folder} is not a folder; name another one with --dir")
    marker = folder / MARKER
    if not own and folder.exists() and not marker.is_file() and any(folder.iterdir()):
        raise Failed(f"{folder} is not empty, and './run machine' did not make it ({MARKER} is missing): it would delete "
                     "folders there; name a folder with --dir that is empty or does not exist")
    for name in MADE:
        if (folder / name).is_symlink():
            raise Failed(f"{folder / name} is a link: what it names would be deleted; delete the link")
    folder.mkdir(parents=True, exist_ok=True)
    os.close(opened(marker))


def lock(folder):
    """A lock that ends with this process. A second user of the folder would have its images replaced under it."""
    descriptor = opened(folder / "lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Failed(f"another './run machine' is at work in {folder}; wait for it, or name another folder with --dir") from None
    return descriptor


def opened(path):
    """A file of this folder, made if it does not exist; a link is not followed."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as why:
        what = "it is a link; delete it" if why.errno == errno.ELOOP else why.strerror
        raise Failed(f"{path} cannot be opened: {what}") from why
