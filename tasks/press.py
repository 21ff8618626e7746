"""One shard from archive to receipt: a lazy stream, memory bounded by one part."""

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import BinaryIO

from tasks.archive.reading import Reading, ReadLimits, read_archive
from tasks.errors import RetryLater
from tasks.isolation import Pending, Step, warm_page_process
from tasks.pages.classify import classify, classify_body
from tasks.pages.decoding import BodyTooBig, Undecodable, decode_body, payload_digest
from tasks.parts import PartWriter, Place, committed_parts, part_objects
from tasks.recipe import Recipe
from tasks.records import Article, Capture, Page, Reason, Rejection, Stage, reject
from tasks.shards import Receipt, Shard, add_counts
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
    """Press one shard, going on after its last committed part; raises RetryLater or BrokenShard."""
    started, clock = datetime.now(UTC), time.process_time()
    shard, recipe = order.shard, order.recipe
    pages = warm_page_process(recipe)
    cpu_before = pages.cpu_seconds
    with open_archive(shard) as stream:
        place = Place(store, shard, month_of(stream, shard, recipe), shard.fingerprint(recipe))
        if order.replaces:
            store.delete(order.replaces)
        parts, seen = committed_parts(place)
        resumed = len(parts)
        start = parts[-1].footer.next_offset if parts else 0
        readings = read_archive(stream, shard.url, read_limits(recipe), start)
        steps = pages.press_in_order(_steps(readings, shard.source, seen, recipe))
        _collect(steps, PartWriter(place, recipe, parts), watch)
    objects = tuple(stored for part in parts for stored in part.objects)
    delete_leftovers(place, {stored.key for stored in objects})
    counts = add_counts(part.footer.counts for part in parts)
    run = {
        "run_id": watch.run_id,
        "started_at": started.isoformat(timespec="seconds"),
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "host": f"{socket.gethostname()}:{os.getpid()}",
        "resumed_parts": resumed,
        "extraction_cpu_seconds": round(pages.cpu_seconds - cpu_before, 3),
        "other_cpu_seconds": round(time.process_time() - clock, 3),
    }
    receipt = Receipt(shard, place.fingerprint, recipe.described(), place.month, counts, objects, run)
    store.write(receipt.key, receipt.to_json())
    return receipt


def open_archive(shard: Shard) -> BinaryIO:
    """Open a shard's archive for reading; raises RetryLater when it is not the one that was planned."""
    source, key = open_object(shard.url)
    if source.info(key).etag != shard.etag:
        raise RetryLater(f"{shard.url} was replaced after the run was planned: start the run again")
    return source.open(key)


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


def _collect(steps: Iterable[Step], writer: PartWriter, watch: Watch) -> None:
    """Hand every step to the writer, telling about progress; stops when nobody wants the shard any more."""
    shard = writer.place.shard.name
    captures = sum(part.footer.captures for part in writer.parts)
    articles = sum(part.footer.articles for part in writer.parts)
    last_told = time.monotonic()
    for step in steps:
        if not watch.is_wanted():
            raise RetryLater(f"{shard} was cancelled: the next run goes on after its part {len(writer.parts)}")
        writer.add(step.record_type, step.outcome, step.next_offset)
        captures += step.outcome is not None
        articles += isinstance(step.outcome, Article)
        if time.monotonic() - last_told >= TELL_EVERY_SECONDS:
            last_told = time.monotonic()
            watch.tell(Progress(shard, captures, articles, step.next_offset, len(writer.parts)))
    writer.commit()
