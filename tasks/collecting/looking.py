"""What one look at a source changes in what is known of it. Pure: looks and answers in, looks and items out."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tasks.collecting.orders import SILENT
from tasks.discovery.feeds import read_feed
from tasks.discovery.home_pages import read_home
from tasks.discovery.intervals import Habit, Rhythm, is_silent, max_age, next_habit, next_rhythm
from tasks.discovery.items import Announced, Item
from tasks.discovery.sitemaps import read_sitemap
from tasks.fetching.answers import Answer
from tasks.lanes.looks import Look
from tasks.lanes.queue import Target
from tasks.pages.decoding import decode_body
from tasks.records import Headers
from tasks.sites import Agenda, Limits, Site
from tasks.urls import clean_url, domain_of, key_hash, url_key

FEED, SITEMAP, HOME = "feed", "sitemap", "home"
DAY = timedelta(days=1)
MOST_SOURCE_BYTES = 52_428_800  # sitemaps.org: 50 MiB unpacked
# A source that fails is asked again after an hour, doubled up to a day.
FIRST_PAUSE, MOST_DOUBLINGS = timedelta(hours=1), 5


def roots_of(agenda: Agenda) -> list[Look]:
    """The sources that the sites name themselves."""
    looks = []
    for site in agenda.sites:
        kinds = ((FEED, site.feeds), (SITEMAP, site.sitemaps), (HOME, (site.home,) if site.home else ()))
        looks += [Look(cleaned, kind, site.name) for kind, urls in kinds for url in urls if (cleaned := clean_url(url))]
    return looks


def language_of(site: Site) -> Headers:
    """The header that asks for a site's language, where the file of sources names one."""
    return (("Accept-Language", site.language),) if site.language else ()


def validators(look: Look) -> Headers:
    """Headers for a conditional request (RFC 9110, 13.1)."""
    found = (("If-None-Match", look.etag), ("If-Modified-Since", look.last_modified))
    return tuple((name, value) for name, value in found if value)


def announced_by(look: Look, answer: Answer, body: bytes, now: datetime, newest_days: float) -> Announced:
    """What a source's unpacked answer announces."""
    if look.kind == HOME:
        return read_home(body, answer.url)
    if look.kind == SITEMAP:
        return read_sitemap(body, answer.url, now, now - timedelta(days=newest_days))
    return read_feed(body, answer.url, answer.header("Content-Type"), now)


@dataclass(frozen=True, slots=True)
class Haul:
    """What one answer of a source brought: what it announces, and the addresses of it that are wanted."""

    announced: Announced
    targets: tuple[Target, ...]


def haul(look: Look, answer: Answer, site: Site, limits: Limits, now: datetime) -> Haul:
    """Unpack and read a source's answer; raises Undecodable and BodyTooBig. Of a large sitemap it takes seconds."""
    body = decode_body(answer.body, answer.headers, MOST_SOURCE_BYTES).data
    announced = announced_by(look, answer, body, now, limits.newest_days)
    oldest = now - timedelta(days=limits.newest_days)
    return Haul(announced, tuple(target_of(item, look, now) for item in announced.items if is_wanted(item, site, oldest)))


def target_of(item: Item, look: Look, now: datetime) -> Target:
    """An item as an address to fetch."""
    key, domain = key_hash(url_key(item.url)), domain_of(item.url)
    return Target(key, item.url, domain, look.site, look.url, look.kind, now, item.published_at)


def is_wanted(item: Item, site: Site, oldest: datetime) -> bool:
    """Whether an item is young enough and its address among those that the site's patterns want."""
    if item.published_at and item.published_at < oldest:
        return False
    if site.include and not any(re.search(pattern, item.url) for pattern in site.include):
        return False
    return not any(re.search(pattern, item.url) for pattern in site.exclude)


def put_off(look: Look, now: datetime, problem: str) -> Look:
    """A source that is not to be asked again before tomorrow, and why."""
    return replace(look, status=0, asked_at=now, next_at=now + DAY, failures=0, problem=problem)


def failed(look: Look, now: datetime, problem: str) -> Look:
    """A source that gave nothing."""
    pause = min(DAY, FIRST_PAUSE * 2 ** min(look.failures, MOST_DOUBLINGS))
    return replace(look, asked_at=now, next_at=now + pause, failures=look.failures + 1, problem=problem)


def unchanged(look: Look, answer: Answer, now: datetime) -> Look:
    """A source that is as it was at the last look."""
    # What was wrong with its text still is; that it could not be had is over.
    problem = look.problem if 200 <= look.status < 400 else ""
    return _looked(replace(look, problem=problem), answer, now, None, has_new=False)


def read(look: Look, answer: Answer, announced: Announced, now: datetime) -> Look:
    """A source that was read."""
    newest = max((item.published_at for item in announced.items if item.published_at), default=None)
    has_new = newest is None or look.newest_at is None or newest > look.newest_at
    known = Habit(look.newest_at, look.gap_seconds, look.items_a_day, look.seen_items)
    dates = [item.published_at for item in announced.items if item.published_at]
    habit = next_habit(known, [date for date in dates if look.newest_at is None or date > look.newest_at], now)
    with_habit = replace(
        look,
        newest_at=habit.newest_at,
        gap_seconds=habit.gap_seconds,
        items_a_day=habit.items_a_day,
        seen_items=habit.seen_items,
        # A part of a text must not count as the text: the next answer would be that nothing has changed.
        etag="" if answer.truncated else answer.header("ETag") or "",
        last_modified="" if answer.truncated else answer.header("Last-Modified") or "",
        problem="; ".join(announced.problems)[:300],
    )
    return _looked(with_habit, answer, now, announced.ttl_seconds, has_new=has_new)


def _looked(look: Look, answer: Answer, now: datetime, ttl_seconds: float | None, *, has_new: bool) -> Look:
    least = max((one for one in (ttl_seconds, max_age(answer.header("Cache-Control"))) if one), default=None)
    interval = next_rhythm(Rhythm(look.interval_seconds), has_new=has_new, least_seconds=least).interval_seconds
    next_at = now + timedelta(seconds=interval)
    return replace(look, status=answer.status, asked_at=now, next_at=next_at, interval_seconds=interval, failures=0)


def complaint(look: Look, now: datetime) -> str:
    """What a person should know of a source; empty: nothing."""
    if look.failures or look.problem:
        return look.problem
    habit = Habit(look.newest_at, look.gap_seconds, look.items_a_day, look.seen_items)
    if look.newest_at and is_silent(habit, now):
        usual = f"usually every {look.gap_seconds / 3600:.1f} hours"
        return f"{SILENT}: nothing new since {look.newest_at:%Y-%m-%d %H:%M} UTC, {usual}"
    return ""
