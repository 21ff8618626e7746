"""What both indexes give, and what of it is wanted: pages that were served, in HTML, of some hosts and days."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from tasks.common_crawl.surts import KeyRanges, ranges_of
from tasks.errors import FixTheRun
from tasks.host_names import Hosts

HTML = {"text/html", "application/xhtml+xml"}
UNKNOWN = {"-", "unk"}
# Some files of 2013 are listed as they lay in the bucket before this one.
FORMER_BUCKET = "common-crawl/"


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One capture and where it lies: ``warc_file`` below the base, ``offset`` and ``length`` in bytes, as packed.

    ``digest``: SHA-1 of the payload in base 32, empty where the index has none.
    """

    url: str
    captured_at: datetime
    warc_file: str
    offset: int
    length: int
    digest: str


@dataclass(slots=True)
class Tally:
    """What reading an index took. ``rows_seen`` were looked at, all others skipped unread; ``gaps``: files that are not there."""

    rows_seen: int = 0
    rows_matched: int = 0
    bytes_fetched: int = 0
    gaps: list[str] = field(default_factory=list)

    def fetched(self, count: int) -> None:
        """Count bytes that came."""
        self.bytes_fetched += count


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows as they are found; ``tally`` is whole when all of them were taken."""

    rows: Iterator[IndexRow]
    tally: Tally

    def __iter__(self) -> Iterator[IndexRow]:
        """The rows that are left; raises BrokenShard for a damaged file of the index, RetryLater when the store fails."""
        return self.rows


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which captures: of these hosts, from ``since`` up to, but not with, ``until`` (days in UTC; None: no bound)."""

    hosts: Hosts
    since: date | None
    until: date | None
    ranges: KeyRanges

    def takes_time(self, moment: datetime) -> bool:
        """Whether the capture's time is within the days."""
        day = moment.date()
        return (self.since is None or day >= self.since) and (self.until is None or day < self.until)


def wanted(hosts: Hosts, since: date | None, until: date | None) -> Wanted:
    """Raises FixTheRun for a span without a day."""
    if since and until and since >= until:
        raise FixTheRun(f"no day lies between {since} and {until}: the second is the first day that is not wanted")
    return Wanted(hosts, since, until, ranges_of(hosts.names))


def media_type(text: str | None) -> str:
    """Without parameters, in lower case; empty where it is not known."""
    kind = (text or "").partition(";")[0].strip().lower()
    return "" if kind in UNKNOWN else kind


def is_html(detected: str | None, declared: str | None) -> bool:
    """By the detected type, else the declared one; True where neither is known, for the page itself will tell."""
    kind = media_type(detected) or media_type(declared)
    return not kind or kind in HTML


def warc_key(name: str) -> str:
    """Path of a WARC file below the base."""
    return name.removeprefix(FORMER_BUCKET)
