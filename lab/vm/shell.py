"""A prompt inside a machine: connects its console with the terminal that `./run machine --shell` was called from."""
import os
import select
import socket
import sys
import termios
import tty

from bed import Bed
from channel import Silent
from fleet import Failed, say
from removal import remove

LEAVE = b"\x1d"  # Ctrl-]


def join(console):
    """Runs until the console closes, input ends, or Ctrl-] is typed."""
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal) if os.isatty(terminal) else None
    if before:
        tty.setraw(terminal)
    try:
        while True:
            ready, _, _ = select.select([console, terminal], [], [])
            if console in ready:
                data = console.recv(4096)
                if not data:
                    return
                os.write(sys.stdout.fileno(), data)
            if terminal in ready:
                data = os.read(terminal, 4096)
                if not data or LEAVE in data:
                    return
                console.sendall(data)
    finally:
        if before:
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def run(programs, folder, workshop):
    state = folder / "shell"
    remove(state)
    state.mkdir(parents=True)
    bed = Bed(programs, state, workshop, state)
    try:
        machine = bed.machine("web-1", shell=True)
        bed.enrol(machine)
        say("the machine is attested; Enter shows the prompt, Ctrl-] leaves and switches it off. Seen from the service:\n"
            f"  {programs}/muster --socket {bed.socket} node show {machine.name}")
        with socket.socket(socket.AF_UNIX) as console:
            console.connect(str(machine.run_dir / "shell.sock"))
            join(console)
        return 0
    except (Failed, Silent) as why:
        print(f"\n{why}\n\n{bed.what_happened()}", file=sys.stderr, flush=True)
        return 1
    finally:
        bed.close()
