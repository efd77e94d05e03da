#!/usr/bin/python3
"""Real machines: QEMU boots them through UEFI with a software TPM, and the service attests them from outside.

Started by `./run machine`. Exit status: 0 every story holds, 1 one failed, 2 a mistake in the arguments or in
preparing, 77 this host cannot do it.
"""
import argparse
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import own_network  # noqa: E402
import premises  # noqa: E402
import prerequisites  # noqa: E402
import shell  # noqa: E402
import story  # noqa: E402
from fleet import Failed, say  # noqa: E402
from workshop import Workshop  # noqa: E402

SKIPPED = 77
OWN = "build/machine"


def parse(stories):
    parser = argparse.ArgumentParser(prog="./run machine", description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--installed", metavar="DIR", help="take Muster from the folder that was DESTDIR of `cmake --install`")
    parser.add_argument("--dir", default=OWN,
                        help="folder of images, machines and evidence (%(default)s): new, empty, or made by this verb")
    parser.add_argument("--all", action="store_true", help="every story; else those that `./run check` tells")
    parser.add_argument("--list", action="store_true", help="say what the stories are")
    parser.add_argument("--shell", action="store_true", help="boot a machine that is attested, and give a prompt inside")
    parser.add_argument("--keep", action="store_true", help="leave machines and logs of stories that hold, too")
    parser.add_argument("--prepare", action="store_true", help="prepare the images, and no more")
    parser.add_argument("--only-parse", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("stories", nargs="*", metavar="STORY", help="by name")
    asked = parser.parse_args()
    strangers = set(asked.stories) - {one.name for one in stories}
    if strangers:
        parser.error(f"there is no story {', '.join(sorted(strangers))}; --list names them")
    return asked


def main():
    os.umask(0o022)
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # an ordinary user's PATH lacks the tools for file systems
    stories = story.all_stories()
    asked = parse(stories)
    if asked.only_parse:
        return 0
    if asked.list:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # the reader may close the pipe early
        for one in stories:
            print(f"{one.name}{' (short)' if one.short else ''}\n    {one.headline()}")
        return 0
    folder = pathlib.Path(asked.dir).resolve()
    installed = pathlib.Path(asked.installed).resolve() if asked.installed else None
    programs = installed / "usr/bin" if installed else pathlib.Path(asked.bin).resolve()
    try:
        prerequisites.check_tools()
        premises.claim(folder, own=asked.dir == OWN)
        premises.lock(folder)
        workshop = Workshop(programs.parent, folder / "images", installed)
        workshop.prepare()
        return use(asked, stories, programs, folder, workshop)
    except prerequisites.Refused as why:
        print(f"./run machine: skipped: {why}", file=sys.stderr)
        return SKIPPED
    except Failed as why:
        print(f"./run machine: {why}", file=sys.stderr)
        return 2


def use(asked, stories, programs, folder, workshop):
    if asked.prepare:
        return 0
    if not own_network.enter():
        say("a machine reaches every port of this host's loopback: this system refuses a network namespace")
    if asked.shell:
        return shell.run(programs, folder, workshop)
    told = [one for one in stories if (one.name in asked.stories if asked.stories else asked.all or one.short)]
    failed = [one.name for one in told if not story.run(one, programs, folder, workshop, asked.keep)]
    say(f"{len(told) - len(failed)} of {len(told)} stories hold" + "".join(f"; FAILED: {name}" for name in failed))
    say(f"evidence: {folder / 'evidence'}")
    return 1 if failed else 0


if __name__ == "__main__":
    # A signal to the verb must also end its machines. As root, `./run` ensures that, too, whatever the signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
