"""The slices of the models: the part of a model that is searched, and the expected outcome."""
from typing import NamedTuple


class Slice(NamedTuple):
    model: str
    name: str
    expected: str  # holds, fails, open
    flags: tuple
    quick: bool = False


def lease(name, expected, flags, quick=False):
    return Slice("lease", f"lease-{name}", expected, tuple(f"-D{one}" for one in flags.split()), quick)


def others(model, name, expected, flags, quick=False):
    return Slice(model, f"{model}-{name}", expected, tuple(f"-D{one}" for one in flags.split()), quick)


SLICES = (
    # Everything holds; each slice covers one part of life.
    lease("clocks", "holds", "STEPS=2 RESTARTS=2 ATTESTS=1", True),
    lease("disk", "holds", "BADS=1 RESTARTS=1 DISKFAULTS=1"),
    lease("reader", "holds", "BADS=1 DISKFAULTS=1 READER"),
    lease("policies", "holds", "POLICIES=1 BADS=1 RESTARTS=1"),
    lease("policies-disk", "holds", "POLICIES=2 BADS=1 DISKFAULTS=1 ATTESTS=1"),
    lease("boots", "holds", "BADS=1 LIES=1 REBOOTS=1 SESSIONS=2 FAILED=0"),
    lease("sessions", "holds", "BADS=1 SESSIONS=2"),
    lease("again", "holds", "AGAINS=1 REBOOTS=1 SESSIONS=2 DISKFAULTS=1 FAILED=0"),
    lease("people", "holds", "REVOKES=1 NAMES=1 RESTARTS=1 DISKFAULTS=1 ATTESTS=1"),
    lease("generations", "holds", "ENROLS=1 BADS=1 SESSIONS=2 FAILED=0"),
    # In each of these, one sentence is missing.
    lease("no-clock", "fails", "NO_CLOCK STEPS=1 ATTESTS=1", True),
    lease("no-host", "fails", "NO_HOST RESTARTS=1 ATTESTS=1"),
    lease("no-news", "fails", "NO_NEWS"),
    lease("no-turn", "fails", "NO_TURN"),
    lease("no-order", "fails", "NO_ORDER READER"),
    lease("no-late", "fails", "NO_LATE SESSIONS=2", True),
    lease("no-one", "fails", "NO_ONE REVOKES=1"),
    lease("no-judge", "fails", "NO_JUDGE POLICIES=1 FAILED=0"),
    lease("no-findings", "fails", "NO_FINDINGS POLICIES=1"),
    lease("no-found", "fails", "NO_FOUND POLICIES=1 RESTARTS=1 ATTESTS=1"),
    lease("no-reset", "fails", "NO_RESET BADS=1 LIES=1 SESSIONS=2 FAILED=0"),
    lease("no-hello", "fails", "NO_HELLO REBOOTS=1 SESSIONS=2 FAILED=0 ATTESTS=1"),
    lease("no-num", "fails", "NO_NUM RESTARTS=1 SESSIONS=2 FAILED=0"),
    lease("no-items-clock", "fails", "NO_ITEMS SESSIONS=2 STEPS=1 DISKFAULTS=1 NAMES=1"),
    lease("no-items-policies", "fails", "NO_ITEMS BADS=1 POLICIES=2 DISKFAULTS=1"),
    lease("no-ticket", "fails", "NO_TICKET POLICIES=1", True),

    others("command", "calm", "holds", "CUTS=0 SERVICE=0 NODE=0 TMAX=3", True),
    others("command", "cut", "holds", "SERVICE=0 NODE=0"),
    others("command", "service", "holds", "NODE=0 TMAX=3"),
    others("command", "node", "holds", "SERVICE=0 TMAX=3"),
    others("command", "kept", "holds", "UNREGISTER SERVICE=0 TMAX=3"),
    others("command", "no-ttl", "fails", "NO_TTL", True),
    others("command", "no-mem", "fails", "NO_MEM UNREGISTER SERVICE=0"),
    others("command", "no-wal", "fails", "NO_WAL"),
    others("command", "no-run", "fails", "NO_RUN"),
    others("command", "no-seq", "fails", "NO_SEQ"),
    others("command", "no-out", "fails", "NO_OUT"),
    others("command", "no-quiet", "fails", "NO_QUIET SERVICE=0 NODE=0"),
    others("command", "no-epoch", "fails", "NO_EPOCH"),

    others("enrol", "all", "holds", ""),
    others("enrol", "relay", "holds", "NOANCHOR"),
    others("enrol", "relay-spki", "holds", "NOANCHOR NO_TSRV NO_TEXP"),
    others("enrol", "relay-service", "holds", "NOANCHOR NO_TSPKI NO_TEXP"),
    others("enrol", "relay-exporter", "holds", "NOANCHOR NO_TSPKI NO_TSRV"),
    others("enrol", "no-transcript", "fails", "NOANCHOR NO_TSPKI NO_TSRV NO_TEXP", True),
    others("enrol", "no-certeq", "fails", "NO_CERTEQ", True),
    others("enrol", "no-wait", "fails", "NO_WAIT"),
    others("enrol", "no-outlives", "fails", "NO_OUTLIVES"),
    others("enrol", "by-id", "fails", "BYID"),
    others("enrol", "two-changes", "fails", "TWOTX"),
    others("enrol", "store-first", "fails", "STOREFIRST"),
    others("enrol", "second-ek", "open", "P_REVOKE"),

    others("hub", "all", "holds", "K=1"),
    others("hub", "stuck", "holds", "STUCK"),
    others("hub", "service-closes", "holds", "SCLOSES K=1"),
    others("hub", "agent-closes", "holds", "CLOSES K=1"),
    others("hub", "link-lost", "holds", "LOSS K=1"),
    others("hub", "small-pool", "holds", "POOL=1"),
    others("hub", "no-pool", "fails", "NO_POOL POOL=2"),
    others("hub", "no-pool-stuck", "fails", "NO_POOL STUCK POOL=1"),
    others("hub", "no-inst", "fails", "NO_INST LOSS POOL=8"),
    others("hub", "no-close", "fails", "NO_CLOSE SCLOSES"),
    others("hub", "no-mark", "fails", "NO_MARK"),
)
