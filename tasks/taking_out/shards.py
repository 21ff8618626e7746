"""A shard whose rows are taken out: articles become rejections, its file of captures is blanked, and its receipt follows.

A note holds the receipt while there is none, so that who is stopped in between is followed up by the next removal, and needs no
archive for it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tasks.collecting.tapes import to_press_key
from tasks.errors import BrokenShard, RetryLater
from tasks.press import held_shard
from tasks.reading import Positions, positions_of
from tasks.reasons import Reason, Stage
from tasks.recipe import digest_of
from tasks.records import REJECTION_SCHEMA
from tasks.rejected import Row
from tasks.removals import Removed
from tasks.rewriting import PartRows, Rewrite, part_anew, read_part, receipt_after, withdraw, write_part
from tasks.shards import Receipt, Shard, all_receipts, read_receipt
from tasks.storage import NotFound, Store
from tasks.taking_out.captures import Captures
from tasks.taking_out.finding import Hits, hits_in, row_hits

NOTES = "state/removing/shards/"


@dataclass(frozen=True, slots=True)
class Taking:
    """What all shards have in common: the corpus, all that was ever removed, the removal at hand.

    ``beat`` is called while somebody else is waited for.
    """

    store: Store
    removed: Removed
    removal_id: str
    captures: Captures
    beat: Callable[[], object] = lambda: True

    def hits(self, receipt: Receipt) -> Hits:
        """What of a finished shard is named."""
        return hits_in(self.store, (one.key for one in receipt.objects if one.rows), self.removed, self.removal_id)


@contextmanager
def held(taking: Taking, source: str, name: str) -> Iterator[None]:
    """Hold a shard, waiting for whoever presses it."""

    def is_wanted() -> bool:
        taking.beat()
        return True

    with held_shard(taking.store, Shard(name, source, "", 0, ""), f"remove-{os.urandom(4).hex()}", is_wanted):
        yield


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken out of a shard; ``troubles``: files of captures that could not be changed, a line each."""

    hits: Hits
    captures: int
    troubles: list[str]


def take_out(taking: Taking, key: str) -> Taken:
    """Take out of a finished shard what is named. ``key``: its receipt's.

    Raises RetryLater, BrokenShard, and NotFound where the shard has no receipt any more. Memory: one part.
    """
    store = taking.store
    shard = read_receipt(store.read(key), key).shard
    with held(taking, shard.source, shard.name):
        receipt = read_receipt(store.read(key), key)
        hits = taking.hits(receipt)
        # Captures first: while their rows are what they were, whoever is stopped finds them again.
        captures, troubles = blank_files(taking, hits)
        if hits.parts or _fingerprint_now(taking, receipt) != receipt.fingerprint:
            note = _note_key(shard)
            store.write(note, receipt.to_json())
            _let_wait(taking, shard)
            withdraw(store, receipt)
            _finish(taking, receipt, hits.parts)
            store.delete(note)
    return Taken(hits, captures, troubles)


def blank_files(taking: Taking, hits: Hits) -> tuple[int, list[str]]:
    """Blank the captures behind rows, where they lie below the root; gives their number, and what could not be done."""
    captures, troubles = 0, []
    for address, ids in sorted(hits.records.items()):
        if key := taking.captures.key_of(address):
            try:
                captures += taking.captures.blank(key, ids)
            except (BrokenShard, NotFound) as error:
                troubles.append(str(error))
    return captures, troubles


def finish_left(taking: Taking) -> list[str]:
    """Finish the shards that somebody was stopped at; gives the names of those that have to be pressed again instead."""
    unfinished = []
    store = taking.store
    for found in list(store.list(NOTES)):
        receipt = read_receipt(store.read(found.key), found.key)
        shard = receipt.shard
        with held(taking, shard.source, shard.name):
            done = [one for one in all_receipts(store, shard.source) if one.shard.name == shard.name]
            if not done:
                try:
                    blank_files(taking, taking.hits(receipt))
                    _finish(taking, receipt, None)
                except (BrokenShard, NotFound):
                    # Somebody has pressed some of it by other means meanwhile: that goes on with the next run.
                    unfinished.append(shard.name)
            else:
                _forget_waiting(taking, shard)
            store.delete(found.key)
    return unfinished


def _finish(taking: Taking, receipt: Receipt, parts: set[str] | None) -> None:
    """From the receipt that was to the one that is to be; ``parts``: with rows to change, None: somebody was stopped in them."""
    now = _with_parts(taking, receipt, _shard_now(taking, receipt.shard), parts)
    taking.store.write(now.key, now.to_json())
    _forget_waiting(taking, receipt.shard)


