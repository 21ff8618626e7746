"""What makes an edition one: who may make it, and what is written when its files are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tasks.cards.in_place import card_in_place
from tasks.curating.line_table import write_line_table
from tasks.editions import Edition
from tasks.errors import FixTheRun, PressError
from tasks.leases import Lease
from tasks.storage import Store


@contextmanager
def alone(store: Store, run_id: str) -> Iterator[Lease]:
    """Keep everybody else from curating: two at once would delete what the other one needs. Raises FixTheRun when somebody does."""
    lease = Lease(store, "state/leases/curate/", run_id, is_strict=True)
    if not lease.take():
        raise FixTheRun(f"another run curates {store.url} now: wait for its end, or for two minutes where it was killed elsewhere")
    try:
        yield lease
    finally:
        with suppress(PressError):  # it goes stale by itself
            lease.release()


def publish(store: Store, edition: Edition, beat: Callable[[], object]) -> None:
    """Write the table of lines, the card, and the manifest, which is the commit.

    ``beat`` is called for every file and before the manifest: it says that the work goes on, and raises where it is another's.
    """
    write_line_table(store, edition, beat)
    store.write(f"curated/{edition.name}/README.md", card_in_place(store, edition, beat).encode())
    beat()
    edition.write(store)
