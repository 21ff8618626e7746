"""Manifests: what a run did, as one object, written when all of its shards have been asked for their result."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from tasks.forecasts import Forecast
from tasks.selection import Gap
from tasks.shards import Counts
from tasks.storage import Store

MANIFEST_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """A run: its order, the receipts of what it pressed, what was done or given up before, what failed and why.

    ``gaps``: what is missing upstream; ``forecast``: what was expected of it when it began.
    """

    run_id: str
    started_at: str
    finished_at: str
    order: dict[str, Any]
    counts: Counts
    receipts: tuple[str, ...]
    done_before: tuple[str, ...]
    given_up: tuple[str, ...]
    failed: dict[str, str]
    gaps: tuple[Gap, ...] = ()
    forecast: Forecast | None = None
    # Keys of the receipts of visits, in runs of collect.
    visits: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Where it lies, below the root."""
        return f"runs/{self.run_id}/manifest.json"

    def write(self, store: Store) -> None:
        """Put it on the store as readable JSON."""
        text = json.dumps({"format": MANIFEST_FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        store.write(self.key, text.encode() + b"\n")
