"""Score read_facts on pages with gold facts: ``python -m tests.quality.score_facts [pages.jsonl.gz] [-v]``.

Two shapes of gold are known: title, authors, published_at and topics, or title, author and date (each may be missing).
"""

import re
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tasks.facts import Facts
from tasks.metadata.evidence import clean_text
from tasks.metadata.merge import read_facts
from tests.quality.pages import collection, page_tree, read_pages

AUTHORS_APART = re.compile(r"; |, | and | und | et ")
MEASURES = ("title", "authors", "day", "minute", "zoned minute", "tags")


def score(page: dict[str, Any], facts: Facts) -> dict[str, float]:
    """One page: 1 or 0 a measure, F1 for tags; a measure without gold is left out."""
    if "published_at" not in page:
        return score_plain(page, facts)
    gold_at = datetime.fromisoformat(page["published_at"]) if page["published_at"] else None
    found = {"title": float(squash(page["title"]) == squash(facts.title)), "authors": float(page["authors"] == list(facts.authors))}
    if gold_at:
        at = facts.published.at if facts.published else None
        offset = (facts.published.offset_minutes or 0) * 60 if facts.published else 0
        local = datetime.fromtimestamp(at.timestamp() + offset, UTC).date() if at else None
        in_utc = gold_at.astimezone(UTC) if gold_at.tzinfo else gold_at.replace(tzinfo=UTC)
        found["day"] = float(at is not None and (local == gold_at.date() or at.date() == in_utc.date()))
        found["minute"] = float(at is not None and abs((at - in_utc).total_seconds()) < 60)
        if gold_at.tzinfo:
            found["zoned minute"] = found["minute"]
    if page["topics"]:
        found["tags"] = f1({tag.casefold() for tag in page["topics"]}, {tag.casefold() for tag in facts.tags})
    return found


def score_plain(page: dict[str, Any], facts: Facts) -> dict[str, float]:
    """The same for a gold of one author line and one day, where any may be missing."""
    found = {}
    if page["title"]:
        found["title"] = float(squash(page["title"]) == squash(facts.title))
    if isinstance(page["author"], str) and page["author"]:
        names = {squash(name) for name in AUTHORS_APART.split(page["author"])}
        found["authors"] = float(names == {squash(name) for name in facts.authors})
    if page["date"]:
        local = facts.published.at + timedelta(minutes=facts.published.offset_minutes or 0) if facts.published else None
        found["day"] = float(local is not None and local.date().isoformat() == page["date"])
    return found


def squash(text: str | None) -> str:
    """Compare without differences of white space, case and invisible characters."""
    return clean_text(text or "").casefold()


def f1(gold: set[str], found: set[str]) -> float:
    """Harmonic mean of precision and recall of two sets."""
    return 2 * len(gold & found) / (len(gold) + len(found))


def measure(path: Path, verbose: bool) -> tuple[list[dict[str, float]], list[float]]:
    """Scores and CPU milliseconds of read_facts a page."""
    scores, times = [], []
    for page in read_pages(path):
        tree = page_tree(page)
        captured_at = datetime.fromisoformat(page["captured_at"]).replace(tzinfo=UTC) if page.get("captured_at") else None
        began = time.process_time()
        facts = read_facts(tree, page["url"], captured_at)
        times.append((time.process_time() - began) * 1000)
        scores.append(score(page, facts))
        if verbose:
            tell(page, facts, scores[-1])
    return scores, times


def tell(page: dict[str, Any], facts: Facts, found: dict[str, float]) -> None:
    """Print what is wrong on a page."""
    here = {"title": facts.title, "authors": list(facts.authors), "day": facts.published, "minute": facts.published}
    date = page.get("published_at") or page.get("date")
    gold = {"title": page["title"], "authors": page.get("authors") or page.get("author"), "day": date, "minute": date}
    for name, value in here.items():
        if found.get(name) == 0:
            print(f"{page['id']} {name}\n  gold  {gold[name]}\n  found {value}")


def main(arguments: list[str]) -> None:
    """Print a table."""
    paths = [Path(argument) for argument in arguments if argument != "-v"] or [collection("articles_news")]
    if not paths[0].exists():
        sys.exit(f"{paths[0]} is not here: give a collection of pages")
    scores, times = measure(paths[0], "-v" in arguments)
    for name in MEASURES:
        values = [found[name] for found in scores if name in found]
        if values:
            print(f"{name:13} {statistics.mean(values):.3f}  of {len(values)}")
    print(f"CPU ms        {statistics.median(times):.1f} median, {max(times):.0f} at most")


if __name__ == "__main__":
    main(sys.argv[1:])
