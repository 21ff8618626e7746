"""What people see while a run goes on: a line every few seconds, and artifacts in the Prefect UI that move with it."""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import httpx
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate

from flows.events import Patience
from flows.terminal import hours
from tasks.collecting.ledger import Fate, fate_words
from tasks.collecting.orders import VisitReceipt, add_outcomes
from tasks.forecasts import Cost, add_costs, cost_of, forecast
from tasks.shards import Counts, Receipt, add_counts

log = logging.getLogger(__name__)
# For the terminal alone: kept by Prefect, a line every few seconds would be most of its database.
terminal = logging.getLogger("terminal")
minutes = logging.getLogger("flows.minutes")

LINE_SECONDS = 5.0
LOG_SECONDS = 60.0
MOST_SHARDS_NAMED = 50  # more than a screen of them tells a person nothing
MOST_FAILED_SHOWN = 10


class Ticker:
    """Tells how far a run is: on the terminal, once a minute in Prefect's log, and in the artifacts <key> and <key>-now."""

    def __init__(self, key: str) -> None:
        """Makes the artifacts."""
        self._progress = cast(UUID, create_progress_artifact(progress=0.0, key=key, description="starting"))
        self._page = cast(UUID, create_markdown_artifact("starting", key=f"{key}-now", description="How far the run is"))
        self._told = self._logged = time.monotonic()

    def is_due(self) -> bool:
        """Whether it was told last a few seconds ago."""
        return time.monotonic() - self._told >= LINE_SECONDS

    def tell(self, share: float, line: str, page: list[str]) -> None:
        """Tell it. A Prefect server that is away misses it; the run goes on."""
        self._told = time.monotonic()
        terminal.info(line)
        if self._told - self._logged >= LOG_SECONDS:
            self._logged = self._told
            minutes.info(line)
        with suppress(httpx.HTTPError), get_client(sync_client=True) as client:
            update_progress_artifact(self._progress, progress=round(100 * share, 1), description=line)
            client.update_artifact(self._page, ArtifactUpdate(data="\n".join(page)))


@dataclass(frozen=True, slots=True)
class Failed:
    """A shard that failed: which archive, why, and what a person does about it."""

    shard: str
    archive: str
    why: str
    what_to_do: str


