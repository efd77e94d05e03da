"""A service and simulated machines as real processes on loopback, driven by the demo and the system tests."""
import json
import pathlib
import signal
import socket
import subprocess
import time

STARTED = time.monotonic()
PATIENCE = 120  # seconds: no claim about speed, only an end for what will never happen; a busy machine is no failure


class Failed(Exception):
    """A claim did not hold."""


class Ended(Exception):
    """A signal asked this program to end; the argument is its number."""


asked_to_end = []


def end_on_signals():
    """From here on a signal is noted, and `end_if_asked` raises. An exception out of the handler itself can come between
    the start of a process and its entry in `processes`, and Python drops it inside a destructor."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        # Ignored for nohup. Shells ignore SIGINT for what they start in the background, and there it still has to work.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, _: asked_to_end.append(number))


def end_if_asked():
    if asked_to_end:
        raise Ended(asked_to_end[0])


def say(text):
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


class Fleet:
    """Everything is below `folder`; `close` ends every process."""

    def __init__(self, programs, folder, names, beat=1, attestation=3, lease=9, evidence=None):
        self.bin = pathlib.Path(programs).resolve()
        self.dir = pathlib.Path(folder).resolve()
        self.names = list(names)
        self.beat, self.attestation, self.lease = beat, attestation, lease  # seconds
        self.evidence = pathlib.Path(evidence).resolve() if evidence else None
        self.processes = {}
        self.socket = self.dir / "ras.sock"
        self.vendor = "automatic"  # or "pending": an operator admits each machine
        self.manufacturers = '["id:4D535452"]'  # of the TPMs that muster-lab makes
        self.more_settings = ""  # of the service, as lines of YAML

    # ------------------------------------------------------------------ processes

    def call(self, program, *arguments, good=(0,)):
        done = subprocess.run([str(self.bin / program), *map(str, arguments)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        end_if_asked()  # Ctrl-C ends the command, too
        if done.returncode not in good:
            raise Failed(f"{program} {' '.join(map(str, arguments))}: exit status {done.returncode}\n"
                         f"{done.stdout}{done.stderr}")
        return done

    def lab(self, verb, folder, *arguments):
        return self.call("muster-lab", verb, folder, *arguments)

    def muster(self, *arguments, good=(0,)):
        return self.call("muster", "--socket", self.socket, *arguments, good=good)

    def start(self, name, *command):
        with open(self.dir / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log,
                                                    stderr=log, start_new_session=True)

    def stop(self, name):
        process = self.processes.pop(name, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def tail(self, name, lines=15):
        log = self.dir / f"{name}.log"
        return "".join(log.read_text(errors="replace").splitlines(keepends=True)[-lines:]) if log.exists() else ""

    def until(self, what, condition, *, seconds=PATIENCE):
        """Waits until `condition` returns something true. A process that ends meanwhile ends the wait."""
        deadline = time.monotonic() + seconds
        while True:
            end_if_asked()
            found = condition()
            if found:
                return found
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise Failed(f"{name} ended with status {process.returncode}:\n{self.tail(name)}")
            if time.monotonic() > deadline:
                raise Failed(f"not within {seconds} s: {what}")
            time.sleep(0.1)

    # ------------------------------------------------------------------ observations

    def nodes(self):
        listed = json.loads(self.muster("nodes", "-o", "json").stdout)
        return {node["name"] or node["hostname"]: node for node in listed["nodes"]}

    def nodes_or_none(self):
        """As `nodes`, but None while the service does not answer."""
        try:
            return self.nodes()
        except Failed:
            return None

    def detail(self, name):
        return json.loads(self.muster("node", "show", name, "-o", "json", good=(0, 1, 3, 4)).stdout)

    def shown(self, name):
        node = self.nodes().get(name)
        return node and node["shown"]

    def table(self):
        print(self.muster("nodes").stdout, flush=True)

    def finding(self, name, holds):
        """That node's first finding for which `holds` is true."""
        return next((one for one in self.detail(name)["findings"] if holds(one)), None)

    def expect(self, holds, what):
        if not holds:
            raise Failed(f"did not hold: {what}")
        say(f"ok: {what}")

    # ------------------------------------------------------------------ setting the scene

    def free_port(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def write_configuration(self):
        self.port = self.free_port()
        (self.dir / "service.yaml").write_text(f"""\
name: ras.demo
listen:
  agents: 127.0.0.1:{self.port}
state: {self.dir}/ras
socket: {self.socket}
beat: {self.beat}s
reconnect_spread: 1s
attestation:
  interval: {self.attestation}s
  lease: {self.lease}s
limits:
  pending_retry: 1s
admission:
  vendor: {self.vendor}
  group: demo
  vendor_roots: [{self.dir}/vendor/roots]
  manufacturers: {self.manufacturers}
{self.more_settings}""")
        for name in self.names:
            machine = self.dir / name
            (self.dir / f"{name}.yaml").write_text(f"""\
service:
  addresses: ["127.0.0.1:{self.port}"]
  name: ras.demo
  anchor: {self.dir}/ras/anchor.pem
tpm: "swtpm:path={machine}/tpm.sock"
state: {self.dir}/{name}.state
platform:
  boot_id: {machine}/boot_id
  boot_log: {machine}/binary_bios_measurements
  ima_log: {machine}/binary_runtime_measurements
  facts: {machine}/facts
jitter: 100ms
""")

    def adopt_paths(self, name):
        """Reads from muster-lab where the machine's files are."""
        said = self.lab("show", self.dir / name).stdout
        lines = dict(line.strip().split(": ", 1) for line in said.splitlines() if ": " in line)
        config = self.dir / f"{name}.yaml"
        text = config.read_text()
        for key in ("boot_id", "boot_log", "ima_log", "facts"):
            old = next(line for line in text.splitlines() if line.strip().startswith(key + ":"))
            text = text.replace(old, f"  {key}: {lines[key]}")
        old = next(line for line in text.splitlines() if line.startswith("tpm:"))
        config.write_text(text.replace(old, f'tpm: "{lines["tpm"]}"'))

    def evidence_folders(self):
        """If the folder has one machine's files, it serves all; otherwise its subfolders serve the machines
        alternately."""
        if self.evidence is None:
            return []
        if not self.evidence.is_dir():
            raise Failed(f"{self.evidence} is not a folder")
        if (self.evidence / "binary_runtime_measurements").exists():
            return [self.evidence]
        folders = sorted(one for one in self.evidence.iterdir() if (one / "binary_runtime_measurements").exists())
        if not folders:
            raise Failed(f"{self.evidence}: no machine's files (binary_runtime_measurements) here or one folder below")
        return folders

    def evidence_of(self, name):
        folders = self.evidence_folders()
        return ["--evidence", folders[self.names.index(name) % len(folders)]] if folders else []

    def make_machines(self):
        self.lab("vendor", self.dir / "vendor")
        for name in self.names:
            kind = "rsa2048" if name.endswith("-2") else "p256"
            self.lab("create", self.dir / name, "--vendor", self.dir / "vendor", "--ek", kind, "--hostname", name)
            self.lab("boot", self.dir / name, *self.evidence_of(name))
            self.adopt_paths(name)

    def start_agent(self, name):
        self.start(name, self.bin / "raagent", "--config", self.dir / f"{name}.yaml")

    def start_all(self):
        self.start_service()
        for name in self.names:
            self.start_agent(name)

    def start_service(self):
        self.start("ras", self.bin / "ras", "--config", self.dir / "service.yaml")
        self.until("ras answers on its socket", self.answers)

    def answers(self):
        return self.socket.exists() and subprocess.run(
            [str(self.bin / "muster"), "--socket", str(self.socket), "nodes"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def close(self):
        for name in [name for name in self.processes if name != "ras"]:
            self.stop(name)
        self.stop("ras")
        self.switch_off()

    def switch_off(self):
        for name in self.names:
            if (self.dir / name).exists():
                subprocess.run([str(self.bin / "muster-lab"), "off", str(self.dir / name)], check=False,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
