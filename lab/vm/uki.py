"""A unified kernel image: systemd's stub, with kernel, initial RAM disk and command line as sections of one
program."""
import pathlib
import subprocess
import tempfile

STUB = pathlib.Path("/usr/lib/systemd/boot/efi/linuxx64.efi.stub")
KEY = pathlib.Path("/usr/share/ovmf/PkKek-1-snakeoil.key")
CERTIFICATE = pathlib.Path("/usr/share/ovmf/PkKek-1-snakeoil.pem")
OS_RELEASE = 'ID=debian\nNAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux"\n'

# The address of each section. The stub itself ends before the first; a kernel has at most 32 MiB.
PLACES = {".osrel": 0x20000, ".cmdline": 0x30000, ".linux": 0x2000000, ".initrd": 0x4000000}


def objcopy(stub, sections, out):
    """The command; `sections`: name -> file."""
    command = ["objcopy"]
    for name, place in PLACES.items():
        command += ["--add-section", f"{name}={sections[name]}", "--change-section-vma", f"{name}={place:#x}"]
    return command + [str(stub), str(out)]


def make(kernel, initrd, line, signed):
    """The image as bytes. `signed`: by the key that OVMF's laboratory variables trust ("snakeoil")."""
    with tempfile.TemporaryDirectory(prefix="muster-uki-") as name:
        folder = pathlib.Path(name)
        contents = {".osrel": OS_RELEASE.encode(), ".cmdline": line.encode(), ".linux": kernel, ".initrd": initrd}
        for section, content in contents.items():
            (folder / section).write_bytes(content)
        image = folder / "image.efi"
        subprocess.run(objcopy(STUB, {section: folder / section for section in contents}, image), check=True)
        if signed:
            sign(image, folder / "key.pem")
        return image.read_bytes()


def sign(image, key):
    # The passphrase of the package's key is its own name.
    subprocess.run(["openssl", "rsa", "-in", str(KEY), "-passin", "pass:snakeoil", "-out", str(key)], check=True,
                   capture_output=True)
    subprocess.run(["sbsign", "--key", str(key), "--cert", str(CERTIFICATE), "--output", str(image), str(image)],
                   check=True, capture_output=True)
