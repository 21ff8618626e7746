"""The second step: pairs of articles that are copies of each other, band by band, the new ones against all."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tasks.curating.places import ADDRESS_BAND, BAND_ROWS, JOINS, PAIRS, PAYLOAD_BAND, TEXT_BAND, band_key
from tasks.curating.shingles import words_of
from tasks.curating.tables import bytes_of, delete_below, joined, keys_below, read_span, read_table, write_table
from tasks.dedup.bands import SKETCH_BYTES, Band, Places, alike, similarity
from tasks.dedup.components import Edges, star
from tasks.dedup.signatures import Numbers
from tasks.errors import RetryLater
from tasks.recipe import digest_of
from tasks.storage import Store

# Rows of a band that a worker holds at once: 40 MB of them, and some copies.
ROWS_AT_ONCE = 500_000
# What calls another page its own address has to resemble it: sites name their front page, or page one of ten.
LEAST_OF_A_CLAIM = 0.3
# Claims are compared with captures so many pairs at a time: hundreds of pages may name a page that was captured every hour.
CLAIMS_AT_ONCE = 200_000
KEYS = 2**64


@dataclass(frozen=True, slots=True)
class Join:
    """What is joined: names of batches that have not been yet, and of those that have."""

    new: tuple[str, ...]
    old: tuple[str, ...]

    @property
    def name(self) -> str:
        """16 hex digits that follow from its batches."""
        return digest_of([sorted(self.new), sorted(self.old)])

    @property
    def folder(self) -> str:
        """Where its pairs lie."""
        return f"{JOINS}{self.name}/"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a band: its keys from ``number`` / ``of`` of all on."""

    band: str
    number: int
    of: int

    @property
    def span(self) -> tuple[int, int]:
        """Keys ``[first, end)``."""
        return self.number * KEYS // self.of, (self.number + 1) * KEYS // self.of

    def key(self, join: Join) -> str:
        """Where its pairs lie."""
        return f"{join.folder}{self.band}-{self.number:05d}.parquet"


def joined_before(store: Store) -> tuple[list[str], set[str]]:
    """Folders of finished joins, and the batches that they have joined."""
    folders, batches = [], set()
    for found in store.list(JOINS):
        if found.key.endswith("/note.json"):
            folders.append(found.key.removesuffix("note.json"))
            batches |= set(json.loads(store.read(found.key))["new"])
    return folders, batches


def forget_unfinished(store: Store, going: Join) -> None:
    """Delete pairs of joins that were stopped, but for the one that goes on: more batches came since."""
    kept = (going.folder, *joined_before(store)[0])
    for found in list(store.list(JOINS)):
        if not found.key.startswith(kept):
            store.delete(found.key)


def finish_join(store: Store, join: Join) -> None:
    """Note that all of its pairs are there."""
    store.write(f"{join.folder}note.json", json.dumps({"new": join.new, "old": join.old}).encode())


def forget_joins(store: Store) -> None:
    """Delete all pairs, notes first: where articles are gone, what hung together by them may not do so any more."""
    for folder in joined_before(store)[0]:
        store.delete(f"{folder}note.json")
    delete_below(store, JOINS)


def join_stretch(store: Store, join: Join, stretch: Stretch, is_wanted: Callable[[], bool]) -> int:
    """Write the pairs of a stretch, as few as keep together what belongs together; gives their number."""
    key = stretch.key(join)
    if store.exists(key):
        return 0
    rows = _rows(store, join, stretch, is_wanted)
    if stretch.band in FINDERS:
        sure, doubts = FINDERS[stretch.band](rows), np.empty((0, 2), np.uint64)
    else:
        sure, doubts = alike(_band(rows), lambda nodes: words_of(store, (*join.new, *join.old), nodes))
    table = pair_table(star(sure), are_sure=True)
    write_table(store, key, pa.concat_tables([table, pair_table(doubts, are_sure=False)]))
    return len(table)


def pair_table(pairs: Edges, *, are_sure: bool) -> pa.Table:
    """Rows of ``PAIRS``."""
    flags = np.full(len(pairs), are_sure)
    return pa.table({"one": pa.array(pairs[:, 0]), "other": pa.array(pairs[:, 1]), "sure": pa.array(flags)}, schema=PAIRS)


