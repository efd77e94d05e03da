#!/usr/bin/python3
"""muster doctor and raagent --check, with real processes.

What breaks if this fails: an operator whose first steps went wrong is told that all is well, is not told what to mend, or
waits for ever; or a checkup changes what it looks at.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time

from scene import PATIENCE, Failed, arguments, fleet, require

LONGEST = 60  # seconds, for what has limits of 20 s


def looked(scene, program, *options):
    """Exit status, and the lines by subject."""
    begun = time.monotonic()
    done = subprocess.run([str(scene.bin / program), *map(str, options)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
    took = time.monotonic() - begun
    require(took < LONGEST, f"{program} {options[0]} ends by itself ({took:.1f} s)")
    require(not done.stderr, f"and says nothing else: {done.stderr!r}")
    answer = json.loads(done.stdout)
    require(done.returncode == (0 if answer["in_order"] else 1), "its exit status says the same as its JSON")
    lines = {}
    for line in answer["checks"]:
        if line["outcome"] != "good" and not line["remedy"]:
            raise Failed(f"a line that is not good has no remedy: {line}")
        lines.setdefault(line["subject"], []).append(line)
    return lines


def doctor(scene, *options):
    return looked(scene, "muster", "--socket", scene.socket, "doctor", "--json", "--config", scene.dir / "service.yaml",
                  *options)


def check(scene, name="node-1", config=None):
    return looked(scene, "raagent", "--check", "--json", "--config", config or scene.dir / f"{name}.yaml")


def outcomes(lines, subject):
    return [line["outcome"] for line in lines.get(subject, [])]


def snapshot(folder):
    """Names, contents and modes of all files below."""
    return {str(path): (path.stat().st_mode, path.read_bytes() if path.is_file() else None)
            for path in sorted(pathlib.Path(folder).rglob("*"))}


def before_the_first_start(scene):
    lines = doctor(scene)
    require(outcomes(lines, "socket") == ["bad"] and outcomes(lines, "service") == ["bad"]
            and outcomes(lines, "state") == ["note"], "a service that was never started: socket, listener, state")
    require("start" in lines["service"][0]["remedy"], f"the remedy is to start it: {lines['service'][0]['remedy']}")
    lines = check(scene)
    require(outcomes(lines, "anchor") == ["bad"] and "anchor.pem" in lines["anchor"][0]["remedy"],
            "a machine without an anchor: copy it")
    require(outcomes(lines, "service") == ["bad"], "and its service is not reached")
    require(not (scene.dir / "node-1.state").exists() and not (scene.dir / "ras").exists(), "neither made anything")


def all_is_well(scene):
    scene.until("node-1 attested", lambda: scene.nodes().get("node-1", {}).get("attested"))
    scene.muster("node", "name", scene.nodes()["node-1"]["id"], "node-1")
    before = snapshot(scene.dir / "node-1.state")
    session = scene.detail("node-1")["node"]["since"]
    lines = check(scene)
    for subject in ("configuration", "anchor", "state", "disk", "identity", "log head", "service", "tpm", "tpm banks",
                    "ek certificate", "boot log", "ima list"):
        require(outcomes(lines, subject) and set(outcomes(lines, subject)) == {"good"},
                f"{subject}: {[line['says'] for line in lines.get(subject, [])]}")
    require("agrees with the service's" in lines["clock"][0]["says"] or "s the service's" in lines["clock"][0]["says"]
            or "of the service's" in lines["clock"][0]["says"],
            f"the clocks were compared: {lines['clock'][0]['says']}")
    require("ras.demo" in lines["service"][0]["says"], f"{lines['service'][0]['says']}")
    require("issued by" in lines["ek certificate"][0]["says"], f"{lines['ek certificate'][0]['says']}")
    after = {path: value for path, value in snapshot(scene.dir / "node-1.state").items() if "log_head" not in path}
    require(after == {path: value for path, value in before.items() if "log_head" not in path},
            "the agent's state is as before")
    require(scene.nodes()["node-1"]["connected"] and scene.detail("node-1")["node"]["since"] == session,
            "the agent kept its session")

    ek = scene.dir / "ek.cer"
    lines = doctor(scene)
    for subject in ("configuration", "socket", "state", "disk", "anchor", "readiness", "log head", "service",
                    "vendor roots"):
        require(outcomes(lines, subject) and set(outcomes(lines, subject)) == {"good"},
                f"{subject}: {[line['says'] for line in lines.get(subject, [])]}")
    require(outcomes(lines, "listener") == ["note"], "that it listens on loopback only is noted")
    ek.write_bytes(b"nonsense")
    require(outcomes(doctor(scene, "--ek", ek), "ek certificate") == ["bad"], "an EK certificate that is none")
    require(len(scene.nodes()) == 1, "no record was made of who asked")


def people_read_it_too(scene):
    done = subprocess.run([str(scene.bin / "raagent"), "--check", "--config", str(scene.dir / "node-1.yaml")],
                          stdout=subprocess.PIPE, text=True, timeout=PATIENCE)
    last = done.stdout.splitlines()[-1]
    require(("not in order" in last) == (done.returncode == 1) and "ok" in last, f"for people: {last}")


def wrong_options(scene):
    for program, options in (("raagent", ["--check", "--nonsense"]), ("raagent", ["--json"]),
                             ("muster", ["doctor", "--nonsense"])):
        done = subprocess.run([str(scene.bin / program), *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=PATIENCE)
        require(done.returncode == 2 and done.stderr, f"{program} {' '.join(options)}: status 2")


def damaged_configurations(scene):
    broken = scene.dir / "broken.yaml"
    broken.write_text((scene.dir / "node-1.yaml").read_text() + "jiter: 3\nlog: {level: loud}\n")
    lines = check(scene, config=broken)
    require(outcomes(lines, "configuration") == ["bad", "bad"] and len(lines) == 1, "each mistake is a line")
    require(outcomes(check(scene, config=scene.dir / "none.yaml"), "configuration") == ["bad"], "a missing file, too")
    other = scene.dir / "other.yaml"
    other.write_text((scene.dir / "node-1.yaml").read_text().replace("name: ras.demo", "name: other.demo"))
    line = check(scene, config=other)["service"][0]
    require(line["outcome"] == "bad" and "service.name" in line["remedy"], f"another name: {line['says']}")


def an_anchor_of_another_service(scene):
    other = scene.dir / "other-vendor"
    scene.lab("vendor", other)
    root = next(path for path in sorted((other / "roots").iterdir()) if path.is_file())
    config = scene.dir / "stranger.yaml"
    text = (scene.dir / "node-1.yaml").read_text().replace(f"{scene.dir}/ras/anchor.pem", str(root))
    config.write_text(text.replace(f"{scene.dir}/node-1.state", f"{scene.dir}/nobody.state"))
    line = check(scene, config=config)["service"][0]
    require(line["outcome"] == "bad" and "anchor.pem" in line["remedy"], f"another anchor: {line['says']}")


def open_to_others(scene):
    os.chmod(scene.dir / "ras/ca", 0o750)
    require(outcomes(doctor(scene), "state") == ["good", "bad"], "a folder of keys that others can read")
    os.chmod(scene.dir / "ras/ca", 0o700)
    state = scene.dir / "node-1.state"
    os.chmod(state, 0o755)
    require(outcomes(check(scene), "state") == ["bad"], "a state folder that others can read")
    os.chmod(state, 0o700)
    os.chmod(scene.socket, 0o666)
    require(outcomes(doctor(scene), "socket") == ["bad"], "a socket that everybody can use")
    os.chmod(scene.socket, 0o660)


def roots_that_lead_nowhere(scene):
    folder = scene.dir / "vendor/roots"
    kept = scene.dir / "kept"
    shutil.copytree(folder, kept)
    for path in folder.iterdir():
        if path.is_file() and b"BEGIN CERTIFICATE" in path.read_bytes():
            shown = subprocess.run(["openssl", "x509", "-in", str(path), "-noout", "-subject", "-issuer"],
                                   stdout=subprocess.PIPE, text=True).stdout.splitlines()
            if len(shown) == 2 and shown[0].split("=", 1)[1] == shown[1].split("=", 1)[1]:
                path.unlink()
    lines = doctor(scene)["vendor roots"]
    require(any(line["outcome"] in ("bad", "note") for line in lines),
            f"a vendor's root is gone: {[line['says'] for line in lines]}")
    shutil.rmtree(folder)
    require(outcomes(doctor(scene), "vendor roots") == ["bad"], "the folder is gone")
    shutil.copytree(kept, folder)


class Silent:
    """Accepts connections, and never answers."""

    def __init__(self, listener):
        self.listener, self.taken = listener, []
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        while True:
            try:
                self.taken.append(self.listener.accept()[0])
            except OSError:
                return

    def close(self):
        self.listener.close()


def what_hangs_is_a_line(scene):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    service = Silent(listener)
    chip = socket.socket(socket.AF_UNIX)
    chip.bind(str(scene.dir / "silent.sock"))
    chip.listen()
    control = socket.socket(socket.AF_UNIX)
    control.bind(str(scene.dir / "silent.sock.ctrl"))
    control.listen()
    silent = [service, Silent(chip), Silent(control)]
    text = (scene.dir / "node-1.yaml").read_text().replace(f"127.0.0.1:{scene.port}",
                                                          f"127.0.0.1:{listener.getsockname()[1]}")
    tpm = next(line for line in text.splitlines() if line.startswith("tpm:"))
    config = scene.dir / "silent.yaml"
    config.write_text(text.replace(tpm, f'tpm: "swtpm:path={scene.dir}/silent.sock"'))
    lines = check(scene, config=config)
    require(outcomes(lines, "service") == ["bad"] and "answer" in lines["service"][0]["says"],
            f"a service that hangs: {lines['service'][0]['says']}")
    require("bad" in outcomes(lines, "tpm"), f"a TPM that hangs: {[line['says'] for line in lines['tpm']]}")
    require(outcomes(lines, "ima list") == ["good"], "and the rest is looked at all the same")

    rest = socket.socket(socket.AF_UNIX)
    rest.bind(str(scene.dir / "rest.sock"))
    rest.listen()
    os.chmod(scene.dir / "rest.sock", 0o660)
    silent.append(Silent(rest))
    lines = looked(scene, "muster", "--socket", scene.dir / "rest.sock", "doctor", "--json", "--config",
                   scene.dir / "service.yaml")
    require(outcomes(lines, "readiness") == ["bad"], f"a service that does not answer: {lines['readiness'][0]['says']}")
    for one in silent:
        one.close()


def after_the_end(scene):
    scene.stop("ras")
    lines = check(scene)
    require(outcomes(lines, "service") == ["bad"], f"a service that was stopped: {lines['service'][0]['says']}")


def main():
    given = arguments(__doc__).parse_args()
    with fleet(given.bin, ["node-1"]) as scene:
        scene.make_machines()
        before_the_first_start(scene)
        scene.start_service()
        scene.start_agent("node-1")
        all_is_well(scene)
        people_read_it_too(scene)
        wrong_options(scene)
        damaged_configurations(scene)
        an_anchor_of_another_service(scene)
        open_to_others(scene)
        roots_that_lead_nowhere(scene)
        what_hangs_is_a_line(scene)
        after_the_end(scene)


if __name__ == "__main__":
    main()
