"""A cpio archive ("newc"). The kernel unpacks it over the content of the initial RAM disk before it (pure)."""


def entry(number, name, content, mode):
    named = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(named), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + named
    return padded(head) + padded(content)


def padded(data):
    return data + bytes(-len(data) % 4)


def archive(files):
    """`files`: path -> content."""
    out = b"".join(entry(number, name, content, 0o100755) for number, (name, content) in enumerate(files.items(), 1))
    return padded(out + entry(0, "TRAILER!!!", b"", 0))


def appended(initrd, files):
    """A new initial RAM disk: the given one plus these files."""
    return padded(initrd) + archive(files)
