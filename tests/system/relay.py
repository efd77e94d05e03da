"""A party between an agent and a service: passes on what it gets, or ends the TLS channel itself and reads along."""
import select
import socket
import ssl
import subprocess
import threading
import time

LARGEST_READ = 65536
PATIENCE = 60  # seconds, for a handshake and for a peer that does not take what it is sent


class Relay:
    """Listens on `port`. Everything may be changed between two connections; what it sees is counted.

    target      port of the service behind it, or None: there is no service
    as_service  how it ends the agent's TLS channel; None: it passes the ciphertext on
    as_agent    how it speaks TLS to the service; only with `as_service`
    """

    def __init__(self, target=None, as_service=None, as_agent=None):
        self.target, self.as_service, self.as_agent = target, as_service, as_agent
        self.cut_after = None   # of the agent's bytes in one connection; after so many the connection breaks
        self.connections = 0
        self.alerts = []        # why handshakes with the agent failed
        self.to_service = b""   # as read from the agent: plaintext if the channel ends here
        self.to_agent = b""
        self.sent_at = []       # when the agent sent something
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def forget(self):
        self.connections, self.alerts, self.to_service, self.to_agent, self.sent_at = 0, [], b"", b"", []

    def close(self):
        self.listening.close()

    def _accept(self):
        while True:
            try:
                agent, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(agent,), daemon=True).start()

    def _serve(self, agent):
        service = None
        agent.settimeout(PATIENCE)
        try:
            if self.as_service:
                agent = self._end_tls(agent)
            if self.target:
                service = socket.create_connection(("127.0.0.1", self.target), PATIENCE)
                if self.as_agent:
                    service = self.as_agent.wrap_socket(service)
            self._pass_on(agent, service)
        except OSError:
            pass
        finally:
            for end in (agent, service):
                if end:
                    end.close()

    def _end_tls(self, agent):
        try:
            return self.as_service.wrap_socket(agent, server_side=True)
        except ssl.SSLError as why:
            self.alerts.append(str(why.reason))
            raise

    def _pass_on(self, agent, service):
        ends = [end for end in (agent, service) if end]
        passed = 0
        while True:
            ready = [end for end in ends if isinstance(end, ssl.SSLSocket) and end.pending()]
            for end in ready or select.select(ends, [], [])[0]:
                try:
                    # A record without any of the peer's bytes must not block the other direction.
                    end.settimeout(0)
                    taken = end.recv(LARGEST_READ)
                except (ssl.SSLWantReadError, BlockingIOError):
                    continue
                if not taken:
                    return
                if end is agent:
                    self.sent_at.append(time.monotonic())
                    self.to_service += taken
                    passed += len(taken)
                else:
                    self.to_agent += taken
                other = service if end is agent else agent
                if other:
                    other.settimeout(PATIENCE)
                    other.sendall(taken)
                if self.cut_after and passed >= self.cut_after:
                    return


def service_tls(chain, key):
    """TLS of a service with this certificate; accepts both protocols of agents and asks for no certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.num_tickets = 0
    made.load_cert_chain(chain, key)
    made.set_alpn_protocols(["muster-enrol/1", "muster/1"])
    return made


def stranger_tls(chain, key):
    """TLS of a machine that wants to enrol; trusts every service."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.load_cert_chain(chain, key)
    made.set_alpn_protocols(["muster-enrol/1"])
    return made


def make_self_signed(folder, name):
    """A self-signed certificate, otherwise as good as the service's. Returns its file and its key's file."""
    certificate, key = folder / "self-signed.pem", folder / "self-signed.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName=DNS:{name}", "-addext", "basicConstraints=critical,CA:FALSE",
                    "-addext", "extendedKeyUsage=serverAuth"], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    return certificate, key
