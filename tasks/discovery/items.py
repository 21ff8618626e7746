"""What a feed, a sitemap, a list or a home page announces."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

MAX_TITLE_CHARS = 500
# Clocks are wrong by hours; what is later is planned, or no date.
MAX_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Item:
    """A page that is announced, by its cleaned address. ``published_at``: UTC; of sitemaps without it, when the page changed."""

    url: str
    published_at: datetime | None = None
    title: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """Another feed or sitemap to look at, by its cleaned address."""

    url: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """All that one document announces, each address once, in its order. ``ttl_seconds``: come back no sooner."""

    items: tuple[Item, ...] = ()
    children: tuple[Child, ...] = ()
    ttl_seconds: float | None = None
    problems: tuple[str, ...] = ()


Entry = TypeVar("Entry", Item, Child)


def unique(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The first of each address."""
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.url, entry)
    return tuple(first.values())


def not_ahead(moment: datetime | None, now: datetime) -> datetime | None:
    """A date as it may stand in an item: what lies a little in the future is now, what lies further is none."""
    if moment is None or moment > now + MAX_AHEAD:
        return None
    return min(moment, now)


def one_line(text: str) -> str:
    """A title as one line of bounded length."""
    return " ".join(text[: 4 * MAX_TITLE_CHARS].split())[:MAX_TITLE_CHARS]
