"""What a report tells: sums, counts by day and by kind, and what somebody has to look after. Never a title or a text."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from tasks.collecting.orders import SourceNote
from tasks.shards import Counts

# Words of an article, upper ends of the classes; what is longer is in the last one.
WORD_EDGES = (50, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000)
Days = Counter[int]  # by days since 1970-01-01, UTC


@dataclass(slots=True)
class Rows:
    """What the rows of articles and rejections say.

    ``texts``: 64 bits of each article's text_sha256, or of a share of the texts: halved so many times as ``halvings`` says.
    """

    articles: int = 0
    rejections: int = 0
    published: Days = field(default_factory=Counter)
    captured: Days = field(default_factory=Counter)
    rejected: Days = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    date_sources: Counter[str] = field(default_factory=Counter)
    precisions: Counter[str] = field(default_factory=Counter)
    words: list[int] = field(default_factory=lambda: [0] * (len(WORD_EDGES) + 1))
    texts: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    halvings: int = 0

    def add(self, other: "Rows") -> None:
        """Take in what was counted elsewhere."""
        self.articles += other.articles
        self.rejections += other.rejections
        for name in ("published", "captured", "rejected", "languages", "hosts", "date_sources", "precisions"):
            getattr(self, name).update(getattr(other, name))
        self.words = [mine + more for mine, more in zip(self.words, other.words, strict=True)]
        self.texts += other.texts


@dataclass(frozen=True, slots=True)
class Copies:
    """Articles whose text stands elsewhere, too: how many could go, how many texts have such copies, the most of one text.

    ``is_estimate``: told from a share of the texts.
    """

    removable: int = 0
    texts: int = 0
    most: int = 0
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class Pressing:
    """One shard's work, as its receipt tells it; seconds since 1970; ``peak_bytes`` is None where it is not told."""

    started: float
    finished: float
    captures: int
    peak_bytes: int | None = None


@dataclass(slots=True)
class Work:
    """What the receipts say: sums, what each shard's work took, and by what recipe."""

    shards: int = 0
    objects: int = 0
    size_bytes: int = 0
    read_bytes: int = 0
    cpu_seconds: float = 0.0
    workers: set[str] = field(default_factory=set)
    sources: dict[str, Counts] = field(default_factory=dict)
    pressings: list[Pressing] = field(default_factory=list)
    recipes: dict[str, "RecipeUse"] = field(default_factory=dict)


@dataclass(slots=True)
class RecipeUse:
    """A recipe, by its id, and how many shards were pressed by it."""

    extractor: str
    version: str
    filters: str
    shards: int = 0


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run as its manifest tells it."""

    run_id: str
    what: str
    started: datetime
    finished: datetime
    counts: Counts
    failed: int

    @property
    def seconds(self) -> float:
        """From its start to its end."""
        return (self.finished - self.started).total_seconds()


@dataclass(frozen=True, slots=True)
class Failed:
    """A shard or a visit that failed, why, and what to do."""

    source: str
    name: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a backfill: archives planned, done and failed, and what is missing upstream."""

    planned: int = 0
    done: int = 0
    failed: int = 0
    missing: str = ""

    @property
    def state(self) -> str:
        """One of failed, missing, done, part, todo."""
        if self.failed:
            return "failed"
        if self.missing:
            return "missing"
        return "done" if self.done == self.planned else "part" if self.done else "todo"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A backfill day by day; ``undated``: archives whose name tells no day; ``months``: whole months that are missing upstream."""

    name: str
    days: dict[date, Day]
    undated: Day
    months: dict[str, str]


@dataclass(frozen=True, slots=True)
class Collected:
    """What collect runs say: how many runs, outcomes of addresses by site, and sources that want a look."""

    runs: int = 0
    requests: int = 0
    sites: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: tuple[SourceNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. ``run``: the run that it is about, None: the whole corpus. ``faults``: what could not be read, a line each."""

    root: str
    made_at: datetime
    version: str
    run: RunLine | None
    runs: tuple[RunLine, ...]
    counts: Counts
    rows: Rows
    copies: Copies
    work: Work
    failed: tuple[Failed, ...]
    calendars: tuple[Calendar, ...]
    collected: Collected
    faults: tuple[str, ...]
