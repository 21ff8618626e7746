"""What a worker is told to collect, and its receipt: names, times and counts, never addresses or pages."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from tasks.errors import BrokenShard

RECEIPT_FORMAT = 1
SILENT = "silent"  # how a note on a silent source begins


@dataclass(frozen=True, slots=True)
class VisitOrder:
    """Some lanes of one run. ``stage``: discover or fetch. ``deadline``: no request begins after it. ``source``: first folder
    below captures/.
    """

    store_url: str
    run_id: str
    stage: str
    number: int
    lanes: tuple[int, ...]
    deadline: datetime
    source: str

    @property
    def name(self) -> str:
        """Short, for the UI and for keys."""
        return f"{self.stage}-{self.number:02d}"

    @property
    def agenda_key(self) -> str:
        """Where the run's agenda lies, below the root."""
        return agenda_key(self.run_id)

    @property
    def receipt_key(self) -> str:
        """Where the receipt will lie, below the root."""
        return f"runs/{self.run_id}/visits/{self.name}.json"


def agenda_key(run_id: str) -> str:
    """Where a run's agenda lies, below the root."""
    return f"runs/{run_id}/agenda.json"


@dataclass(frozen=True, slots=True)
class Archived:
    """A WARC file that was written. ``captures``: responses and revisits in it."""

    key: str
    size_bytes: int
    sha256: str
    captures: int


@dataclass(frozen=True, slots=True)
class SourceNote:
    """What a person should know of a source: that it is silent, or what is wrong with it."""

    site: str
    url: str
    what: str

    @property
    def is_silent(self) -> bool:
        """Whether it says that the source has been silent for longer than its habit."""
        return self.what.startswith(SILENT)


@dataclass(frozen=True, slots=True)
class VisitReceipt:
    """What came of an order. ``outcomes`` by site: of addresses, in discover of sources, too. ``busy``: lanes that another run was
    visiting. ``run``: times, requests, bytes, place.
    """

    order: VisitOrder
    outcomes: dict[str, dict[str, int]]
    archives: tuple[Archived, ...] = ()
    busy: tuple[int, ...] = ()
    notes: tuple[SourceNote, ...] = ()
    run: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Readable JSON with its format number."""
        text = json.dumps({"format": RECEIPT_FORMAT, **asdict(self)}, indent=1, ensure_ascii=False, default=_plain)
        return text.encode() + b"\n"


def read_visit_receipt(stored: bytes, key: str) -> VisitReceipt:
    """Parse a receipt; raises BrokenShard, naming the key, when it is not one."""
    try:
        raw = json.loads(stored)
        order = raw["order"]
        return VisitReceipt(
            VisitOrder(**{**order, "lanes": tuple(order["lanes"]), "deadline": datetime.fromisoformat(order["deadline"])}),
            {site: dict(counts) for site, counts in raw["outcomes"].items()},
            tuple(Archived(**one) for one in raw["archives"]),
            tuple(raw["busy"]),
            tuple(SourceNote(**one) for one in raw["notes"]),
            dict(raw["run"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenShard(f"{key} is no receipt of a visit of this version: {error!r}") from error


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError(f"{type(value).__name__} has no place in a receipt")


def outcomes_by_site(receipts: Iterable[VisitReceipt]) -> dict[str, dict[str, int]]:
    """Outcomes of several receipts, by site, sorted."""
    sites: dict[str, Counter[str]] = {}
    for receipt in receipts:
        for site, counts in receipt.outcomes.items():
            sites.setdefault(site, Counter()).update(counts)
    return {site: dict(sites[site]) for site in sorted(sites)}


def add_outcomes(receipts: Iterable[VisitReceipt]) -> dict[str, int]:
    """Outcomes of several receipts, all sites together."""
    total: Counter[str] = Counter()
    for counts in outcomes_by_site(receipts).values():
        total.update(counts)
    return dict(total)
