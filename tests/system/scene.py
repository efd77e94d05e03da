"""Shared by the system tests: a fleet in a temporary folder that is deleted afterwards, and plain assertions."""
import argparse
import contextlib
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lab"))
from fleet import PATIENCE, Failed, Fleet, say  # noqa: E402


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--bin", required=True, help="folder of the programs")
    return parser


@contextlib.contextmanager
def fleet(programs, names, **how):
    # Short: a Unix socket's path has 107 bytes.
    with tempfile.TemporaryDirectory(prefix="muster-") as folder:
        scene = Fleet(programs, folder, names, **how)
        scene.write_configuration()
        try:
            yield scene
        except Failed as why:
            print(f"FAILED: {why}\nEnd of the service's log:\n{scene.tail('ras', 40)}", file=sys.stderr)
            raise SystemExit(1) from None
        finally:
            scene.close()


def require(holds, what):
    if not holds:
        raise Failed(f"did not hold: {what}")
    say(f"ok: {what}")
