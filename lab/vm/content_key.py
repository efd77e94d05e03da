"""A key that changes when any of its inputs does; prepared files are stored under it."""
import hashlib


def content_key(parts):
    """`parts`: name -> bytes or text. Covers names and lengths, so that no two different lists give the same input."""
    key = hashlib.sha256()
    for name in sorted(parts):
        value = parts[name]
        for field in (name.encode(), value.encode() if isinstance(value, str) else value):
            key.update(len(field).to_bytes(8, "big") + field)
    return key.hexdigest()[:16]
