"""Gzip as sitemaps are packed: several members, cut off, or a bomb; unpacked within a bound."""

import zlib

MAGIC = b"\x1f\x8b"
MAX_UNPACKED_BYTES = 50 * 2**20
# Each copies what follows it: a file of nothing but members would take for ever.
MAX_MEMBERS = 100
GZIP_WINDOW = 31


def unpack_gzip(body: bytes, max_bytes: int = MAX_UNPACKED_BYTES) -> tuple[bytes, tuple[str, ...]]:
    """What is in a gzip file, as far as it is whole, and what is wrong with it; anything else comes back as it is."""
    if not body.startswith(MAGIC):
        return body, ()
    pieces, left, packed = list[bytes](), max_bytes, body
    while packed.startswith(MAGIC):
        if len(pieces) == MAX_MEMBERS:
            return b"".join(pieces), (f"more than {MAX_MEMBERS} gzip members",)
        member = zlib.decompressobj(GZIP_WINDOW)
        try:
            piece = member.decompress(packed, left)
        except zlib.error:
            return b"".join(pieces), ("its gzip is broken",)
        pieces.append(piece)
        left -= len(piece)
        if not member.eof:
            return b"".join(pieces), (f"longer than {max_bytes} bytes when unpacked" if left <= 0 else "its gzip is cut off",)
        if left <= 0:
            break
        packed = member.unused_data
    return b"".join(pieces), ()
