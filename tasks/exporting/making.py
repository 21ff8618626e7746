"""Makes an export: one file after the other, each whole, the receipt last."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from tasks.cards.card import Layout, card
from tasks.cards.facts import gather_facts
from tasks.components import load_component
from tasks.editions import Edition, edition_names, read_edition
from tasks.errors import FixTheRun
from tasks.exporting.orders import ExportOrder, ExportReceipt
from tasks.exporting.place import CARD, Place
from tasks.exporting.writing import Way, stored_object, write_files, written_schema
from tasks.storage import Store, open_store


@dataclass(frozen=True, slots=True)
class Export:
    """An export that is whole: where it lies; ``was_done``: by an earlier run, nothing was written now."""

    place: str
    receipt: ExportReceipt
    was_done: bool = False

    @property
    def size_bytes(self) -> int:
        """All of its files."""
        return sum(file.size_bytes for file in self.receipt.files)


def export(store: Store, order: ExportOrder, out: str, tell: Callable[[str], None] = lambda _: None) -> Export:
    """Write an edition's chosen articles to a folder or an address (``out``); ``tell`` is given a line for each file.

    Raises FixTheRun where the edition or its articles are not to be had, or something else lies at the place. Memory: a packed
    file, at most some 200 MB, and two row groups.
    """
    edition = read_edition(store, order.edition)
    fingerprint = order.fingerprint(edition)
    layout, place = layout_of(order, fingerprint), Place(_writable(out))
    if done := place.finished(fingerprint):
        return Export(place.store.url, done, was_done=True)
    tell(f"counting the articles of {edition.name} ...")
    facts = gather_facts(store, edition, order.choice)
    if not facts.articles:
        raise FixTheRun(f"no article of the edition {edition.name} is chosen: leave out --language or --originals")
    there = place.begin(fingerprint)
    files = write_files(Way(store, place.store, order), edition, there, tell)
    text = card(edition, facts, layout).encode()
    place.store.write(CARD, text)
    receipt = ExportReceipt(fingerprint, asdict(order), facts.articles, (*files, stored_object(CARD, 0, text)))
    place.finish(receipt)
    return Export(place.store.url, receipt)


def _writable(out: str) -> Store:
    store = open_store(out)
    if not store.is_listable:
        raise FixTheRun(f"{out} cannot be written to: name a folder or s3://bucket/prefix")
    return store


def layout_of(order: ExportOrder, fingerprint: str) -> Layout:
    """How the card speaks of the files of an export."""
    kind, schema = load_component("exporting.kinds", order.kind), written_schema(order)
    columns = tuple((field.name, field.metadata[b"description"].decode()) for field in schema)
    return Layout((kind.part(schema),), fingerprint, kind.FORM, columns, (order.command,))


def all_editions(store: Store) -> list[Edition]:
    """The finished editions, the newest last."""
    editions = [read_edition(store, name) for name in edition_names(store)]
    return sorted(editions, key=lambda edition: (edition.finished_at, edition.name))


def newest_edition(store: Store) -> str:
    """The name of the edition that was finished last; raises FixTheRun where there is none."""
    editions = all_editions(store)
    if not editions:
        raise FixTheRun(f"{store.url} has no edition yet: `pressrun curate` makes one")
    return editions[-1].name
