"""A machine whose agent reaches the service by vsock, as a virtual machine without a network does. This host's QEMU
needs a module for a guest's own vsock (vhost_vsock), so the way is the guest's loopback: systemd inside listens there
and passes the bytes on to the service.

What breaks if this fails: the agent cannot dial vsock from within its unit (RestrictAddressFamilies), or the service
cannot be reached by virtual machines.
"""
from bed import HOST

PORT = 4280
SOCKET = f"""\
[Socket]
ListenStream=vsock::{PORT}
"""
RELAY = """\
[Service]
ExecStart=/lib/systemd/systemd-socket-proxyd {host}:{port}
"""


def tell(bed):
    vm = bed.machine("vm-1")
    vm.boot()
    vm.run("modprobe vsock_loopback")
    vm.write("/etc/systemd/system/vsock-relay.socket", SOCKET, "644")
    vm.write("/etc/systemd/system/vsock-relay.service", RELAY.format(host=HOST, port=bed.port), "644")
    vm.run("systemctl daemon-reload && systemctl start vsock-relay.socket")
    # 1 is the CID of one's own loopback (vsock(7)). There is no other address: an attestation comes this way.
    vm.run(f"sed -i 's/muster.example.org:4280/vsock:1:{PORT}/' /etc/muster/node.yaml")
    bed.enrol_running(vm)
    said = vm.run("raagent --check", good=(0, 1))
    bed.expect(f"vsock:1:{PORT} is ras.demo" in said, "`raagent --check` reaches the service by vsock")
    # As root, that read files which IMA measures: the state that is accepted must have them.
    bed.attested_again(vm)
    bed.accept(vm)
    bed.keep(vm, "trusted")

    vm.run("systemctl stop vsock-relay.socket vsock-relay.service")
    bed.becomes(vm, "stale")
    vm.run("systemctl start vsock-relay.socket")
    bed.becomes(vm, "trusted")
