"""One shard from archive to receipt: a lazy stream, memory bounded by one part."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace

from tasks.accounts import Account
from tasks.archive.reading import Reading, ReadLimits
from tasks.errors import BrokenShard, PressError, RetryLater
from tasks.hosts import wanted_hosts
from tasks.isolation import Pending, Step, warm_page_process
from tasks.leases import Lease
from tasks.pages.unpacking import reject_duplicate, unpack
from tasks.parts import PartWriter, Place, committed_parts, part_folders, part_objects
from tasks.reading import read_shard
from tasks.recipe import Recipe
from tasks.records import Article, Capture, Page
from tasks.removals import Removed, keep_out, keep_out_article, removed_on
from tasks.shards import Receipt, Shard, add_counts, read_receipt, receipt_key
from tasks.splits import duplicates_in
from tasks.storage import NotFound, Store, open_object

TELL_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a shard is: counts, bytes of it that have outcomes, and the place in the archive that comes next. Kept nowhere."""

    shard: str
    captures: int
    articles: int
    pressed_bytes: int
    parts: int
    next_offset: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """What a press run has to do with the outside: who it is, whom it tells, whether it is still wanted."""

    run_id: str = "by-hand"
    tell: Callable[[Progress], None] = lambda progress: None  # noqa: ARG005
    is_wanted: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True)
class Order:
    """All that a worker is told about one shard: names, never pages. ``replaces``: keys of receipts that it makes outdated.

    ``slice_bytes``: the archive is first split into slices of this size; 0: it is pressed whole.
    """

    store_url: str
    shard: Shard
    recipe: Recipe
    replaces: tuple[str, ...] = ()
    slice_bytes: int = 0

    @property
    def name(self) -> str:
        """The shard's."""
        return self.shard.name


def press_shard(store: Store, order: Order, watch: Watch) -> Receipt:
    """Press one shard, going on after its last committed part; raises RetryLater or BrokenShard.

    One at a time: while another run has the shard this one waits, and takes its receipt when it comes.
    """
    shard = order.shard
    with held_shard(store, shard, watch.run_id, watch.is_wanted) as lease:
        check_unchanged(shard)
        place = Place(store, shard, month_of(store, shard, order.recipe), shard.fingerprint(order.recipe.id))
        return finished_receipt(place, order.replaces) or _press(order, place, watch, lease)


@contextmanager
def held_shard(store: Store, shard: Shard, run_id: str, is_wanted: Callable[[], bool]) -> Iterator[Lease]:
    """Hold a shard's lease, waiting for it; raises RetryLater when nobody wants to wait any more."""
    lease = Lease(store, f"state/leases/{shard.source}/{shard.name}/", run_id)
    if not lease.wait(is_wanted):
        raise _cancelled(shard)
    try:
        yield lease
    finally:
        with suppress(PressError):  # it goes stale by itself
            lease.release()


def finished_receipt(place: Place, outdated: tuple[str, ...]) -> Receipt | None:
    """The receipt of this very work, where another run, or a worker that died afterwards, has done it already.

    Receipts of another input or recipe, at their place or under the key ``outdated``, are withdrawn: the parts will change.
    """
    key = receipt_key(place.shard, place.month)
    if place.store.exists(key):
        receipt = read_receipt(place.store.read(key), key)
        if receipt.fingerprint == place.fingerprint:
            return receipt
        place.store.delete(key)
    for outdated_key in outdated:
        _withdraw(place, outdated_key)
    return None


def start_anew(store: Store, order: Order) -> None:
    """Take back what is done of an order already, so that all of it is pressed again."""
    shard = order.shard
    for key in order.replaces:
        receipt = read_receipt(store.read(key), key)
        if receipt.shard.name == shard.name:
            store.delete(key)
            for found in part_objects(Place(store, shard, receipt.month, receipt.fingerprint)):
                store.delete(found.key)


def _withdraw(place: Place, key: str) -> None:
    """Take back a receipt, and first what it vouches for in other folders than the shard's own, which nobody would clean up."""
    try:
        receipt = read_receipt(place.store.read(key), key)
    except NotFound:
        return
    own = part_folders(place)
    for stored in receipt.objects:
        if not stored.key.startswith(own):
            place.store.delete(stored.key)
    place.store.delete(key)


