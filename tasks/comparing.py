"""Two recipes on the same captures: which outcomes, texts and facts change. A sample out of a corpus, pressed again by both."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

import pyarrow.parquet as pq

from tasks.archive.reading import ReadLimits
from tasks.errors import FixTheRun, PressError
from tasks.isolation import PageProcess
from tasks.lists import FileOffset
from tasks.pages.unpacking import unpack
from tasks.press import check_unchanged
from tasks.reading import positions_of, reading_at
from tasks.recipe import Recipe, digest_of
from tasks.records import Article, Capture, Outcome, Page
from tasks.shards import Receipt, all_receipts
from tasks.storage import Store

MOST_SHARDS = 25
SHINGLE_WORDS = 4
WORD = re.compile(r"\w+")
# These say how a row was made, or follow from the text.
NO_FACTS = {"text", "markdown", "text_sha256", "text_confidence", "text_source", "extractor", "extractor_version", "recipe", "id"}
FACTS = [one.name for one in fields(Article) if one.name not in NO_FACTS | {"word_count", "language_score"}]


@dataclass(frozen=True, slots=True)
class Pair:
    """One capture under both recipes; ``likeness`` of the texts: F1 of their runs of four words, None without two texts."""

    before: Outcome
    after: Outcome
    likeness: float | None

    @property
    def changed_facts(self) -> list[str]:
        """Columns that differ between two articles."""
        if not (isinstance(self.before, Article) and isinstance(self.after, Article)):
            return []
        return [name for name in FACTS if getattr(self.before, name) != getattr(self.after, name)]


@dataclass(slots=True)
class Comparison:
    """All pairs of a sample, the CPU seconds that each recipe took for it, and shards that could not be read."""

    pairs: list[Pair] = field(default_factory=list)
    cpu_seconds: tuple[float, float] = (0.0, 0.0)
    shards: int = 0
    notes: list[str] = field(default_factory=list)


def compare(store: Store, recipes: tuple[Recipe, Recipe], size: int, source: str = "") -> Comparison:
    """Press a sample of so many captures by both recipes; the same sample each time. Memory: one shard's part of the sample.

    Nothing is written. Raises FixTheRun where there is no corpus.
    """
    found, processes = Comparison(), [PageProcess(recipe) for recipe in recipes]
    for receipt, places in _sample(store, size, source):
        try:
            pages = list(_pages(store, receipt, places, recipes[0]))
        except PressError as error:
            found.notes.append(f"{receipt.shard.name} cannot be read: {error}")
            continue
        found.shards += bool(pages)
        both = zip(*(process.press(pages) for process in processes), strict=True)
        found.pairs += [Pair(before, after, _likeness(before, after)) for before, after in both]
    found.cpu_seconds = (processes[0].cpu_seconds, processes[1].cpu_seconds)
    for process in processes:
        process.close()
    if not found.shards and not found.notes:
        raise FixTheRun(f"there is no corpus to compare on at {store.url}")
    return found


def _sample(store: Store, size: int, source: str) -> Iterator[tuple[Receipt, list[FileOffset]]]:
    """Shards in an order that follows from their names alone, and of each a few captures, chosen alike."""
    receipts = sorted(all_receipts(store, source), key=lambda receipt: digest_of(receipt.shard.name))[:MOST_SHARDS]
    left = size
    for number, receipt in enumerate(receipts):
        wanted = -(-left // (len(receipts) - number))
        places = sorted(_places(store, receipt), key=digest_of)[:wanted]
        left -= len(places)
        yield receipt, sorted(places)


def _places(store: Store, receipt: Receipt) -> Iterator[FileOffset]:
    """Captures that reached the extractor: articles, and rejections of it and of the filters."""
    for stored in receipt.objects:
        if not stored.rows:
            continue
        is_article = stored.key.startswith("articles/")
        with store.open(stored.key) as stream, pq.ParquetFile(stream) as parquet:
            columns = parquet.read(columns=["warc_file", "warc_offset", *([] if is_article else ["stage"])]).to_pylist()
        yield from (
            (row["warc_file"], row["warc_offset"]) for row in columns if is_article or row["stage"] in {"extract", "filter"}
        )


def _pages(store: Store, receipt: Receipt, places: list[FileOffset], recipe: Recipe) -> Iterator[Page]:
    shard, positions = receipt.shard, positions_of(store, receipt.shard)
    check_unchanged(shard)
    for place in places:
        reading = reading_at(store, shard, ReadLimits(recipe.max_record_bytes), positions.of(*place))
        if reading and isinstance(reading.found, Capture):
            page = unpack(reading.found, shard.source, set(), recipe)
            if isinstance(page, Page):
                yield page


def _likeness(before: Outcome, after: Outcome) -> float | None:
    if not (isinstance(before, Article) and isinstance(after, Article)):
        return None
    if before.text == after.text:
        return 1.0
    one, other = _shingles(before.text), _shingles(after.text)
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return Counter(tuple(words[at : at + SHINGLE_WORDS]) for at in range(max(1, len(words) - SHINGLE_WORDS + 1)))
