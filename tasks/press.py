"""One shard from archive to receipt: a lazy stream, memory bounded by one part."""

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

from tasks.archive.reading import Reading, ReadLimits, read_archive
from tasks.errors import PressError, RetryLater
from tasks.isolation import PageProcess, Pending, Step, warm_page_process
from tasks.leases import Lease
from tasks.pages.classify import classify, classify_body
from tasks.pages.decoding import BodyTooBig, Undecodable, decode_body, payload_digest
from tasks.parts import PartWriter, Place, committed_parts, part_objects
from tasks.recipe import Recipe
from tasks.records import Article, Capture, Page, Reason, Rejection, Stage, reject
from tasks.shards import Receipt, Shard, add_counts, read_receipt, receipt_key
from tasks.storage import Store, open_object

# A record's head stands before its payload: the reader may take that much more than the recipe's limit.
HEAD_BYTES = 1_000_000
TELL_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a shard is: counts, and the offset in the archive up to which it has outcomes. Told while working, kept nowhere."""

    shard: str
    captures: int
    articles: int
    offset: int
    parts: int


@dataclass(frozen=True, slots=True)
class Watch:
    """What a press run has to do with the outside: who it is, whom it tells, whether it is still wanted."""

    run_id: str = "by-hand"
    tell: Callable[[Progress], None] = lambda progress: None  # noqa: ARG005
    is_wanted: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True)
class Order:
    """All that a worker is told about one shard: names, never pages. ``replaces`` is the key of an outdated receipt."""

    store_url: str
    shard: Shard
    recipe: Recipe
    replaces: str | None = None


def press_shard(store: Store, order: Order, watch: Watch) -> Receipt:
    """Press one shard, going on after its last committed part; raises RetryLater or BrokenShard.

    One at a time: while another run has the shard this one waits, and takes its receipt when it comes.
    """
    shard = order.shard
    with held_shard(store, shard, watch.run_id, watch.is_wanted) as lease, open_archive(shard) as stream:
        place = Place(store, shard, month_of(stream, shard, order.recipe), shard.fingerprint(order.recipe))
        return finished_receipt(place, order.replaces) or _press(stream, order, place, watch, lease)


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


def finished_receipt(place: Place, outdated: str | None) -> Receipt | None:
    """The receipt of this very work, where another run, or a worker that died afterwards, has done it already.

    Receipts of another input or recipe, at their place or under the key ``outdated``, are withdrawn: the parts will change.
    """
    key = receipt_key(place.shard, place.month)
    if place.store.exists(key):
        receipt = read_receipt(place.store.read(key), key)
        if receipt.fingerprint == place.fingerprint:
            return receipt
        place.store.delete(key)
    if outdated:
        place.store.delete(outdated)
    return None


def _press(stream: BinaryIO, order: Order, place: Place, watch: Watch, lease: Lease) -> Receipt:
    account = Account(watch.run_id, pages := warm_page_process(order.recipe))
    parts, seen = committed_parts(place)
    account.resumed_parts = len(parts)
    start = parts[-1].footer.next_offset if parts else 0
    readings = read_archive(stream, place.shard.url, read_limits(order.recipe), start)
    steps = pages.press_in_order(_steps(readings, place.shard.source, seen, order.recipe))
    _collect(steps, PartWriter(place, order.recipe, parts), watch, lease)
    check_unchanged(place.shard)
    objects = tuple(stored for part in parts for stored in part.objects)
    delete_leftovers(place, {stored.key for stored in objects})
    counts = add_counts(part.footer.counts for part in parts)
    recipe = order.recipe.described()
    receipt = Receipt(place.shard, place.fingerprint, recipe, place.month, counts, objects, account.closed())
    place.store.write(receipt.key, receipt.to_json())
    return receipt


class Account:
    """What a shard cost, for its receipt: times, place, CPU seconds of the extraction and of all else."""

    def __init__(self, run_id: str, pages: PageProcess) -> None:
        """Starts to count."""
        self.run_id, self.pages, self.resumed_parts = run_id, pages, 0
        self._started, self._own, self._extraction = datetime.now(UTC), time.process_time(), pages.cpu_seconds

    def closed(self) -> dict[str, Any]:
        """The sums, as they stand in the receipt."""
        return {
            "run_id": self.run_id,
            "started_at": self._started.isoformat(timespec="seconds"),
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "host": f"{socket.gethostname()}:{os.getpid()}",
            "resumed_parts": self.resumed_parts,
            "extraction_cpu_seconds": round(self.pages.cpu_seconds - self._extraction, 3),
            "other_cpu_seconds": round(time.process_time() - self._own, 3),
        }


def open_archive(shard: Shard) -> BinaryIO:
    """Open a shard's archive for reading; raises RetryLater when it is not the one that was planned."""
    check_unchanged(shard)
    source, key = open_object(shard.url)
    return source.open(key)