def _shard_now(taking: Taking, shard: Shard) -> Shard:
    """The shard with the etag that its file of captures has now; archives elsewhere are as they were."""
    key = taking.captures.key_of(shard.url) if taking.captures.is_own(shard.url) else None
    return replace(shard, etag=taking.store.info(key).etag) if key else shard


def _fingerprint_now(taking: Taking, receipt: Receipt) -> str:
    return _shard_now(taking, receipt.shard).fingerprint(digest_of(receipt.recipe))


def _with_parts(taking: Taking, receipt: Receipt, shard: Shard, parts: set[str] | None) -> Receipt:
    """Write these parts anew (None: all), all where the fingerprint is another one now; gives the receipt for them."""
    fingerprint = shard.fingerprint(digest_of(receipt.recipe))
    is_all = parts is None or fingerprint != receipt.fingerprint
    keys = [one.key for one in receipt.objects if one.key.startswith("rejections/")]
    known, positions, rewrites = {receipt.fingerprint, fingerprint}, positions_of(taking.store, receipt.shard), list[Rewrite]()
    for key in keys:
        if is_all or (parts and key in parts):
            rows = _without_removed(taking, read_part(taking.store, key, known, may_be_half=parts is None), receipt, positions)
            rewrites.append(write_part(taking.store, part_anew(key, rows, positions, fingerprint)))
    entry = {"removal": taking.removal_id, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    run = {**receipt.run, "removals": [*receipt.run.get("removals", []), entry]}
    now = receipt_after(taking.store, replace(receipt, shard=shard, fingerprint=fingerprint, run=run), rewrites)
    if (now.counts.captures, now.counts.records) != (receipt.counts.captures, receipt.counts.records):
        raise BrokenShard(f"{shard.name} is not of one piece any more: press it again")
    return now


def _without_removed(taking: Taking, rows: PartRows, receipt: Receipt, positions: Positions) -> PartRows:
    """The part's rows, those that are named as rejections."""
    source, recipe = receipt.shard.source, digest_of(receipt.recipe)
    # Who was stopped between a part's two objects has left a row in both.
    rejections = {positions.of(row["warc_file"], row["warc_offset"]): _rejection(taking, row) for row in rows.rejections}
    articles = []
    for row in rows.articles:
        if removal := row_hits(row, taking.removed):
            rejections[positions.of(row["warc_file"], row["warc_offset"])] = _out(
                {**row, "source": source, "recipe": recipe}, removal
            )
        elif positions.of(row["warc_file"], row["warc_offset"]) not in rejections:
            articles.append(row)
    return PartRows(rows.footer, list(rejections.values()), articles)


def _rejection(taking: Taking, row: Row) -> Row:
    if row["reason"] == Reason.REMOVED.value:
        return row
    removal = taking.removed.matches(row["url"])
    return _out(row, removal) if removal else row


def _out(row: Row, removal: str) -> Row:
    told = {**row, "stage": Stage.CLASSIFY.value, "reason": Reason.REMOVED.value, "detail": removal}
    return {name: told[name] for name in REJECTION_SCHEMA.names}


def drop_loose_parts(taking: Taking, folder: str, keys: list[str]) -> Hits:
    """Delete parts of an unfinished shard from the first on that holds what is named: the next run goes on from there.

    ``folder``: SOURCE/MONTH/NAME; ``keys``: of its objects, in their order. Raises RetryLater where it was finished meanwhile.
    """
    store = taking.store
    source, month, name = folder.split("/")
    with held(taking, source, name):
        if store.exists(f"receipts/{folder}.json"):
            raise RetryLater(f"{name} in {month} was finished meanwhile: start the same command again")
        hits = hits_in(store, keys, taking.removed)
        first = min(hits.parts, default="")
        for key in reversed(keys) if first else ():
            if f"rejections/{key.partition('/')[2]}" >= first:
                store.delete(key)
    return hits


def _note_key(shard: Shard) -> str:
    return f"{NOTES}{shard.source}/{shard.name}.json"


def _let_wait(taking: Taking, shard: Shard) -> None:
    """Have collect press its captures, should nobody finish this: for nobody else a shard without a receipt is amiss."""
    if taking.captures.is_own(shard.url):
        key = shard.url.removeprefix(f"{taking.store.url}/")
        taking.store.write(to_press_key(shard.source, key), key.encode())


def _forget_waiting(taking: Taking, shard: Shard) -> None:
    if taking.captures.is_own(shard.url):
        taking.store.delete(to_press_key(shard.source, shard.url))
