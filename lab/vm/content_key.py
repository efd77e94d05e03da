"""A key that changes when anything it was made from does: what is prepared is kept under it."""
import hashlib


def content_key(parts):
    """`parts`: name -> bytes or text. Names and lengths are covered, so that no two lists of parts look the same."""
    key = hashlib.sha256()
    for name in sorted(parts):
        value = parts[name]
        for field in (name.encode(), value.encode() if isinstance(value, str) else value):
            key.update(len(field).to_bytes(8, "big") + field)
    return key.hexdigest()[:16]
