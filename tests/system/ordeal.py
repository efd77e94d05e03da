"""The service's trials in a random test: operators who change everything, and what they may see afterwards."""
import random
import threading

from scene import Failed, require


class Operator(threading.Thread):
    """Renames and moves machines that no other operator touches. Acknowledged changes hold; others may or may not."""

    def __init__(self, scene, number, machines, seed):
        super().__init__(daemon=True)
        self.scene, self.number, self.machines, self.chance = scene, number, machines, random.Random(seed)
        self.may = {}    # (node id, name or group): the values that it may have, by the answers so far
        self.asked = []  # every change asked for, in order
        self.acknowledged = 0
        self.leaves = threading.Event()
        self.lock = threading.Lock()

    def run(self):
        while not self.leaves.wait(self.chance.uniform(0.05, 0.3)):
            nodes = [one for one in (self.scene.nodes_or_none() or {}).values() if one["hostname"] in self.machines]
            if nodes:
                self.change(self.chance.choice(nodes))

    def change(self, node):
        what = self.chance.choice(["name", "group"])
        value = f"op{self.number}-{len(self.asked)}" if what == "name" else self.chance.choice(["demo", "spare", "third"])
        with self.lock:
            may = self.may.setdefault((node["id"], what), {node[what]})
            may.add(value)
            self.asked.append((node["id"], what, set(may)))
        done = self.scene.muster("node", what, node["id"], value, good=(0, 2)).returncode == 0
        with self.lock:
            if done:
                self.may[(node["id"], what)] = {value}
                self.acknowledged += 1

    def expected(self):
        """The possible values of each, and the current length of the list of changes."""
        with self.lock:
            return {key: set(values) for key, values in self.may.items()}, len(self.asked)

    def wrong(self, before, nodes):
        """Values in a look at `nodes`, begun after `before`, that were never asked for, or that contradict the
        answers."""
        expected, asked = before
        with self.lock:
            for node_id, what, values in self.asked[asked:]:
                expected.setdefault((node_id, what), set()).update(values)
        return [f"{what} of {node_id} is {nodes[node_id][what]!r}, and not one of {sorted(values)}"
                for (node_id, what), values in expected.items()
                if node_id not in nodes or nodes[node_id][what] not in values]


class Ordeal:
    """Blows to the service at random moments, and whether what is shown fits what was acknowledged."""

    def __init__(self, scene, chance, operators):
        self.scene, self.chance, self.operators = scene, chance, operators
        self.taken = {name for one in operators for name in one.machines}
        self.blows = 0
        self.acknowledged = {}  # node id: the name that the service has acknowledged
        self.untrusted = None   # the machine that was seen to be untrusted

    def name_machines(self):
        """Names every machine without a name. A refusal is not an acknowledgement."""
        for node in (self.scene.nodes_or_none() or {}).values():
            if node["name"] or node["id"] in self.acknowledged or node["hostname"] in self.taken:
                continue
            if self.scene.muster("node", "name", node["id"], node["hostname"], good=(0, 2)).returncode == 0:
                self.acknowledged[node["id"]] = node["hostname"]

    def compare(self):
        before = [one.expected() for one in self.operators]
        nodes = {one["id"]: one for one in self.scene.nodes().values()}
        for operator, expected in zip(self.operators, before):
            if wrong := operator.wrong(expected, nodes):
                raise Failed(f"blow {self.blows}: {wrong[0]}")
        held = {node_id: node["name"] for node_id, node in nodes.items()}
        for node_id, name in self.acknowledged.items():
            if held.get(node_id) != name:
                raise Failed(f"blow {self.blows}: {name} was acknowledged and is not on record")
        self.compare_shown()

    def compare_shown(self):
        """If the service answers; it may have ended."""
        node = (self.scene.nodes_or_none() or {}).get(self.untrusted)
        if node and node["shown"] != "untrusted":
            raise Failed(f"blow {self.blows}: {self.untrusted} was untrusted and is {node['shown']}")

    def learn_from(self, name):
        self.scene.until(f"{name} attested", lambda: self.scene.nodes().get(name, {}).get("attested"))
        self.scene.until(f"the service takes the state of {name} as reference", lambda: self.scene.muster(
            "reference", "accept", "demo", "--from", self.scene.nodes()[name]["id"], good=(0, 2)).returncode == 0)

    def implant(self, name):
        self.scene.until(f"{name} trusted", lambda: self.scene.shown(name) == "trusted")
        self.scene.lab("run", self.scene.dir / name, "/usr/local/bin/implant")
        self.scene.until(f"{name} untrusted for its implant", lambda: self.scene.shown(name) == "untrusted")
        self.untrusted = name

    def over(self):
        """Every agent comes back, and everything acknowledged is there."""
        def all_back():
            nodes = self.scene.nodes()
            return len(nodes) == len(self.scene.names) and all(one["connected"] for one in nodes.values())
        self.scene.until("every agent is back", all_back)
        for one in self.operators:
            one.leaves.set()
            one.join()
        self.compare()
        require(not self.taken or all(one.acknowledged > 0 for one in self.operators),
                f"operators had {sum(one.acknowledged for one in self.operators)} changes acknowledged, and all are there")
        require(len(self.acknowledged) > 0, "machines were named meanwhile")
        shown = {node["hostname"]: node["shown"] for node in self.scene.nodes().values()
                 if node["hostname"] not in self.taken}
        require(shown.pop(self.untrusted, "untrusted") == "untrusted"
                and set(shown.values()) <= {"trusted", "stale", "unknown"},
                f"the implant's machine is untrusted, no other is: {shown}")


def begin(scene, chance_seed, operators):
    """Starts the operators. The machines are divided among them; at least two are left alone."""
    names = scene.names
    spare = names[len(names) - 4 * operators:] if len(names) >= 4 * operators + 2 else []
    people = [Operator(scene, n, set(spare[n::operators]), chance_seed + n) for n in range(operators)]
    for one in people:
        one.start()
    return Ordeal(scene, random.Random(chance_seed), people)
