"""Makes a report and puts it where it belongs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tasks.errors import FixTheRun
from tasks.report.facts import Facts
from tasks.report.gathering import find_run, gather
from tasks.report.page import render
from tasks.storage import Store


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was made: where it lies, its size, and what it tells."""

    place: str
    size_bytes: int
    facts: Facts

    @property
    def link(self) -> str:
        """The place in Markdown. Only the web opens from a link in the Prefect UI: a folder or a bucket is for copying."""
        return f"[{self.place}]({self.place})" if self.place.startswith("https://") else f"`{self.place}`"


def report_key(run_id: str) -> str:
    """Where the report of a run lies, or with an empty id that of the corpus, below the root."""
    return f"runs/{run_id}/report.html" if run_id else "report.html"


def make_report(store: Store, run: str = "", out: str = "") -> Report:
    """Count, draw and write the report of the whole corpus, or of one run: its id, the beginning of it, or ``latest``.

    ``out``: a local file to write in place of the object on the store. Raises FixTheRun where there is nothing to tell.
    """
    run_id = find_run(store, run) if run else ""
    facts = gather(store, run_id, datetime.now(UTC))
    page = render(facts).encode()
    if not out:
        store.write(report_key(run_id), page)
        return Report(f"{store.url}/{report_key(run_id)}", len(page), facts)
    try:
        Path(out).write_bytes(page)
    except OSError as error:
        raise FixTheRun(f"cannot write the report to {out}: {error.strerror}") from error
    return Report(out, len(page), facts)
