"""Collect runs in tests: a file of sources for a news web, and what a run left on a folder store."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

from tests.servers.guests import Rules, violations
from tests.servers.news_sites import Site
from tests.servers.news_web import NewsWeb

AGENT = "examplebot"
DELAY_SECONDS = 0.1


def write_sources(path: Path, sites: Iterable[Site], *, minutes: float = 2, extra: str = "") -> Path:
    """sources.toml with the feed and the news sitemap of each site; ``extra`` lines go to every site."""
    lines = [
        "[agent]",
        f'name = "{AGENT}"',
        'contact = "https://example.org/bot"',
        "[limits]",
        f"delay_seconds = {DELAY_SECONDS}",
        f"minutes = {minutes}",
        'allow_networks = ["127.0.0.0/8"]',
    ]
    for number, site in enumerate(sites):
        lines += [
            "[[site]]",
            f'name = "Site {number:03d}"',
            f'feeds = ["{site.feed_url}"]',
            f'sitemaps = ["{site.sitemap_url}"]',
            extra,
        ]
    path.write_text("\n".join(lines) + "\n")
    return path


def breaches(web: NewsWeb, delay_seconds: float = DELAY_SECONDS) -> list[str]:
    """What the guests of a news web did wrong."""
    return violations(web.log, Rules(agent=AGENT, delay_seconds=delay_seconds))


def rows(root: Path, pattern: str, *columns: str) -> list[dict]:
    """Rows of all Parquet files of a folder store that a glob finds."""
    return [row for path in sorted(root.glob(pattern)) for row in pq.read_table(path, columns=list(columns) or None).to_pylist()]


def article_urls(root: Path) -> Counter[str]:
    """Addresses of all articles, each with how often it is there."""
    return Counter(row["url"] for row in rows(root, "articles/*/*/*/*.parquet", "url"))


def lines_of(root: Path) -> list[dict]:
    """What all runs wrote of the addresses that they had to do with."""
    return rows(root, "runs/*/addresses/*.parquet")
