"""What a large sitemap and a large feed cost, and whether anything else waits for them."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tasks.collecting import looking
from tasks.fetching.answers import Answer
from tasks.lanes.looks import Look
from tasks.sites import Limits, Site

URL = "https://made.example/source.xml"
ARTICLES, FEED_BYTES = 50_000, 5_000_000
TICK_SECONDS, MOST_BLOCKED_SECONDS = 0.01, 0.2
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
%s</urlset>"""
ENTRY = (
    "<url><loc>https://made.example/2026/story-number-%d.html</loc><news:news><news:publication><news:name>Made</news:name>"
    "<news:language>en</news:language></news:publication><news:publication_date>%s</news:publication_date>"
    "<news:title>Story %d of the harbour</news:title></news:news></url>\n"
)
FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>Made</title><link>https://made.example/</link>%s</channel></rss>'
ITEM = "<item><title>Story %d</title><link>https://made.example/item-%d.html</link><pubDate>%s</pubDate><description>%s</description></item>"
WORDS = "&lt;p&gt;" + "The harbour master kept the old bridge closed, and twelve boats stayed in. " * 14 + "&lt;/p&gt;"


def sitemap(now: datetime) -> bytes:
    """A news sitemap as long as one may be."""
    times = [(now - timedelta(seconds=age)).isoformat(timespec="seconds") for age in range(ARTICLES)]
    return (SITEMAP % "".join(ENTRY % (number, at, number) for number, at in enumerate(times))).encode()


def feed(now: datetime) -> bytes:
    """A feed with whole articles in it."""
    items, size = list[str](), 0
    while size < FEED_BYTES:
        at = now - timedelta(minutes=len(items))
        items.append(ITEM % (len(items), len(items), f"{at:%a, %d %b %Y %H:%M:%S} GMT", WORDS))
        size += len(items[-1])
    return (FEED % "".join(items)).encode()


async def read_beside_ticks(kind: str, answer: Answer, now: datetime) -> tuple[int, float, float]:
    """Addresses found, CPU seconds, and the longest time that the event loop stood still."""
    late = [0.0]

    async def tick() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            late.append(time.perf_counter() - before - TICK_SECONDS)

    ticking = asyncio.create_task(tick())
    before = time.process_time()
    haul = await asyncio.to_thread(looking.haul, Look(URL, kind, "made"), answer, Site("made"), Limits(), now)
    spent = time.process_time() - before
    ticking.cancel()
    return len(haul.targets), spent, max(late)


def sources() -> Iterator[str]:
    """A sitemap and a feed, read beside a coroutine that only ticks."""
    now = datetime.now(UTC)
    for kind, mime, body in (("sitemap", "application/xml", sitemap(now)), ("feed", "application/rss+xml", feed(now))):
        answer = Answer(URL, 200, "OK", (("Content-Type", mime),), body, None, "127.0.0.1", now, 0.1, ())
        found, spent, late = asyncio.run(read_beside_ticks(kind, answer, now))
        told = "" if late < MOST_BLOCKED_SECONDS else f", MORE THAN {MOST_BLOCKED_SECONDS} s"
        yield f"{kind:<16} {spent:8.2f} CPU s for {found:,} addresses in {len(body) / 1e6:.0f} MB; others waited {late:.3f} s at most{told}"
