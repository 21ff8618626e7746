"""Sources as they were found at the last look: validators, rhythm, habit, and what is wrong with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tasks.lanes.rows import pack, read_rows, unpack
from tasks.storage import Store

# A look is due a little before its time: else a source of an hour is seen every second hour by hourly runs.
SLACK = 0.1
FORGOTTEN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Look:
    """A feed, sitemap or home page. ``parent``: the sitemap index or home page that named it, ``depth`` steps below a named one.

    ``digest``, ``record_id``, ``captured_at``: the last whole answer, for revisit records. ``newest_at`` to ``seen_items``: its
    habit (tasks/discovery/intervals.py).
    """

    url: str
    kind: str
    site: str
    parent: str = ""
    depth: int = 0
    etag: str = ""
    last_modified: str = ""
    status: int = 0
    asked_at: datetime | None = None
    next_at: datetime | None = None
    interval_seconds: float = 3600.0
    newest_at: datetime | None = None
    gap_seconds: float = 0.0
    items_a_day: float = 0.0
    seen_items: int = 0
    failures: int = 0
    problem: str = ""
    digest: str = ""
    record_id: str = ""
    captured_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to look again."""
        return self.next_at is None or self.next_at - timedelta(seconds=SLACK * self.interval_seconds) <= now


class Looks:
    """The sources of a lane, by address."""

    def __init__(self, store: Store, folder: str) -> None:
        """Reads what is known, and what other lanes' sources named since."""
        self.store, self.folder, self.key = store, folder, f"{folder}looks.parquet"
        self.by_url = {look.url: look for look in read_rows(store, self.key, Look)}
        self._consumed = [info.key for info in store.list(f"{folder}named/")]
        for key in self._consumed:
            for look in unpack(Look, store.read(key), key):
                self.by_url.setdefault(look.url, look)

    def is_wanted(self, look: Look, roots: set[str]) -> bool:
        """Whether one of the ``roots`` still leads to it; what other lanes' sources named below their roots is taken on trust."""
        passed: set[str] = set()
        while look.parent and look.parent in self.by_url and look.url not in passed:
            passed.add(look.url)
            look = self.by_url[look.parent]
        return look.url in roots or look.parent in roots or (look.depth > 1 and look.parent not in self.by_url)

    def save(self, now: datetime) -> None:
        """Write all that were looked at in the last weeks, then delete what was taken in."""
        kept = [look for look in self.by_url.values() if look.asked_at is None or now - look.asked_at < FORGOTTEN]
        self.store.write(self.key, pack(Look, sorted(kept, key=lambda look: look.url)))
        for key in self._consumed:
            self.store.delete(key)
        self._consumed = []


def leave_named(store: Store, folder: str, name: str, looks: Iterable[Look]) -> None:
    """Leave sources for another lane, in an object of this name."""
    store.write(f"{folder}named/{name}.parquet", pack(Look, looks))
