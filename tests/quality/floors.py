"""Scores that must not sink: ``python -m tests.quality.floors [--lower]`` pins what is reached today, and lowers nothing unasked."""

import hashlib
import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path

from tasks.components import load_component
from tasks.metadata.merge import read_facts
from tests.quality import score_charset, score_facts
from tests.quality.pages import COLLECTIONS, collection, page_tree, read_pages
from tests.quality.text_metrics import add_found, find_segments, mean_score, score_text

FLOORS = Path(__file__).with_name("floors.json")
GRADES = ("fast", "balanced", "thorough", "trafilatura")


def digest_of(name: str) -> str:
    """What tells one version of a collection from another."""
    return hashlib.sha256(collection(name).read_bytes()).hexdigest()


def measure(name: str) -> dict[str, float]:
    """All scores on a collection. The nets have seen these pages: what they do on others stands in tasks/blocks/scores.json."""
    return {**_texts(name), **_facts(name), **_charsets(name)}


def _texts(name: str) -> dict[str, float]:
    texts: dict[str, list[str]] = defaultdict(list)
    pages = list(read_pages(collection(name)))
    for page in pages:
        tree = page_tree(page)
        facts = read_facts(tree, page["url"], None)
        for grade in GRADES:
            texts[grade].append(load_component("extractors", grade).extract(tree, facts, wants_markdown=False).text)
    if "text" in pages[0]:
        scored = {g: mean_score(score_text(text, p["text"]) for text, p in zip(texts[g], pages, strict=True)).f1 for g in GRADES}
    else:
        lines = {g: zip(texts[g], pages, strict=True) for g in GRADES}
        scored = {g: add_found(find_segments(t, p["segments_with"], p["segments_without"]) for t, p in lines[g]).f1 for g in GRADES}
    return {f"text, {grade}": score for grade, score in scored.items()}


def _facts(name: str) -> dict[str, float]:
    if name == "articles_body":
        return {}
    scores, _ = score_facts.measure(collection(name), verbose=False)
    named = {measure: [found[measure] for found in scores if measure in found] for measure in score_facts.MEASURES}
    return {measure: statistics.mean(values) for measure, values in named.items() if values}


def _charsets(name: str) -> dict[str, float]:
    if name != "articles_news":
        return {}
    found, _ = score_charset.measure([collection(name)], lambda *_: None)
    return {f"charset, {case}": statistics.mean(v for values in by.values() for v in values) for case, by in found.items()}


def read_floors() -> dict[str, dict[str, float | str]]:
    """By collection: its digest as ``sha256``, and the least of each score."""
    found: dict[str, dict[str, float | str]] = json.loads(FLOORS.read_text())
    return found


def main(arguments: list[str]) -> None:
    """Write floors.json; a score that is lower than its floor is refused without ``--lower``."""
    pinned = read_floors() if FLOORS.exists() else {}
    new: dict[str, dict[str, float | str]] = {}
    for name in COLLECTIONS:
        digest = digest_of(name)
        old = pinned.get(name, {}) if pinned.get(name, {}).get("sha256") == digest else {}
        reached = {measure: int(score * 10_000) / 10_000 for measure, score in measure(name).items()}
        sunk = {m: (old[m], score) for m, score in reached.items() if isinstance(floor := old.get(m), float) and score < floor}
        if sunk and "--lower" not in arguments:
            sys.exit(f"{name}: lower than pinned: {sunk}\nmend it, or say --lower")
        new[name] = {"sha256": digest, **reached}
    FLOORS.write_text(json.dumps(new, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
