#!/usr/bin/python3
"""Join tokens: two machines come in by one, the third waits, and the service is restarted in between.

What breaks if this fails: nobody can enrol a fleet without looking at each machine, or whoever finds a token enrols as
many as he likes.
"""
import json
import os

from scene import arguments, fleet, require

NAMES = ["web-1", "web-3", "web-5"]


def token_of(scene, *more):
    """A new token, in a file as the manual says, and its id."""
    made = scene.muster("join-token", "create", "--group", "web", *more)
    path = scene.dir / "join-token"
    path.touch(mode=0o600)
    path.write_text(made.stdout)
    return path, made.stdout.strip(), listed(scene)[0]["id"]


def listed(scene):
    return json.loads(scene.muster("-o", "json", "join-token", "list").stdout)["tokens"]


def give(scene, name, path):
    config = scene.dir / f"{name}.yaml"
    config.write_text(config.read_text() + f"join_token_file: {path}\n")


def log_of(scene, name):
    return (scene.dir / f"{name}.log").read_text()


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, NAMES) as scene:
        scene.vendor = "pending"
        scene.write_configuration()
        policy = "policy:\n  endorsement:\n    token: affirming\n"
        config = scene.dir / "service.yaml"
        config.write_text(config.read_text() + policy)
        scene.make_machines()
        scene.start_service()
        path, token, name_of_token = token_of(scene, "--uses", "2", "--name", "rack 7")
        for name in NAMES:
            give(scene, name, path)

        os.chmod(path, 0o644)
        refused = scene.call("raagent", "--config", scene.dir / "web-1.yaml", "--check-config", good=(1, 2))
        require("other users may read" in refused.stdout + refused.stderr, "a file that others may read is refused")
        require(token not in refused.stdout + refused.stderr, "and its content is not repeated")
        os.chmod(path, 0o600)

        scene.start_agent("web-1")
        scene.until("web-1 is in by the token", lambda: scene.nodes().get("web-1", {}).get("standing") == "enrolled")
        require(scene.nodes()["web-1"]["admitted_by"] == f"token {name_of_token}", "its record names the token")
        require(scene.nodes()["web-1"]["group"] == "web", "it is in the token's group")
        scene.until("the agent warns that the token is still there", lambda: "is still here" in log_of(scene, "web-1"))

        scene.stop("ras")
        scene.start_service()
        require(listed(scene)[0]["used"] == 1, "the use outlives a restart of the service")
        scene.start_agent("web-3")
        scene.until("web-3 is in", lambda: scene.nodes().get("web-3", {}).get("standing") == "enrolled")
        scene.start_agent("web-5")
        scene.until("web-5 waits", lambda: scene.nodes().get("web-5", {}).get("standing") == "pending")
        scene.until("and is told why", lambda: "the join token was not accepted" in log_of(scene, "web-5"))
        require(listed(scene)[0]["state"] == "used up", "the list says that it is used up")
        require(len(listed(scene)[0]["nodes"]) == 2, "and which machines came by it")

        scene.until("web-1 attested", lambda: scene.nodes()["web-1"]["attested"])
        scene.muster("reference", "accept", "web", "--from", scene.nodes()["web-1"]["id"])
        for name in ("web-1", "web-3"):
            scene.until(f"{name} is trusted", lambda name=name: scene.shown(name) == "trusted")

        _, other, name_of_other = token_of(scene)
        scene.muster("join-token", "revoke", name_of_other)
        require(listed(scene)[0]["state"] == "revoked", "a revoked token is listed as such")
        scene.stop("web-5")
        scene.muster("node", "forget", scene.nodes()["web-5"]["id"], "--yes")
        scene.start_agent("web-5")
        scene.until("web-5 waits again", lambda: scene.nodes().get("web-5", {}).get("standing") == "pending")

        scene.stop("web-1")
        before = log_of(scene, "web-1").count("is still here")
        scene.start_agent("web-1")
        scene.until("a start warns again", lambda: log_of(scene, "web-1").count("is still here") > before)
        everything = "".join(log_of(scene, name) for name in [*NAMES, "ras"])
        everything += scene.muster("-o", "json", "log", "show", "--limit", "1000").stdout
        require(token not in everything and other not in everything, "no log has a token")
        require(f"admitted by token {name_of_token}" in everything, "but the log names it")
        scene.stop("ras")
        state = b"".join(one.read_bytes() for one in (scene.dir / "ras").rglob("*") if one.is_file())
        require(bytes.fromhex(token) not in state and token.encode() not in state, "and the database has none")


if __name__ == "__main__":
    main()
