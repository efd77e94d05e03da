"""The vendor of this bed's TPMs: swtpm's local CA in its own folder, and the manufacturing of a TPM."""
import pathlib
import shutil
import subprocess

from fleet import Failed

BANKS = "sha1,sha256"


class Vendor:
    def __init__(self, folder):
        self.dir = pathlib.Path(folder)

    def manufacture(self, state, name):
        """Makes a TPM with EK certificates in an empty folder; the first TPM makes the CA, too."""
        self.dir.mkdir(parents=True, exist_ok=True)
        ca = self.dir / "localca.conf"
        ca.write_text("".join(f"{key} = {self.dir}/{file}\n" for key, file in (
            ("statedir", ""), ("signingkey", "signkey.pem"), ("issuercert", "issuercert.pem"), ("certserial", "certserial"))))
        options = self.dir / "localca.options"
        options.write_text("--platform-manufacturer QEMU\n--platform-version 1\n--platform-model laboratory\n")
        setup = self.dir / "setup.conf"
        setup.write_text(f"create_certs_tool = {shutil.which('swtpm_localca')}\ncreate_certs_tool_config = {ca}\n"
                         f"create_certs_tool_options = {options}\nactive_pcr_banks = {BANKS}\n")
        log = pathlib.Path(state).with_suffix(".log")
        done = subprocess.run(["swtpm_setup", "--tpm2", "--tpmstate", str(state), "--config", str(setup), "--create-ek-cert",
                               "--create-platform-cert", "--lock-nvram", "--pcr-banks", BANKS, "--vmid", name,
                               "--logfile", str(log)], capture_output=True, text=True, check=False)
        if done.returncode:
            said = log.read_text(errors="replace") if log.exists() else ""
            raise Failed(f"swtpm_setup cannot make a TPM in {state}:\n{done.stdout}{done.stderr}{said}")

    def certificates(self):
        """This vendor's root and intermediate, for the service's configuration."""
        return [self.dir / "swtpm-localca-rootca-cert.pem", self.dir / "issuercert.pem"]
