#!/usr/bin/python3
"""Agents that reach the service through an HTTP proxy, a SOCKS proxy and a Unix socket, with real proxies.

What breaks if this fails: machines of a site without a route to the service, or of a host whose containers have no
network, are never attested; or an agent hangs, or says nothing useful, when its proxy refuses it.
"""
import os
import shutil
import socket
import stat
import tempfile

from scene import arguments, fleet, require

SECRET = "s3cret-of-the-proxy"


def tinyproxy(scene, name, port, *lines):
    config = scene.dir / f"{name}.conf"
    config.write_text(f'Port {port}\nListen 127.0.0.1\nTimeout 600\nAllow 127.0.0.1\nLogLevel Info\n'
                      f'PidFile "{scene.dir}/{name}.pid"\n' + "".join(line + "\n" for line in lines))
    scene.start(name, shutil.which("tinyproxy"), "-d", "-c", config)
    wait_for_port(scene, name, port)


def microsocks(scene, name, port, *more):
    scene.start(name, shutil.which("microsocks"), "-i", "127.0.0.1", "-p", port, *more)
    wait_for_port(scene, name, port)


def wait_for_port(scene, name, port):
    def answers():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False
    scene.until(f"{name} listens", answers)


def credentials(scene, name, text, mode=0o600):
    file = scene.dir / name
    file.write_text(text + "\n")
    file.chmod(mode)
    return file


def lead(scene, name, *lines):
    """Gives that agent another way to the service: lines of its section `service`."""
    config = scene.dir / f"{name}.yaml"
    kept = [line for line in config.read_text().splitlines()
            if not line.strip().startswith(("addresses:", "via:", "via_credentials:"))]
    at = kept.index("service:") + 1
    config.write_text("\n".join(kept[:at] + ["  " + line for line in lines] + kept[at:]) + "\n")


def log_of(scene, name):
    log = scene.dir / f"{name}.log"
    return log.read_text(errors="replace") if log.exists() else ""


def attested_over(scene, name, what):
    before = scene.nodes().get(name, {}).get("attested")
    scene.start_agent(name)
    scene.until(f"{name} is attested {what}",
                lambda: (scene.nodes().get(name, {}).get("attested") or before) != before)
    require(True, f"{name} is attested {what}")


def refused(scene, name, *words):
    """The agent says why it cannot connect, with these words."""
    (scene.dir / f"{name}.log").unlink(missing_ok=True)
    scene.start_agent(name)
    line = scene.until(f"{name} says {words}", lambda: next(
        (line for line in log_of(scene, name).splitlines()
         if "agent.unreachable" in line and all(word in line for word in words)), None))
    scene.stop(name)
    require(SECRET not in log_of(scene, name), f"{name} is refused and says so: {line.split('check=', 1)[-1]}")
    checked = scene.call("raagent", "--config", scene.dir / f"{name}.yaml", "--check", good=(1,)).stdout
    require(words[0] in checked and SECRET not in checked, "`raagent --check` says the same")


def through_http(scene, name):
    port = scene.free_port()
    address = f"127.0.0.1:{scene.port}"
    via = f"via: http://127.0.0.1:{port}"
    lead(scene, name, f'addresses: ["{address}"]', via)
    refused(scene, name, f"proxy http://127.0.0.1:{port}", "Connection refused")

    tinyproxy(scene, "http", port, f"BasicAuth agent {SECRET}", f"ConnectPort {scene.port}")
    refused(scene, name, "it wants credentials", "407")
    wrong = credentials(scene, "wrong", f"agent:{SECRET}-not")
    lead(scene, name, f'addresses: ["{address}"]', via, f"via_credentials: {wrong}")
    refused(scene, name, "does not accept the user and password")
    right = credentials(scene, "right", f"agent:{SECRET}")
    lead(scene, name, f'addresses: ["{address}"]', via, f"via_credentials: {right}")
    # Down, then up again: the agent finds its way back by itself.
    attested_over(scene, name, "through an HTTP proxy with credentials")
    scene.stop("http")
    scene.until("the agent notices", lambda: "agent.unreachable" in log_of(scene, name).split("agent.lost")[-1])
    before = scene.nodes()[name]["attested"]
    tinyproxy(scene, "http", port, f"BasicAuth agent {SECRET}", f"ConnectPort {scene.port}")
    scene.until("the agent is back", lambda: scene.nodes()[name]["attested"] != before)
    require(True, "a proxy that was down and is up again is used again")
    require("CONNECT" in log_of(scene, "http"), "tinyproxy saw the CONNECT")
    require(SECRET not in log_of(scene, name), "no log has the password")
    checked = scene.call("raagent", "--config", scene.dir / f"{name}.yaml", "--check", good=(0, 1)).stdout
    require(f"{address} is ras.demo" in checked, "`raagent --check` reaches the service through the proxy")
    scene.stop(name)
    scene.stop("http")

    tinyproxy(scene, "narrow", port, f"BasicAuth agent {SECRET}", "ConnectPort 443")
    refused(scene, name, "answers 403: it forbids the connection")
    scene.stop("narrow")


