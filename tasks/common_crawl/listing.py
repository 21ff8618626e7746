"""The lists of files that each crawl comes with, and whether there is such a crawl."""

import gzip
import re
import zlib

from tasks.common_crawl.selection import Tally
from tasks.errors import BrokenShard, FixTheRun
from tasks.storage import NotFound, Refused, Store

CRAWL = re.compile(r"CC-MAIN-20[0-9]{2}-[0-5][0-9]")
CRAWLS = "https://index.commoncrawl.org/collinfo.json"
GZIP_MAGIC = b"\x1f\x8b"
# Every crawl has this list, whichever indexes it lacks.
PROOF = "warc.paths.gz"


def list_index(base: Store, crawl: str, name: str, tally: Tally) -> list[str]:
    """Paths in a list of a crawl's files, below the base; a list that is not there is a gap.

    Raises FixTheRun where there is no such crawl, BrokenShard where the list is damaged.
    """
    if not CRAWL.fullmatch(crawl):
        raise FixTheRun(f"{crawl!r} is no crawl: it should look like CC-MAIN-2024-10; {CRAWLS} lists them")
    key = f"crawl-data/{crawl}/{name}"
    try:
        data = base.read(key)
    except (NotFound, Refused):
        _check_there(base, crawl)
        tally.gaps.append(key)
        return []
    tally.fetched(len(data))
    return _lines(data, f"{base.url}/{key}")


def _check_there(base: Store, crawl: str) -> None:
    try:
        there = base.exists(f"crawl-data/{crawl}/{PROOF}")
    except Refused:
        there = False
    if not there:
        raise FixTheRun(f"no crawl {crawl} is to be had at {base.url}: {CRAWLS} lists them")


def _lines(data: bytes, address: str) -> list[str]:
    try:
        text = (gzip.decompress(data) if data.startswith(GZIP_MAGIC) else data).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BrokenShard(f"{address} is damaged: {error}") from error
    return [line.strip() for line in text.splitlines() if line.strip()]
