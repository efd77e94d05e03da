"""The same TPM with less to show: a socket that denies P-256, so that an agent makes an RSA attestation key, or denies
all certificates. Endorsement key and PCRs are those of the real TPM."""
import os
import pathlib
import socket
import threading

HEADER = 10  # TPM 2.0 Part 1: tag, size, code
GET_CAPABILITY = 0x17A
ECC_CURVES = 8
told_no_curves = threading.Event()  # a client asked, and the answer was that there is no P-256
HANDLES = 1
NV_INDICES = range(0x01000000, 0x02000000)  # makers of TPMs keep certificates there
NO_HANDLES = bytes.fromhex("8001" "00000013" "00000000" "00" "00000001" "00000000")
NO_CURVES = bytes.fromhex("8001" "00000013" "00000000" "00" "00000008" "00000000")


def read_exactly(stream, size):
    out = b""
    while len(out) < size:
        taken = stream.recv(size - len(out))
        if not taken:
            raise OSError("the other end is gone")
        out += taken
    return out


def read_message(stream):
    header = read_exactly(stream, HEADER)
    return header + read_exactly(stream, int.from_bytes(header[2:6], "big") - HEADER)


def asks_for_curves(command):
    return (int.from_bytes(command[6:10], "big") == GET_CAPABILITY
            and int.from_bytes(command[10:14], "big") == ECC_CURVES)


def asks_for_indices(command):
    return (int.from_bytes(command[6:10], "big") == GET_CAPABILITY
            and int.from_bytes(command[10:14], "big") == HANDLES
            and int.from_bytes(command[14:18], "big") in NV_INDICES)


def pass_without_certificates(client, chip):
    while True:
        command = read_message(client)
        chip.sendall(command)
        answer = read_message(chip)
        client.sendall(NO_HANDLES if asks_for_indices(command) else answer)


def pass_commands(client, chip):
    while True:
        command = read_message(client)
        chip.sendall(command)
        answer = read_message(chip)
        if asks_for_curves(command):
            told_no_curves.set()
            answer = NO_CURVES
        client.sendall(answer)


def pass_bytes(one, other):
    try:
        while taken := one.recv(4096):
            other.sendall(taken)
    except OSError:
        pass
    for end in (one, other):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def pass_both_ways(client, chip):
    back = threading.Thread(target=pass_bytes, args=(chip, client), daemon=True)
    back.start()
    pass_bytes(client, chip)
    back.join()


def serve(listening, behind, how):
    while True:
        client, _ = listening.accept()
        with client, socket.socket(socket.AF_UNIX) as chip:
            try:
                chip.connect(str(behind))
                how(client, chip)
            except OSError:
                pass


def open_old_chip(real, folder, commands=pass_commands):
    """`real` is the TPM's socket. Returns the socket to use in its place."""
    folder = pathlib.Path(folder)
    folder.mkdir()
    # A user of one socket waits for the user of the other.
    pathlib.Path(f"{real}.lock").touch()
    os.link(f"{real}.lock", folder / "tpm.sock.lock")
    for ending, how in (("", commands), (".ctrl", pass_both_ways)):
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(f"{folder}/tpm.sock{ending}")
        listening.listen(16)
        threading.Thread(target=serve, args=(listening, f"{real}{ending}", how), daemon=True).start()
    return folder / "tpm.sock"
