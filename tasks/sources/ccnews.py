"""CC-NEWS, Common Crawl's daily news: the archives whose names say that they were begun within a range of days."""

import gzip
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from tasks.archive.dates import date_in_name
from tasks.errors import BrokenShard, FixTheRun, PressError
from tasks.memory import Memory
from tasks.selection import Found, Gap, Selection
from tasks.shards import Shard
from tasks.storage import NotFound, ObjectInfo, Refused, Store, open_store

LOOKS_AT_ONCE = 16
NAME = re.compile(r"CC-NEWS-\d{14}-\d+\.warc\.gz", re.ASCII)


def find(memory: Memory, selection: Selection) -> Found:
    """One shard an archive of the range; a month without a listing, a day without a file and a lost file are gaps.

    Archives that are done are not looked up again: those of CC-NEWS never change. Raises FixTheRun for an empty range.
    """
    since, until = _range(selection)
    base, source = open_store(selection.base, selection.access), selection.source or "ccnews"
    found, keys = Found(), list[str]()
    for month in _months(since, until):
        try:
            keys += _listed(base, month)
        except (NotFound, Refused) as error:
            found.gaps.append(Gap(f"{month:%Y-%m}", f"the listing of {month:%Y-%m}", _cause(error)))
    urls = [f"{base.url}/{key}" for key in sorted(set(keys)) if since <= _begun(key) < until]
    months = {gap.when for gap in found.gaps}
    found.gaps += _days_without(urls, since, until, months)
    # A slice's receipt speaks for the slice alone.
    done = {one.shard.url: one.shard for one in memory.done(source) if one.is_by(selection.recipe_id) and not one.shard.span}
    found.shards = [done[url] for url in urls if url in done]
    failed = memory.failures(source)
    new = sorted((url for url in urls if url not in done), reverse=selection.newest_first)
    if selection.reprocess == "failed":
        new = [url for url in new if _name(url) in failed]
    # With a limit, those that were given up must not keep the others out.
    new.sort(key=lambda url: _name(url) in failed)
    if selection.limit and len(new) > selection.limit:
        found.notes.append(f"{len(new) - selection.limit} more archives lie beyond --limit {selection.limit}")
        new = new[: selection.limit]
    _look_up(base, selection, source, new, found)
    found.gaps.sort(key=lambda gap: gap.when)
    return found


def _range(selection: Selection) -> tuple[datetime, datetime]:
    now = selection.now or datetime.now(UTC)
    if selection.since is None:
        raise FixTheRun("ccnews needs --since YYYY-MM-DD, and maybe --until YYYY-MM-DD (that day is not in it any more)")
    until = min(selection.until or now, now)
    if selection.since >= until:
        raise FixTheRun(f"the range from {selection.since:%Y-%m-%d} to before {until:%Y-%m-%d} is empty")
    return selection.since, until


def _months(since: datetime, until: datetime) -> Iterator[date]:
    """First days of the calendar months that a half-open range touches."""
    month = since.date().replace(day=1)
    while datetime(month.year, month.month, 1, tzinfo=UTC) < until:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _listed(base: Store, month: date) -> list[str]:
    """Keys of a month's archives: by its list of paths or, where a bucket or folder has none, by listing it."""
    folder = f"crawl-data/CC-NEWS/{month:%Y/%m}/"
    key = f"{folder}warc.paths.gz"
    try:
        lines = gzip.decompress(base.read(key)).decode().split()
    except NotFound:
        if base.is_listable:
            lines = [found.key for found in base.list(folder)]
        else:
            raise
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise BrokenShard(f"{base.url}/{key} is damaged: {error}") from error
    keys = [line for line in lines if NAME.fullmatch(line.rsplit("/", 1)[-1])]
    if not keys:
        raise NotFound(f"{base.url}/{folder}: no archive is listed")
    return keys


def _name(url: str) -> str:
    return url.rsplit("/", 1)[-1].removesuffix(".warc.gz")


def _begun(key: str) -> datetime:
    return date_in_name(key) or datetime.min.replace(tzinfo=UTC)


def _days_without(keys: list[str], since: datetime, until: datetime, months: set[str]) -> Iterator[Gap]:
    """Whole days of the range for which nothing is listed, though their month is."""
    present = {_begun(key).date() for key in keys}
    day = since.date()
    while datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) <= until:
        if day not in present and f"{day:%Y-%m}" not in months:
            yield Gap(f"{day}", f"the archives of {day}", "the listing of its month names none")
        day += timedelta(days=1)


def _look_up(base: Store, selection: Selection, source: str, urls: list[str], found: Found) -> None:
    """Make shards of archives that have none yet; one that is listed but not there is a gap."""
    options = (("access", selection.access),) if selection.access else ()
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
        for url, info in zip(urls, pool.map(lambda url: _info(base, url.removeprefix(f"{base.url}/")), urls), strict=True):
            if isinstance(info, ObjectInfo):
                found.shards.append(Shard(_name(url), source, url, info.size_bytes, info.etag, options=options))
            else:
                found.gaps.append(Gap(f"{_begun(url):%Y-%m-%d}", url.rsplit("/", 1)[-1], _cause(info)))


def _cause(error: PressError) -> str:
    """What went wrong, without the address, which the gap names."""
    return str(error).rpartition(": ")[2]


def _info(base: Store, key: str) -> ObjectInfo | PressError:
    try:
        return base.info(key)
    except (NotFound, Refused) as error:
        return error
