"""Another machine's clock against this one's, as far as one question and its answer can tell."""

from dataclasses import dataclass

from flows.checks.findings import Finding, fail, ok, warn

# Gaps between visits are kept by clocks.
WARN_SECONDS = 1.0
# S3 refuses at 15 minutes; long before that, what is late and what is stale cannot be told.
FAIL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Reading:
    """Unix seconds: our clock before and after the question, and between which times the other one stood meanwhile."""

    sent: float
    received: float
    earliest: float
    latest: float

    @property
    def offset_seconds(self) -> float:
        """By how much the other clock is ahead, at the least; negative: behind; 0 where the two may agree."""
        if self.earliest > self.received:
            return self.earliest - self.received
        return min(0.0, self.latest - self.sent)


def clock_finding(readings: dict[str, Reading]) -> Finding:
    """How the clocks of some others, by name, agree with ours: the worst of them is told."""
    whose, reading = max(readings.items(), key=lambda named: abs(named[1].offset_seconds))
    seconds = reading.offset_seconds
    if abs(seconds) <= WARN_SECONDS:
        return ok(f"{whose} and this machine agree" if len(readings) == 1 else f"{len(readings)} clocks and this one agree")
    found = f"that of {whose} is {abs(seconds):.1f} s {'ahead of' if seconds > 0 else 'behind'} this machine's"
    return (fail if abs(seconds) > FAIL_SECONDS else warn)(found, "set both by NTP (timedatectl, chronyc tracking)")
