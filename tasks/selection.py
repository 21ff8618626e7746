"""What a backfill is asked for, and what was found for it."""

from dataclasses import dataclass, field
from datetime import datetime

from tasks.shards import Shard

COMMON_CRAWL = "https://data.commoncrawl.org/"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which captures a run is about, and which of them it presses.

    ``what``: addresses of files, folders and globs, or the name of one source that finds its files itself. ``source``: the
    name below articles/, empty for that of the reader. ``since`` (from) and ``until`` (before) are times in names of
    archives. ``reprocess``: none, failed (those, and only those, that failed earlier), or all. ``limit`` shards at most, 0: all.
    """

    what: tuple[str, ...]
    source: str = ""
    reprocess: str = "none"
    since: datetime | None = None
    until: datetime | None = None
    now: datetime | None = None
    newest_first: bool = False
    limit: int = 0
    split_bytes: int = 0
    base: str = COMMON_CRAWL
    access: str = ""
    crawl: str = ""
    index: str = "cdx"
    hosts: tuple[str, ...] = ()
    reader_options: tuple[tuple[str, str], ...] = ()
    recipe_id: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """What ought to be upstream and is not: a day (YYYY-MM-DD) or month (YYYY-MM), what is missing, and why one thinks so."""

    when: str
    what: str
    why: str


@dataclass(slots=True)
class Found:
    """Shards, the lists that have to be written before these can be pressed (bytes by key), and what is no shard."""

    shards: list[Shard] = field(default_factory=list)
    lists: dict[str, bytes] = field(default_factory=dict)
    left_alone: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Names of shards that an earlier plan made of the same captures: their receipts are withdrawn.
    outdated: list[str] = field(default_factory=list)
