"""Facts of an edition for its card, counted from the few columns that they need; never a text."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks.edition_rows import EVERYTHING, Choice, group_rows, open_articles
from tasks.editions import Edition, EditionFile
from tasks.storage import Store

COLUMNS = (
    "domain", "published_at", "language", "is_accessible_for_free", "licence", "page_type", "word_count", "captured_at", "source",
    "opt_outs", "extractor", "extractor_version", "is_original",
)  # fmt: skip
AT_ONCE = 8
# What pages declare is endless: an address of its own on every page.
MOST_KINDS = 50_000
MOST_CHARS = 200
UNKNOWN = "unknown"
FORGOTTEN = "all others"
Span = tuple[datetime, datetime] | None


@dataclass(slots=True)
class EditionFacts:
    """Sums over chosen articles. ``opt_outs``: by signal; ``opted_out``: articles with one at least."""

    articles: int = 0
    words: int = 0
    originals: int = 0
    paywalled: int = 0
    opted_out: int = 0
    published: Span = None
    captured: Span = None
    years: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    page_types: Counter[str] = field(default_factory=Counter)
    opt_outs: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    extractors: Counter[str] = field(default_factory=Counter)

    def add(self, other: "EditionFacts") -> None:
        """Take in the facts of other articles."""
        for name in ("articles", "words", "originals", "paywalled", "opted_out"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.published = _wider(self.published, other.published)
        self.captured = _wider(self.captured, other.captured)
        for name in ("years", "domains", "languages", "licences", "page_types", "opt_outs", "sources", "extractors"):
            kinds: Counter[str] = getattr(self, name)
            kinds.update(getattr(other, name))
            fold(kinds)


def gather_facts(
    store: Store, edition: Edition, choice: Choice = EVERYTHING, beat: Callable[[], object] = lambda: None
) -> EditionFacts:
    """Facts of an edition's chosen articles; raises FixTheRun for a file that is not as the manifest says.

    ``beat`` is called for every file.
    Memory: some hundred bytes a domain, and a row group's small columns of 8 files at once.
    """
    facts = EditionFacts()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(lambda file: _facts_of(store, file, choice), edition.files):
            facts.add(found)
            beat()
    return facts


def _facts_of(store: Store, file: EditionFile, choice: Choice) -> EditionFacts:
    facts = EditionFacts()
    if file.rows:
        with open_articles(store, file, COLUMNS) as parquet:
            for group in range(parquet.num_row_groups):
                facts.add(count(group_rows(parquet, group, COLUMNS, choice)))
    return facts


def count(table: pa.Table) -> EditionFacts:
    """Facts of the rows of a table."""
    declared = table["opt_outs"]
    return EditionFacts(
        articles=table.num_rows,
        words=pc.sum(table["word_count"]).as_py() or 0,
        originals=_number(pc.equal(table["is_original"], True)),
        paywalled=_number(pc.equal(table["is_accessible_for_free"], False)),
        opted_out=_number(pc.greater(pc.list_value_length(declared), 0)),
        published=_span(table["published_at"]),
        captured=_span(table["captured_at"]),
        years=_kinds(pc.strftime(table["published_at"], "%Y"), "undated"),
        domains=_kinds(table["domain"]),
        languages=_kinds(table["language"]),
        licences=_kinds(table["licence"], "none declared"),
        page_types=_kinds(table["page_type"]),
        opt_outs=_kinds(pc.list_flatten(declared)),
        sources=_kinds(table["source"]),
        extractors=_kinds(pc.binary_join_element_wise(table["extractor"], table["extractor_version"], " ")),
    )


def _number(mask: Any) -> int:
    return pc.sum(mask).as_py() or 0


def _span(column: Any) -> Span:
    ends = pc.min_max(column).as_py()
    return (ends["min"], ends["max"]) if ends["min"] else None


def _wider(one: Span, other: Span) -> Span:
    if not (one and other):
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def _kinds(column: Any, absent: str = UNKNOWN) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for found in pc.value_counts(column).to_pylist():
        kinds[(found["values"] or absent)[:MOST_CHARS]] += found["counts"]
    return kinds


def fold(kinds: Counter[str], most: int = MOST_KINDS) -> None:
    """Where there are more kinds than ``most``, count the rarer half together, so that memory stays bounded."""
    if len(kinds) <= most:
        return
    rarest = sorted(kinds.items(), key=lambda found: (found[1], found[0]))[: len(kinds) - most // 2]
    for kind, number in rarest:
        if kind != FORGOTTEN:
            del kinds[kind]
            kinds[FORGOTTEN] += number
