"""The archive that ships is the one that its builder makes."""

import gzip

from tests.demo.archive import ARCHIVE, build


def test_the_shipped_archive_is_what_its_pages_give():
    # Deflate differs between zlib builds; what it unpacks to does not.
    assert gzip.decompress(ARCHIVE.read_bytes()) == gzip.decompress(build())