def _press(order: Order, place: Place, watch: Watch, lease: Lease) -> Receipt:
    account = Account(watch.run_id, pages := warm_page_process(order.recipe))
    parts, seen = committed_parts(place)
    account.resumed_parts = len(parts)
    start = parts[-1].footer.next_offset if parts else 0
    readings = read_shard(place.store, place.shard, ReadLimits(order.recipe.max_record_bytes), start)
    removed = removed_on(place.store)
    pressed = pages.press_in_order(_steps(readings, place, order.recipe, seen, removed))
    steps = _located(_without_removed(pressed, removed) if removed else pressed, place.shard, start)
    _collect(steps, PartWriter(place, order.recipe, parts), replace(watch, tell=account.hear(watch.tell)), lease)
    check_unchanged(place.shard)
    objects = tuple(stored for part in parts for stored in part.objects)
    delete_leftovers(place, {stored.key for stored in objects})
    counts = add_counts(part.footer.counts for part in parts)
    recipe = order.recipe.described()
    receipt = Receipt(place.shard, place.fingerprint, recipe, place.month, counts, objects, account.closed())
    place.store.write(receipt.key, receipt.to_json())
    return receipt


def check_unchanged(shard: Shard) -> None:
    """Raise RetryLater when the archive is not the one that was planned: with its new identity its shard starts anew."""
    if shard.is_list:
        return
    source, key = open_object(shard.url, shard.option("access"))
    if source.info(key).etag != shard.etag:
        raise RetryLater(f"{shard.url} was replaced after the run was planned: start the run again")


def month_of(store: Store, shard: Shard, recipe: Recipe) -> str:
    """Month (YYYY-MM, UTC) of the shard's first dated capture, or ``undated``."""
    with closing(read_shard(store, shard, ReadLimits(recipe.max_record_bytes))) as readings:
        found = (reading.found for reading in readings)
        dates = (outcome.captured_at for outcome in found if outcome is not None and outcome.captured_at)
        first = next(dates, None)
    return first.strftime("%Y-%m") if first else "undated"


def delete_leftovers(place: Place, kept: set[str]) -> None:
    """Delete what an earlier recipe or an earlier input left in this shard's folders."""
    for found in part_objects(place):
        if found.key not in kept:
            place.store.delete(found.key)


def _steps(readings: Iterable[Reading], place: Place, recipe: Recipe, seen: set[str], removed: Removed) -> Iterator[Pending]:
    """Unpack what was read; bodies that came before in another slice of the same archive are duplicates."""
    source, again, hosts = place.shard.source, duplicates_in(place.store, place.shard), wanted_hosts(place.store, recipe.only_hosts)
    for reading in readings:
        found = reading.found
        unpacked = unpack(found, source, seen, recipe, hosts) if isinstance(found, Capture) else found
        if isinstance(unpacked, Page) and unpacked.capture.at.warc_offset in again:
            unpacked = reject_duplicate(unpacked.capture, unpacked.payload_digest)
        kept = keep_out(unpacked, removed) if removed and unpacked else unpacked
        yield Pending(reading.record_type, kept, reading.next_offset)


def _without_removed(steps: Iterable[Step], removed: Removed) -> Iterator[Step]:
    """What was taken out by its id, or by the address that it calls its own, is known once it is read."""
    for step in steps:
        yield replace(step, outcome=keep_out_article(step.outcome, removed))


def _cancelled(shard: Shard) -> RetryLater:
    return RetryLater(f"{shard.name} was cancelled: the next run goes on after its last part")


def _located(steps: Iterable[Step], shard: Shard, start: int) -> Iterator[Step]:
    """Hand steps on; an error on the way to the next one says where in which archive that is."""
    position = start
    try:
        for step in steps:
            yield step
            position = step.next_offset
    except (RetryLater, BrokenShard) as error:
        where = "" if shard.url in str(error) else f"{shard.url}: "
        raise type(error)(f"{where}{error}; read up to byte {position}") from error


def _collect(steps: Iterable[Step], writer: PartWriter, watch: Watch, lease: Lease) -> None:
    """Hand every step to the writer, telling about progress; stops when the shard is cancelled, or another's by now."""
    shard = writer.place.shard.name
    captures = sum(part.footer.captures for part in writer.parts)
    articles = sum(part.footer.articles for part in writer.parts)
    last_told, told_parts = time.monotonic(), len(writer.parts)
    for step in steps:
        if not watch.is_wanted():
            raise _cancelled(writer.place.shard)
        if not lease.beat():
            raise RetryLater(f"{shard} was taken over by another run while this one made no progress")
        writer.add(step.record_type, step.outcome, step.next_offset)
        captures += step.outcome is not None
        articles += isinstance(step.outcome, Article)
        if len(writer.parts) > told_parts or time.monotonic() - last_told >= TELL_EVERY_SECONDS:
            last_told, told_parts = time.monotonic(), len(writer.parts)
            reached = _reached(writer.place.shard, step.next_offset)
            watch.tell(Progress(shard, captures, articles, reached, len(writer.parts), step.next_offset))
    writer.commit()


def _reached(shard: Shard, position: int) -> int:
    """Bytes of a shard up to a position; of a list none before it is done, for its positions are no bytes."""
    first = shard.span[0] if shard.span else 0
    return 0 if shard.is_list else min(position - first, shard.pressed_bytes)