def all_pairs(store: Store, folders: Iterable[str], *, are_sure: bool = True) -> Edges:
    """The pairs of some joins: those that are sure, or those in doubt."""
    tables = joined((read_table(store, key) for folder in folders for key in keys_below(store, folder)), PAIRS)
    chosen = tables.filter(pa.array(tables.column("sure").to_numpy() == are_sure))
    return np.stack([chosen.column("one").to_numpy(), chosen.column("other").to_numpy()], axis=1)


def _rows(store: Store, join: Join, stretch: Stretch, is_wanted: Callable[[], bool]) -> pa.Table:
    """Rows of the stretch that share their key with another, one of them new; with a column ``new``."""
    new = [read_span(store, band_key(stretch.band, name), "key", stretch.span, BAND_ROWS.names) for name in join.new]
    rows = joined(new, BAND_ROWS)
    wanted = np.unique(rows.column("key").to_numpy())
    tables = [rows.append_column("new", pa.array(np.ones(len(rows), np.bool_)))]
    for name in join.old:
        if not is_wanted():
            raise RetryLater(f"band {stretch.band} was cancelled: the next run joins it again")
        if len(found := _matching(store, band_key(stretch.band, name), stretch.span, wanted)):
            tables.append(found.append_column("new", pa.array(np.zeros(len(found), np.bool_))))
    every = pa.concat_tables(tables)
    _, places, times = np.unique(every.column("key").to_numpy(), return_inverse=True, return_counts=True)
    return every.filter(pa.array(times[places] > 1))


def _matching(store: Store, key: str, span: tuple[int, int], wanted: Numbers) -> pa.Table:
    """Rows of a table whose key is wanted; the other columns are read where there are any."""
    keys = read_span(store, key, "key", span, ["key"]).column("key").to_numpy()
    matching = np.isin(keys, wanted)
    if not matching.any():
        return BAND_ROWS.empty_table()
    return read_span(store, key, "key", span, BAND_ROWS.names).filter(pa.array(matching))


def _band(rows: pa.Table) -> Band:
    table = rows.combine_chunks()
    keys, nodes, texts = (table.column(name).to_numpy() for name in ("key", "node", "text"))
    return Band(keys, nodes, texts, bytes_of(table, "sketch", SKETCH_BYTES), table.column("new").to_numpy())


def _by_key(rows: pa.Table) -> Edges:
    """All that share a key, one after the other."""
    keys, nodes = rows.column("key").to_numpy(), rows.column("node").to_numpy()
    order = np.lexsort((nodes, keys))
    same = keys[order[1:]] == keys[order[:-1]]
    return np.stack([nodes[order[:-1]][same], nodes[order[1:]][same]], axis=1)


def _by_address(rows: pa.Table) -> Edges:
    """All captures of an address, and those that name it and resemble one of these."""
    own = rows.column("own").to_numpy()
    captures, claims = _band(rows.filter(pa.array(own))), _band(rows.filter(pa.array(~own)))
    captures = captures.taken(np.argsort(captures.keys, kind="stable"))
    firsts, ends = (np.searchsorted(captures.keys, claims.keys, side) for side in ("left", "right"))
    pieces = np.cumsum(ends - firsts) // CLAIMS_AT_ONCE
    near = [_claimed(claims, captures, (firsts, ends, np.flatnonzero(pieces == piece))) for piece in np.unique(pieces)]
    return np.concatenate([_by_key(rows.filter(pa.array(own))), *near])


def _claimed(claims: Band, captures: Band, among: tuple[Places, Places, Places]) -> Edges:
    """Some claims, each with the captures from first to end that it resembles."""
    firsts, ends, chosen = among
    ones = np.repeat(chosen, ends[chosen] - firsts[chosen])
    others = np.concatenate([np.arange(firsts[one], ends[one]) for one in chosen])
    near = similarity(claims.sketches[ones], captures.sketches[others]) >= LEAST_OF_A_CLAIM
    return np.stack([claims.nodes[ones[near]], captures.nodes[others[near]]], axis=1)


FINDERS: dict[str, Callable[[pa.Table], Edges]] = {TEXT_BAND: _by_key, PAYLOAD_BAND: _by_key, ADDRESS_BAND: _by_address}
