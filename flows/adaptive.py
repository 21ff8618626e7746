"""How many workers a cluster that grows and shrinks should have: told by the runs that wait, not by Dask's guesses."""

from typing import Any

from distributed.deploy.adaptive import Adaptive

from tasks.turns import PLACE


class ByWaitingShards(Adaptive):
    """Twice the workers while a run has shards that wait for one; else no more than are at work.

    Dask's own rule would never grow: it is given no more shards than it has workers (see tasks/stages.py).
    """

    async def target(self) -> int:
        """The number of workers that should exist, before minimum and maximum."""
        runs: dict[str, Any] = await self.scheduler.get_metadata(keys=[PLACE], default={})
        if any(run and run["is_waiting"] for run in runs.values()):
            return 2 * max(1, len(self.observed))
        wanted: int = await self.scheduler.adaptive_target(target_duration=self.target_duration)
        return wanted