def check_unchanged(shard: Shard) -> None:
    """Raise RetryLater when the archive is not the one that was planned: with its new identity its shard starts anew."""
    source, key = open_object(shard.url)
    if source.info(key).etag != shard.etag:
        raise RetryLater(f"{shard.url} was replaced after the run was planned: start the run again")


def month_of(stream: BinaryIO, shard: Shard, recipe: Recipe) -> str:
    """Month (YYYY-MM, UTC) of the archive's first dated capture, or ``undated``; leaves the stream at its start."""
    found = (reading.found for reading in read_archive(stream, shard.url, read_limits(recipe)))
    dates = (outcome.captured_at for outcome in found if outcome is not None and outcome.captured_at)
    first = next(dates, None)
    stream.seek(0)
    return first.strftime("%Y-%m") if first else "undated"


def delete_leftovers(place: Place, kept: set[str]) -> None:
    """Delete what an earlier recipe or an earlier input left in this shard's folders."""
    for found in part_objects(place):
        if found.key not in kept:
            place.store.delete(found.key)


def unpack(capture: Capture, source: str, seen: set[str], recipe: Recipe) -> Page | Rejection:
    """Classify a capture and undo its encodings; ``seen`` holds the digests of the shard's pages so far and grows."""
    if refused := classify(capture, recipe.max_payload_bytes):
        return refused
    try:
        body = decode_body(capture.payload, capture.http_headers, recipe.max_payload_bytes)
    except Undecodable as error:
        return reject(capture, Stage.DECODE, Reason.UNDECODABLE, str(error))
    except BodyTooBig as error:
        return reject(capture, Stage.DECODE, Reason.PAYLOAD_TOO_BIG, str(error))
    if refused := classify_body(capture, body.data):
        return refused
    digest = payload_digest(body.data)
    if digest in seen:
        return reject(capture, Stage.CLASSIFY, Reason.DUPLICATE_PAYLOAD, None, digest)
    seen.add(digest)
    truncated = capture.truncated or ("encoding" if body.ends_early else None)
    return Page(replace(capture, payload=b""), body.data, digest, truncated, source)


def read_limits(recipe: Recipe) -> ReadLimits:
    """What the archive reader may hold in memory for one record."""
    return ReadLimits(max_record_bytes=recipe.max_payload_bytes + HEAD_BYTES)


def _steps(readings: Iterable[Reading], source: str, seen: set[str], recipe: Recipe) -> Iterator[Pending]:
    for reading in readings:
        found = reading.found
        unpacked = unpack(found, source, seen, recipe) if isinstance(found, Capture) else found
        yield Pending(reading.record_type, unpacked, reading.next_offset)


def _cancelled(shard: Shard) -> RetryLater:
    return RetryLater(f"{shard.name} was cancelled: the next run goes on after its last part")


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
            watch.tell(Progress(shard, captures, articles, step.next_offset, len(writer.parts)))
    writer.commit()
