"""What people see while a run goes on: a line every few seconds, and artifacts in the Prefect UI."""

import logging
import time
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from prefect.artifacts import create_markdown_artifact, create_progress_artifact, create_table_artifact, update_progress_artifact

from flows.terminal import hours
from tasks.collecting.ledger import Fate, fate_words
from tasks.collecting.orders import VisitReceipt, add_outcomes, outcomes_by_site
from tasks.forecasts import Cost, add_costs, cost_of, forecast
from tasks.manifests import Manifest
from tasks.shards import Counts, Receipt, add_counts

log = logging.getLogger(__name__)

LINE_SECONDS = 5.0
MOST_SHARDS_NAMED = 50  # more than a screen of them tells a person nothing


class Board:
    """What is known of a run at this moment, from receipts and from the events that shards send while they work."""

    def __init__(self, total_shards: int, total_bytes: int, known: Cost) -> None:
        """How many archives the run will press, their size, and what earlier ones of the same kind cost."""
        self.total_shards, self.total_bytes, self.cost = total_shards, total_bytes, known
        self.counts, self.receipt_keys, self.pressed_bytes = Counts(), list[str](), 0
        self.failed: dict[str, str] = {}
        self._live: dict[str, dict[str, Any]] = {}
        self._finished: set[str] = set()
        self._started = self._told = time.monotonic()
        self._artifact = cast(UUID, create_progress_artifact(progress=0.0, key="progress", description="starting"))

    def hear(self, event: tuple[float, dict[str, Any]]) -> None:
        """Store a shard's event. Called on Dask's loop: it must not wait for anything."""
        self._live[event[1]["shard"]] = event[1]

    def parts_of(self, shard: str) -> int:
        """Parts that a shard has committed, as far as it has told."""
        event = self._live.get(shard)
        return event["parts"] if event else 0

    def received(self, receipt: Receipt) -> None:
        """Take in the receipt of a finished shard."""
        self._finished.add(receipt.shard.name)
        self.receipt_keys.append(receipt.key)
        self.counts = add_counts([self.counts, receipt.counts])
        self.cost = add_costs([self.cost, cost_of(receipt)])
        self.pressed_bytes += receipt.shard.pressed_bytes
        if self.total_shards <= MOST_SHARDS_NAMED:
            counts = f"{receipt.counts.captures:,} captures, {receipt.counts.articles:,} articles"
            log.info("done %d of %d: %s, %s", len(self.receipt_keys), self.total_shards, receipt.shard.name, counts)

    def tick(self) -> None:
        """Say how far the run is, when it is time to; called from the flow's own thread."""
        now = time.monotonic()
        if now - self._told < LINE_SECONDS:
            return
        self._told = now
        share, line = self._line(now)
        log.info(line)
        update_progress_artifact(self._artifact, progress=round(100 * share, 1), description=line)

    def close(self) -> None:
        """The last word on progress."""
        share, line = self._line(time.monotonic())
        update_progress_artifact(self._artifact, progress=round(100 * share, 1), description=line)

    def _line(self, now: float) -> tuple[float, str]:
        live = [event for name, event in list(self._live.items()) if name not in self._finished]
        captures = self.counts.captures + sum(event["captures"] for event in live)
        articles = self.counts.articles + sum(event["articles"] for event in live)
        done_bytes = self.pressed_bytes + sum(event["pressed_bytes"] for event in live)
        share = min(1.0, done_bytes / self.total_bytes) if self.total_bytes else 1.0
        elapsed = now - self._started
        rate = captures / elapsed if elapsed else 0.0
        text = f"{captures:,} captures, {articles:,} articles, {captures - articles:,} rejections"
        line = f"{share:.0%} of {self.total_bytes / 1e6:,.1f} MB: {text}, {rate:,.0f} captures/s"
        return share, line + (self._outlook(elapsed, share) if 0.01 < share < 1 else "")

    def _outlook(self, elapsed: float, share: float) -> str:
        left = f", about {elapsed * (1 - share) / share:.0f} s left"
        if not self.cost.input_bytes:
            return left
        whole = forecast(self.cost, self.total_bytes)
        return (
            f"{left}; in all about {whole.articles:,.0f} articles, {whole.output_bytes / 1e6:,.0f} MB, {hours(whole.cpu_seconds)}"
        )


