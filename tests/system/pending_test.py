#!/usr/bin/python3
"""Machines that wait for an approval that never comes make room for others by themselves, also after a restart.

What breaks if this fails: a few made-up machines fill the list of pending machines for good.
"""
from scene import arguments, fleet, require


def main():
    asked = arguments(__doc__.splitlines()[0]).parse_args()
    with fleet(asked.bin, ["web-1", "web-2", "web-3"]) as scene:
        scene.vendor = "pending"
        scene.write_configuration()
        config = scene.dir / "service.yaml"
        config.write_text(config.read_text().replace(
            "limits:\n", "limits:\n  pending: 2\n  pending_per_address: 2\n  pending_expiry: 60s\n"))
        scene.make_machines()
        scene.start_service()
        for name in ("web-1", "web-2"):
            scene.start_agent(name)
        scene.until("two wait", lambda: len(scene.nodes()) == 2)
        for name in ("web-1", "web-2"):
            scene.stop(name)
        scene.stop("ras")
        scene.start_service()
        scene.start_agent("web-3")
        scene.until("the third is refused",
                    lambda: "too many machines wait" in scene.tail("ras", 200) or len(scene.nodes()) != 2)
        require("web-3" not in scene.nodes(), "a restart does not reset the address's limit")
        scene.until("the third waits alone", lambda: list(scene.nodes()) == ["web-3"])
        require(True, "expired machines have left the table, and another one has their place")


if __name__ == "__main__":
    main()
