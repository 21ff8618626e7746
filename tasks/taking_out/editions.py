"""Editions without what was removed: rows leave their files, whole objects, and the manifest follows.

Clusters are not counted again, and an original that left is replaced by none of its copies: the next edition does both. What is
kept between editions of batches that are not what they were is deleted, for whole articles may wait there.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.curating.batches import inputs_of, known_batches, plan_batches
from tasks.curating.gathering import times_of
from tasks.curating.joining import forget_joins
from tasks.curating.line_table import lines_place
from tasks.curating.places import ROOT
from tasks.curating.publishing import publish
from tasks.curating.rows import RowWriter
from tasks.curating.signing import forget_batch
from tasks.edition_rows import FINGERPRINT_KEY
from tasks.editions import EDITION_SCHEMA, SET_ASIDE_SCHEMA, Edition, EditionFile, edition_key, read_edition
from tasks.errors import BrokenShard, first_line
from tasks.removals import Removed
from tasks.shards import all_receipts
from tasks.storage import NotFound, Store

NAMES = ["url", "id", "canonical_url"]
NOTES = "state/removing/editions/"
MARK = "removed-"
OF_BATCHES = ("articles", "bands", "lines", "rows")


def find_in_edition(store: Store, edition: Edition, removed: Removed) -> dict[str, int]:
    """Rows that removals name, by the key of the file's articles; reads three columns. Raises BrokenShard."""
    found = Counter[str]()
    for file in edition.files:
        for stored in file.objects:
            if store.exists(stored.key):
                with _opened(store, stored.key) as parquet:
                    found[file.key] += sum(_named(parquet.read(columns=NAMES), removed))
    return {key: number for key, number in found.items() if number}


def take_out_stray(store: Store, key: str, removed: Removed, *, is_dry: bool) -> int:
    """Delete an object that no manifest names, should it hold what is named or be damaged; gives the number of rows named.

    The next edition writes it anew.
    """
    try:
        with _opened(store, key) as parquet:
            rows = sum(_named(parquet.read(columns=NAMES), removed))
    except NotFound:
        return 0
    except BrokenShard:
        rows, is_damaged = 0, True
    else:
        is_damaged = False
    if (rows or is_damaged) and not is_dry:
        store.delete(key)
        name = key.split("/")[1]
        if not store.exists(edition_key(name)):
            store.delete(lines_place(name))
    return rows


@contextmanager
def _opened(store: Store, key: str) -> Iterator[pq.ParquetFile]:
    """A file of an edition; raises BrokenShard where it is none, and wherever it shows that it is damaged."""
    with _told_of(key, key.split("/")[1]), store.open(key) as stream, pq.ParquetFile(stream) as parquet:
        if absent := [one for one in NAMES if one not in parquet.schema_arrow.names]:
            raise pa.ArrowInvalid(f"no column {', '.join(absent)}")
        yield parquet


@contextmanager
def _told_of(what: str, edition: str) -> Iterator[None]:
    """Damage as BrokenShard that says what to do about it."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        again = f"`pressrun curate ROOT --edition {edition} --whole` writes it anew, then start the same removal again"
        raise BrokenShard(f"{what} is damaged ({first_line(error).rstrip('.')}): {again}") from error


def take_out_of_edition(store: Store, name: str, removed: Removed, beat: Callable[[], object]) -> int:
    """Take rows out of an edition, and finish a file that somebody was stopped at; gives their number.

    ``beat`` is called for every file. Memory: one file compressed, and a thousand articles. Raises BrokenShard where a
    file is damaged.
    """
    edition, note = read_edition(store, name), f"{NOTES}{name}.json"
    found = find_in_edition(store, edition, removed)
    left = set(json.loads(store.read(note))) if store.exists(note) else set[str]()
    if not found and not left:
        return 0
    store.write(note, json.dumps(sorted(found.keys() | left)).encode())
    files = []
    for file in edition.files:
        beat()
        files.append(_without(store, file, removed) if file.key in found or file.key in left else file)
    # A file without articles stays named: the month is cut as it was, and the next edition writes what comes there.
    with _told_of(f"a file of edition {name}", name):
        publish(store, _with_files(edition, tuple(files)), beat)
    store.delete(note)
    return sum(found.values())


def _with_files(edition: Edition, files: tuple[EditionFile, ...]) -> Edition:
    set_aside = Counter[str]()
    for file in files:
        set_aside.update(file.set_aside)
    kept, aside = sum(file.rows for file in files), dict(sorted(set_aside.items()))
    cut_lines = sum(file.cut_lines for file in files)
    counts = replace(edition.counts, read=kept + sum(aside.values()), kept=kept, set_aside=aside, cut_lines=cut_lines)
    return replace(edition, counts=counts, files=files)


def _without(store: Store, file: EditionFile, removed: Removed) -> EditionFile:
    """Write both objects of a file anew; its fingerprint tells the next edition that it is another file than it makes."""
    fingerprint = f"{MARK}{file.fingerprint.removeprefix(MARK)}"
    parts = {}
    for key, schema in ((file.aside_key, SET_ASIDE_SCHEMA), (file.key, EDITION_SCHEMA)):
        writer, reasons, cut_lines = RowWriter(schema), Counter[str](), 0
        for table in _kept(store, key, removed):
            writer.add(table, times_of(table))
            reasons.update(table.column("reason").to_pylist() if "reason" in table.schema.names else ())
            cut_lines += sum(len(lines or ()) for lines in table.column("cut_lines").to_pylist())
        data = writer.finish({FINGERPRINT_KEY: fingerprint.encode()})
        if writer.rows:
            store.write(key, data)
        else:
            store.delete(key)
        parts[key] = (writer.rows, len(data) if writer.rows else 0, sha256(data).hexdigest(), reasons, cut_lines)
    kept, aside = parts[file.key], parts[file.aside_key]
    now = replace(file, rows=kept[0], size_bytes=kept[1], sha256=kept[2], fingerprint=fingerprint, cut_lines=kept[4])
    return replace(now, aside_rows=aside[0], aside_bytes=aside[1], aside_sha256=aside[2], set_aside=dict(sorted(aside[3].items())))


def _kept(store: Store, key: str, removed: Removed) -> Iterator[pa.Table]:
    """The rows that stay, a row group at a time."""
    if not store.exists(key):
        return
    with _opened(store, key) as parquet:
        for group in range(parquet.num_row_groups):
            table = parquet.read_row_group(group)
            stays = [not named for named in _named(table.select(NAMES), removed)]
            yield table.filter(pa.array(stays, pa.bool_())).replace_schema_metadata(None)


def _named(table: pa.Table, removed: Removed) -> list[bool]:
    columns = (table.column(name).to_pylist() for name in NAMES)
    return [removed.matches(*names) is not None for names in zip(*columns, strict=True)]


def forget_kept(store: Store) -> None:
    """Delete what is kept between editions of batches whose articles are not what they were, and of those never looked at whole."""
    if next(store.list(ROOT), None) is None:
        return
    known = known_batches(store)
    plan = plan_batches(inputs_of(all_receipts(store)), known)
    if plan.outdated:
        forget_joins(store)
        for name in plan.outdated:
            forget_batch(store, name)
    standing = {batch.name for batch in known} - set(plan.outdated)
    for folder in OF_BATCHES:
        for found in list(store.list(f"{ROOT}{folder}/")):
            if found.key.rpartition("/")[2].removesuffix(".parquet").partition("-")[0] not in standing:
                store.delete(found.key)