class Board:
    """What is known of a run at this moment, from receipts and from the events that shards send while they work."""

    def __init__(self, total_shards: int, total_bytes: int, known: Cost) -> None:
        """How many archives the run will press, their size, and what earlier ones of the same kind cost."""
        self.total_shards, self.total_bytes, self.cost = total_shards, total_bytes, known
        self.counts, self.receipt_keys, self.pressed_bytes = Counts(), list[str](), 0
        self.failures: dict[str, Failed] = {}
        self.links: list[str] = []
        self.patience: Patience | None = None
        self._live: dict[str, dict[str, Any]] = {}
        self._finished: set[str] = set()
        self._started = time.monotonic()
        self._ticker = Ticker("progress")

    @property
    def failed(self) -> dict[str, str]:
        """Why shards failed, by their names."""
        return {name: failure.why for name, failure in self.failures.items()}

    @property
    def elapsed_seconds(self) -> float:
        """Since the board was put up."""
        return time.monotonic() - self._started

    def hear(self, facts: dict[str, Any]) -> None:
        """Store what a worker tells of a shard. Called on Dask's loop: it must not wait for anything."""
        if "parts" in facts and facts["shard"] not in self._finished:
            self._live[facts["shard"]] = facts

    def parts_of(self, name: str) -> int:
        """Parts that a shard has committed, as far as it has told."""
        facts = self._live.get(name)
        return facts["parts"] if facts else 0

    def received(self, receipt: Receipt) -> None:
        """Take in the receipt of a finished shard."""
        self._finished.add(receipt.shard.name)
        self._live.pop(receipt.shard.name, None)
        self.receipt_keys.append(receipt.key)
        self.counts = add_counts([self.counts, receipt.counts])
        self.cost = add_costs([self.cost, cost_of(receipt)])
        self.pressed_bytes += receipt.shard.pressed_bytes
        if self.total_shards <= MOST_SHARDS_NAMED:
            counts = f"{receipt.counts.captures:,} captures, {receipt.counts.articles:,} articles"
            log.info("done %d of %d: %s, %s", len(self.receipt_keys), self.total_shards, receipt.shard.name, counts)

    def tick(self) -> None:
        """Say how far the run is, when it is time to; called from the flow's own thread."""
        if self._ticker.is_due():
            self.close()
            if self.patience:
                self.patience.look(self.elapsed_seconds)

    def close(self) -> None:
        """The last word on progress."""
        self._ticker.tell(*self._now())

    def _now(self) -> tuple[float, str, list[str]]:
        """The share that is done, the line, and the page."""
        live = list(self._live.values())
        captures = self.counts.captures + sum(facts["captures"] for facts in live)
        articles = self.counts.articles + sum(facts["articles"] for facts in live)
        done_bytes = self.pressed_bytes + sum(facts["pressed_bytes"] for facts in live)
        share = min(1.0, done_bytes / self.total_bytes) if self.total_bytes else 1.0
        elapsed = self.elapsed_seconds
        rate = captures / elapsed if elapsed else 0.0
        size = f"{self.total_bytes / 1e6:,.1f} MB"
        text = f"{captures:,} captures, {articles:,} articles, {captures - articles:,} rejections"
        outlook, done = self._outlook(elapsed, share) if 0.01 < share < 1 else ("", "")
        rows = [
            ("archives", f"{len(self.receipt_keys):,} of {self.total_shards:,}"),
            ("failed", f"{len(self.failures):,}"),
            ("read", f"{done_bytes / 1e6:,.1f} of {size} ({share:.0%})"),
            ("captures", f"{captures:,}"),
            ("articles", f"{articles:,}"),
            ("rejections", f"{captures - articles:,}"),
            ("speed", f"{rate:,.1f} captures/s, {done_bytes / 1e6 / elapsed if elapsed else 0:,.2f} MB/s"),
            ("done about", done),
        ]
        return share, f"{share:.0%} of {size}: {text}, {rate:,.0f} captures/s{outlook}", self._page(rows)

    def _page(self, rows: list[tuple[str, str]]) -> list[str]:
        failed = list(self.failures.values())[:MOST_FAILED_SHOWN]
        told = [f"- `{failure.shard}`: {failure.why}" for failure in failed]
        return [
            *(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", "", "| | so far |", "|---|---:|"),
            *(f"| {name} | {value} |" for name, value in rows if value),
            *(["", "Failed:", "", *told] if told else []),
            *["", *self.links],
        ]

    def _outlook(self, elapsed: float, share: float) -> tuple[str, str]:
        """When the rest will be done: for the line, and for the page."""
        seconds = elapsed * (1 - share) / share
        left = f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
        end = f"{datetime.now(UTC) + timedelta(seconds=seconds):%Y-%m-%d %H:%M} UTC"
        words = f", about {left} left"
        if self.cost.input_bytes:
            whole = forecast(self.cost, self.total_bytes)
            cost = hours(whole.cpu_seconds)
            words += f"; in all about {whole.articles:,.0f} articles, {whole.output_bytes / 1e6:,.0f} MB, {cost}"
        return words, f"{end} (in {left})"


class VisitBoard:
    """What is known at this moment of the visits of a collect run, from receipts and from what workers tell meanwhile."""

    def __init__(self, deadline: datetime) -> None:
        """``deadline``: when the visits end at the latest."""
        self.deadline, self.failed, self.receipts = deadline, dict[str, str](), list[VisitReceipt]()
        self.links: list[str] = []
        # Whether a visit failed of what a person has to mend: further ones would ask sites for what cannot be kept.
        self.is_stuck = False
        self._live: dict[str, dict[str, Any]] = {}
        self._started = datetime.now(UTC)
        self._ticker = Ticker("visits")

    def hear(self, facts: dict[str, Any]) -> None:
        """Store what a worker tells of its visits. Called on Dask's loop: it must not wait for anything."""
        if "requests" in facts:
            self._live[facts["shard"]] = facts

    def parts_of(self, name: str) -> int:  # noqa: ARG002
        """Visits have none."""
        return 0

    def received(self, receipt: VisitReceipt) -> None:
        """Take in the receipt of a finished visit."""
        self.receipts.append(receipt)
        totals = add_outcomes([receipt])
        self._live[receipt.order.name] = {**totals, "requests": receipt.run["requests"], "bytes": receipt.run["bytes_received"]}

    def tick(self) -> None:
        """Say how far the visits are, when it is time to; called from the flow's own thread."""
        if self._ticker.is_due():
            self._tell(datetime.now(UTC))

    def close(self) -> None:
        """The last word on the visits."""
        self._tell(self.deadline)

    def _tell(self, now: datetime) -> None:
        live = list(self._live.values())
        total = {name: sum(facts.get(name, 0) for facts in live) for name in ("requests", "bytes", *(fate.value for fate in Fate))}
        line = f"{total['requests']:,} requests, {total['bytes'] / 1e6:,.1f} MB received: {fate_words(total) or 'no address yet'}"
        whole = (self.deadline - self._started).total_seconds()
        share = min(1.0, (now - self._started).total_seconds() / whole) if whole > 0 else 1.0
        rows = [("requests", total["requests"]), *((fate.value, total[fate.value]) for fate in Fate if total[fate.value])]
        page = [
            *(
                f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, visits end by {self.deadline:%H:%M} UTC",
                "",
                "| | so far |",
                "|---|---:|",
            ),
            *(f"| {name} | {value:,} |" for name, value in rows),
            *(f"| received | {total['bytes'] / 1e6:,.1f} MB |", "", *self.links),
        ]
        self._ticker.tell(share, line, page)