def publish_summary(root: str, manifest: Manifest) -> None:
    """Leave the run's sums, its rejections by reason, its failed shards and the gaps upstream as artifacts."""
    counts, failed = manifest.counts, manifest.failed
    lines = [
        f"**{counts.captures:,}** captures read = **{counts.articles:,}** articles + **{counts.rejected:,}** rejections",
        "",
        f"Corpus: `{root}`",
        "",
        "| rejected because | captures |",
        "|---|---:|",
        *(f"| {reason} | {number:,} |" for reason, number in sorted(counts.rejections.items(), key=lambda item: -item[1])),
    ]
    create_markdown_artifact("\n".join(lines), key="summary", description="What the run read and what became of it")
    if failed:
        rows = [{"shard": name, "why": why} for name, why in sorted(failed.items())]
        create_table_artifact(rows, key="failed-shards", description="Start the same backfill again: only these are pressed")
    if manifest.gaps:
        gaps = [{"when": gap.when, "missing": gap.what, "why": gap.why} for gap in manifest.gaps]
        create_table_artifact(gaps, key="gaps", description="Missing upstream: the same backfill, started again, looks for it anew")


class VisitBoard:
    """What is known at this moment of the visits of a collect run, from receipts and from what workers tell meanwhile."""

    def __init__(self, deadline: datetime) -> None:
        """``deadline``: when the visits end at the latest."""
        self.deadline, self.failed, self.receipts = deadline, dict[str, str](), list[VisitReceipt]()
        self._live: dict[str, dict[str, Any]] = {}
        self._told = time.monotonic()
        self._started = datetime.now(UTC)
        self._artifact = cast(UUID, create_progress_artifact(progress=0.0, key="visits", description="starting"))

    def hear(self, event: tuple[float, dict[str, Any]]) -> None:
        """Store a worker's event. Called on Dask's loop: it must not wait for anything."""
        if "requests" in event[1]:
            self._live[event[1]["shard"]] = event[1]

    def received(self, receipt: VisitReceipt) -> None:
        """Take in the receipt of a finished visit."""
        self.receipts.append(receipt)
        totals = add_outcomes([receipt])
        self._live[receipt.order.name] = {**totals, "requests": receipt.run["requests"], "bytes": receipt.run["bytes_received"]}

    def tick(self) -> None:
        """Say how far the visits are, when it is time to; called from the flow's own thread."""
        now = time.monotonic()
        if now - self._told >= LINE_SECONDS:
            self._told = now
            self._tell(datetime.now(UTC))

    def close(self) -> None:
        """The last word on the visits."""
        self._tell(self.deadline)

    def _tell(self, now: datetime) -> None:
        live = list(self._live.values())
        total = {name: sum(facts.get(name, 0) for facts in live) for name in ("requests", "bytes", *(fate.value for fate in Fate))}
        line = f"{total['requests']:,} requests, {total['bytes'] / 1e6:,.1f} MB received: {fate_words(total) or 'no address yet'}"
        log.info(line)
        whole = (self.deadline - self._started).total_seconds()
        share = min(1.0, (now - self._started).total_seconds() / whole) if whole > 0 else 1.0
        update_progress_artifact(self._artifact, progress=round(100 * share, 1), description=line)


def publish_visits(receipts: list[VisitReceipt]) -> None:
    """Leave what became of the addresses of each site, and what is wrong with its sources, as artifacts."""
    sites = outcomes_by_site(receipts)
    rows = [{"site": site, **{fate.value: counts.get(fate.value, 0) for fate in Fate}} for site, counts in sites.items()]
    if rows:
        create_table_artifact(rows, key="sites", description="What became of the addresses that each site announced")
    if notes := [note for receipt in receipts for note in receipt.notes]:
        problems = [{"site": note.site, "source": note.url, "what": note.what} for note in notes]
        create_table_artifact(problems, key="sources", description="Sources that are silent, or that something is wrong with")
        for note in notes[:MOST_SHARDS_NAMED]:
            log.warning("%s: %s: %s", note.site, note.url, note.what)
