"""What people see while an edition is made: which step it is at, and how far."""

import time
from datetime import UTC, datetime
from typing import Any

from flows.monitor import Ticker

# Shares of the time, as measured on a first edition: what is left is told by them.
STEPS = {
    "look at articles": 0.55,
    "find copies": 0.05,
    "list doubts": 0.01,
    "read shingles": 0.08,
    "compare shingles": 0.01,
    "make clusters": 0.02,
    "find repeated lines": 0.08,
    "write files": 0.2,
}


class EditionBoard:
    """What is known of an edition that is being made."""

    def __init__(self, articles: int, links: list[str]) -> None:
        """``articles``: how many it will be made of."""
        self.articles, self.links = articles, links
        self._step, self._done, self._total, self._before = "", 0, 0, 0.0
        self._times: dict[str, float] = {}
        self._began = time.monotonic()
        self._ticker = Ticker("edition")

    def begin(self, step: str, orders: int) -> None:
        """A step begins."""
        self._before += STEPS.get(self._step, 0)
        self._step, self._done, self._total, self._began = step, 0, orders, time.monotonic()

    def end(self) -> None:
        """The step is done."""
        self._times[self._step] = time.monotonic() - self._began
        self._tell()

    def hear(self, facts: dict[str, Any]) -> None:
        """Steps tell nothing on the way."""

    def parts_of(self, name: str) -> int:  # noqa: ARG002
        """Steps have none."""
        return 0

    def received(self, receipt: Any) -> None:  # noqa: ARG002
        """One order of the step is done."""
        self._done += 1

    def tick(self) -> None:
        """Say how far it is, when it is time to; called from the flow's own thread."""
        if self._ticker.is_due():
            self._tell()

    def _tell(self) -> None:
        share = self._before + STEPS[self._step] * (self._done / self._total if self._total else 1.0)
        line = f"{share:.0%} of {self.articles:,} articles: {self._step}, {self._done:,} of {self._total:,}"
        page = [
            *(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, {self.articles:,} articles", "", "| step | seconds |", "|---|---:|"),
            *(f"| {step} | {seconds:,.0f} |" for step, seconds in self._times.items()),
            *([f"| **{self._step}** | {self._done:,} of {self._total:,} |"] if self._step not in self._times else []),
            *["", *self.links],
        ]
        self._ticker.tell(min(1.0, share), line, page)