def files_are_checked(scene, name):
    config = scene.dir / f"{name}.yaml"
    open_to_all = credentials(scene, "open", f"agent:{SECRET}", 0o644)
    lead(scene, name, f'addresses: ["127.0.0.1:{scene.port}"]', "via: http://127.0.0.1:1",
         f"via_credentials: {open_to_all}")
    for mode in ((), ("--check-config",)):
        said = scene.call("raagent", "--config", config, *mode, good=(2,))
        require("service.via_credentials: " in said.stderr and "chmod 600" in said.stderr
                and SECRET not in said.stderr, "credentials that others can read stop a start")
    lead(scene, name, f'addresses: ["127.0.0.1:{scene.port}"]', f"via: http://agent:{SECRET}@127.0.0.1:1")
    said = scene.call("raagent", "--config", config, "--check-config", good=(2,)).stderr
    require("via_credentials" in said and SECRET not in said, "a password in `via` is refused and not repeated")


def through_socks(scene, name):
    port = scene.free_port()
    # The name is for the proxy to resolve.
    where = f'addresses: ["localhost:{scene.port}"]'
    via = f"via: socks5://127.0.0.1:{port}"
    microsocks(scene, "socks", port, "-u", "agent", "-P", SECRET)
    lead(scene, name, where, via)
    refused(scene, name, "it wants credentials")
    lead(scene, name, where, via, f"via_credentials: {scene.dir / 'wrong'}")
    refused(scene, name, "does not accept the user and password")
    lead(scene, name, f'addresses: ["localhost:{scene.free_port()}"]', via, f"via_credentials: {scene.dir / 'right'}")
    refused(scene, name, "the service's host refuses the connection")
    lead(scene, name, where, via, f"via_credentials: {scene.dir / 'right'}")
    attested_over(scene, name, "through a SOCKS5 proxy with credentials, which resolves the name")
    scene.stop(name)
    scene.stop("socks")


def over_a_unix_socket(scene, name, path):
    require(stat.S_ISSOCK(path.stat().st_mode) and path.stat().st_mode & 0o777 == 0o666,
            "the service made the socket, for everybody who reaches its folder")
    # A proxy is for TCP only: one that is not there does no harm.
    lead(scene, name, f'addresses: ["unix:{path}", "127.0.0.1:{scene.port}"]', "via: http://127.0.0.1:1")
    attested_over(scene, name, "over a Unix socket")
    checked = scene.call("ras", "--config", scene.dir / "service.yaml", "--check-config").stdout
    require(f"unix:{path}: another process listens there" in checked, "`ras --check-config` says who has the socket")
    scene.stop("ras")
    require(not path.exists(), "the socket is removed at the orderly end")
    scene.start_service()
    before = scene.nodes()[name]["attested"]
    scene.until("the agent is back", lambda: scene.nodes()[name]["attested"] != before)
    scene.processes["ras"].kill()
    scene.processes.pop("ras").wait()
    require(path.exists(), "a service that is killed leaves the file")
    scene.start_service()
    before = scene.nodes()[name]["attested"]
    scene.until("the agent is back", lambda: scene.nodes()[name]["attested"] != before)
    require(True, "the next service takes its place, and the agent finds it")
    scene.stop(name)


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    missing = [one for one in ("tinyproxy", "microsocks") if shutil.which(one) is None]
    if missing:
        print(f"skipped: no {', '.join(missing)} here: ./run deps test")
        raise SystemExit(77)
    with fleet(asked.bin, ["http-1", "socks-1", "unix-1"], attestation=1, lease=30) as scene, \
            tempfile.TemporaryDirectory(prefix="muster-") as folder:
        os.chmod(folder, 0o755)
        path = scene.dir.__class__(folder) / "sock"
        config = scene.dir / "service.yaml"
        config.write_text(config.read_text().replace(
            f"agents: 127.0.0.1:{scene.port}", f'agents: ["127.0.0.1:{scene.port}", "unix:{path}"]'))
        scene.make_machines()
        scene.start_service()
        through_http(scene, "http-1")
        through_socks(scene, "socks-1")
        over_a_unix_socket(scene, "unix-1", path)
        files_are_checked(scene, "http-1")


if __name__ == "__main__":
    main()
