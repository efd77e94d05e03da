#!/usr/bin/python3
"""A fake service that relays the activation, with real processes and a software TPM.

Service A is the victim's. Service B is another organisation's: it has the same name and admits the same TPMs. Between
agent and service is a relay that passes bytes on, or ends the TLS channel and reads along.

What breaks if this fails: an agent talks to any server that answers; or the proof of an honest machine, made for B,
opens A to the relay. This test tries the second with processes; tests/node/protocol_test.cpp tries it without them,
for each part of the binding separately.
"""
import shutil

from relay import Relay, make_self_signed, service_tls, stranger_tls
from scene import arguments, fleet, require


def text_of(scene, name):
    log = scene.dir / f"{name}.log"
    return log.read_text(errors="replace") if log.exists() else ""


class Since:
    """The lines that a process logs from now on."""

    def __init__(self, scene, name):
        self.scene, self.name, self.begin = scene, name, len(text_of(scene, name))

    def lines(self, *words):
        new = text_of(self.scene, self.name)[self.begin:]
        return [line for line in new.splitlines() if all(word in line for word in words)]


def lead(scene, name, port, anchor):
    """Makes that agent dial `port` and trust what chains to `anchor`."""
    config = scene.dir / f"{name}.yaml"
    lines = []
    for line in config.read_text().splitlines():
        if line.strip().startswith("addresses:"):
            line = f'  addresses: ["127.0.0.1:{port}"]'
        if line.strip().startswith("anchor:"):
            line = f"  anchor: {anchor}"
        lines.append(line)
    config.write_text("\n".join(lines) + "\n")


def tls_of(scene):
    """TLS with the key of that scene's service, as a thief of the key would speak it."""
    authorities = scene.dir / "ras" / "ca"
    chain = scene.dir / "chain.pem"
    chain.write_text((authorities / "service.pem").read_text() + (authorities / "services.pem").read_text())
    return service_tls(chain, authorities / "service.key")


def refuses_who_is_not_the_service(a, b, relay):
    for who, how in (("a certificate that vouches for itself", service_tls(*make_self_signed(a.dir, "ras.demo"))),
                     ("a certificate of another service's CA", tls_of(b))):
        relay.as_service = how
        relay.forget()
        log = Since(a, "node-1")
        if "node-1" not in a.processes:
            a.start_agent("node-1")
        refused = a.until(f"node-1 refuses {who}", lambda: log.lines("agent.untrusted", "check="))
        a.until("its alert arrives", lambda: relay.alerts)
        require("UNKNOWN_CA" in relay.alerts[0], f"{who}: the agent ends the handshake ({relay.alerts[0]})")
        require("check=" in refused[0], f"{who}: the agent's log says why: {refused[0].split('check=', 1)[-1]}")
        require(len(relay.to_service) < 512 and b"node-1" not in relay.to_service,
                f"{who}: no byte of a request was sent, and nothing but a nameless question for trust lists")

    # The real thing: behind the relay is the whole of service B, which would admit this TPM.
    relay.as_service, relay.target = None, b.port
    log = Since(a, "node-1")
    a.until("node-1 refuses service B", lambda: log.lines("agent.untrusted", "check="))
    require(b.nodes() == {}, "a real service under another anchor learns nothing of the machine")
    require(a.nodes() == {}, "none of this reached the agent's own service")


def works_as_a_network(a, relay):
    relay.as_service, relay.target = None, a.port
    relay.forget()
    a.until("node-1 attested", lambda: a.nodes().get("node-1", {}).get("attested"))
    require(relay.connections >= 2 and relay.to_service and relay.to_agent,
            "a relay that only passes bytes on is a network: the same agent enrols and attests through it")


def proof_is_for_one_channel(a, b, relay, service, name):
    """`relay` has B's key, and `service` behind it. The agent of `name` trusts B."""
    relay.forget()
    log, seen = Since(a, name), Since(service, "ras")
    a.start_agent(name)
    refused = a.until(f"{name} is refused", lambda: log.lines("agent.refused", '"enrolment"'))[0]
    require('"denied"' in refused and "proof of activation" in refused,
            f"the relayed proof does not verify: {refused.split('text=', 1)[-1]}")
    # The request with keys and facts, and the proof: the service refused what the machine had proven, not a malformed
    # frame.
    require(len(relay.to_service) > 500 and len(relay.to_agent) > 100,
            f"the relay was in the middle of a whole enrolment: {len(relay.to_service)} bytes up, "
            f"{len(relay.to_agent)} down")
    require(seen.lines("enrol.proof_failed") and not seen.lines("event=admission") and name not in service.nodes(),
            "the service logs whose proof it was, and stores nothing of it")
    require(not (a.dir / f"{name}.state" / "node.crt").exists(), "no certificate was issued")
    a.stop(name)


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["node-1", "node-2"], attestation=1, lease=60) as a, fleet(asked.bin, []) as b:
        a.lab("vendor", a.dir / "vendor")
        for name in a.names:
            a.lab("create", a.dir / name, "--vendor", a.dir / "vendor", "--hostname", name)
            a.lab("boot", a.dir / name, "--files", "20")
            a.adopt_paths(name)
        shutil.copytree(a.dir / "vendor", b.dir / "vendor")
        a.start_service()
        b.start_service()

        relay = Relay()
        lead(a, "node-1", relay.port, a.dir / "ras" / "anchor.pem")
        refuses_who_is_not_the_service(a, b, relay)
        works_as_a_network(a, relay)
        a.stop("node-1")
        relay.close()

        # The agent belongs to B. If the proof were not bound to one channel, a holder of B's key could open A with the
        # agent's TPM.
        stranger = stranger_tls(*make_self_signed(b.dir, "stranger"))
        relay = Relay(a.port, tls_of(b), stranger)
        lead(a, "node-2", relay.port, b.dir / "ras" / "anchor.pem")
        proof_is_for_one_channel(a, b, relay, a, "node-2")
        relay.target = b.port
        proof_is_for_one_channel(a, b, relay, b, "node-2")
        require(True, "not even the stolen key of the agent's own service makes the channels one")

        relay.as_service = relay.as_agent = None
        a.start_agent("node-2")
        b.until("node-2 attested at B", lambda: b.nodes().get("node-2", {}).get("attested"))
        require(True, "without the relay's TLS the same machine enrols at B: it was the relay that was refused")
        require("node-2" not in a.nodes(), "service A never knew the machine")


if __name__ == "__main__":
    main()
