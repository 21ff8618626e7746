"""`python -m tests.demo`: write the archive."""

from tests.demo.archive import ARCHIVE, build

ARCHIVE.write_bytes(build())
