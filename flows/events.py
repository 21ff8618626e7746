"""Events of ours on Prefect's event stream: what alarms are made of (infra/alarms.yaml)."""

from collections.abc import Iterable

from prefect import runtime
from prefect.events import emit_event

from tasks.collecting.orders import VisitReceipt
from tasks.manifests import Manifest

SOURCE_SILENT = "pressrun.source.silent"
REJECTIONS_HIGH = "pressrun.rejections.high"
RUN_OVERDUE = "pressrun.run.overdue"

LEAST_CAPTURES = 100  # of fewer a share says nothing
OVERDUE_FACTOR, OVERDUE_SECONDS = 2.0, 300.0


def tell(event: str, run_id: str, message: str) -> None:
    """Send one, with a line for a person; Prefect adds by itself which flow run it comes from."""
    name = str(runtime.flow_run.name or run_id)
    emit_event(
        event,
        resource={"prefect.resource.id": f"pressrun.run.{run_id}", "prefect.resource.name": name},
        payload={"message": message},
    )


def tell_of_rejections(manifest: Manifest, most: float) -> None:
    """Tell when the share of rejected captures is above ``most``."""
    counts = manifest.counts
    if counts.captures >= LEAST_CAPTURES and counts.rejected > most * counts.captures:
        reason, number = max(counts.rejections.items(), key=lambda each: each[1])
        share = counts.rejected / counts.captures
        why = f"{reason} is the reason for {number:,}"
        tell(REJECTIONS_HIGH, manifest.run_id, f"{share:.0%} of {counts.captures:,} captures were rejected, {why}")


def tell_of_silence(receipts: Iterable[VisitReceipt], run_id: str) -> None:
    """Tell, in one event, of the sources that have been silent for longer than their habit."""
    notes = [note for receipt in receipts for note in receipt.notes if note.is_silent]
    if notes:
        more = f", and {len(notes) - 1} more" if len(notes) > 1 else ""
        tell(SOURCE_SILENT, run_id, f"{notes[0].site}: {notes[0].url}: {notes[0].what}{more}")


class Patience:
    """Tells, once, that a run takes much longer than was expected of it."""

    def __init__(self, run_id: str, expected_seconds: float) -> None:
        """``expected_seconds``: 0 where nothing is known yet."""
        self._run_id, self._expected, self._is_lost = run_id, expected_seconds, expected_seconds <= 0

    def look(self, elapsed_seconds: float) -> None:
        """See whether it is lost by now."""
        if not self._is_lost and elapsed_seconds > OVERDUE_FACTOR * self._expected + OVERDUE_SECONDS:
            self._is_lost = True
            expected = f"{self._expected / 60:,.0f} min were expected"
            tell(RUN_OVERDUE, self._run_id, f"{elapsed_seconds / 60:,.0f} min and not done, where {expected}")
