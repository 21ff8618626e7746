"""Whose turn it is where runs share the workers of a cluster: a run hands nothing out while one of higher priority waits.

Dask's own priorities order what it was given, and it is given no more shards than it has workers (see tasks/stages.py): so runs
tell each other by the scheduler's metadata.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

PLACE = "pressrun"
# A run that was killed is waited for no longer than this.
SILENT_SECONDS = 15.0


class Metadata(Protocol):
    """What every client of a scheduler can read and write (distributed.Client)."""

    def set_metadata(self, key: list[str], value: Any) -> Any:
        """Put a value."""

    def get_metadata(self, keys: list[str], default: Any) -> Any:
        """Get a value."""


@dataclass(slots=True)
class Turns:
    """One run among others."""

    scheduler: Metadata
    run_id: str
    priority: int
    clock: Callable[[], float] = time.monotonic
    _beats: int = 0
    # Beats of other runs, and when they were seen first, by our own clock: those of other machines may differ.
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)

    def is_ours(self, *, is_waiting: bool) -> bool:
        """Tell the others whether this run has shards that wait for a worker, and say whether it may hand any out."""
        self._beats += 1
        told = {"priority": self.priority, "is_waiting": is_waiting, "beats": self._beats}
        self.scheduler.set_metadata([PLACE, self.run_id], told)
        others = self.scheduler.get_metadata([PLACE], default={})
        return not any(self._is_ahead(run_id, run) for run_id, run in others.items() if run and run_id != self.run_id)

    def leave(self) -> None:
        """Tell the others that this run wants nothing more."""
        self.scheduler.set_metadata([PLACE, self.run_id], None)

    def _is_ahead(self, run_id: str, run: dict[str, Any]) -> bool:
        now = self.clock()
        if self._seen.get(run_id, (0, 0.0))[0] != run["beats"]:
            self._seen[run_id] = (run["beats"], now)
        is_silent = now - self._seen[run_id][1] > SILENT_SECONDS
        return bool(run["priority"] > self.priority and run["is_waiting"] and not is_silent)
