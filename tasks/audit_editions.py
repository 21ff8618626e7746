"""Editions under the audit: each article that was read has one outcome, files are as the manifest says, no article is twice."""

import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.editions import Edition, edition_names, read_edition
from tasks.errors import FixTheRun, first_line
from tasks.removals import Removed
from tasks.shards import StoredObject
from tasks.storage import NotFound, Store

# state/curated/work/WORK/of-EDITION.json is written before the first file of an edition, and goes after its manifest.
WORK, AT_WORK = "state/curated/work/", re.compile(r"of-[^/]+\.json")
FOLDERS = ("articles", "set_aside")
NAMES = ("url", "id", "canonical_url")
Ids = np.ndarray[tuple[int], np.dtype[np.uint64]]


def audit_editions(store: Store, articles: int, *, deep: bool, removed: Removed | None = None) -> tuple[list[str], list[str]]:
    """Faults and notes, a line each. ``articles``: of all receipts. ``deep`` compares every byte. Memory: 8 bytes an article.

    ``removed``: what must not be there any more.
    """
    faults: list[str] = []
    notes: list[str] = []
    at_work, found, finished = editions_at_work(store), strays(store), edition_names(store)
    for name in sorted({*finished, *found}):
        wrong = [f"{key} stands in no manifest: `pressrun curate` again" for key in found.get(name, ())]
        kept = _kept_in(store, found.get(name, ()), removed) if removed else []
        if name in finished:
            try:
                edition = read_edition(store, name)
            except FixTheRun as error:
                faults.append(str(error))
                continue
            kept += _kept_in(store, (stored.key for stored in edition.objects), removed) if removed else []
            wrong += _faults(store, edition, deep=deep)
            if edition.counts.read != articles:
                notes.append(f"edition {name} is of {edition.counts.read:,} articles, the corpus has {articles:,} now")
        # Files are brought up to date one by one: in between, the manifest is that of before. A run may have begun since.
        is_at_work = bool(wrong) and (name in at_work or name in editions_at_work(store))
        faults += [f"edition {name}: {fault}" for fault in [*kept, *([] if is_at_work else wrong)]]
        if is_at_work:
            notes.append(f"edition {name} is being brought up to date, or the run was stopped: `pressrun curate` goes on")
    return faults, notes


def at_work_key(work: str, name: str) -> str:
    """Where it stands that files of an edition change, until its manifest is there."""
    return f"{WORK}{work}/of-{name}.json"


def editions_at_work(store: Store) -> set[str]:
    """Names of editions of which files may be newer than their manifest: one is being made, or who made it was stopped."""
    names = (found.key.removeprefix(WORK).partition("/")[2] for found in store.list(WORK))
    return {name.removeprefix("of-").removesuffix(".json") for name in names if AT_WORK.fullmatch(name)}


def strays(store: Store) -> dict[str, list[str]]:
    """Keys of objects in the folders of an edition that its manifest does not name, or that has none, by edition.

    They are of runs that were stopped. Of an edition whose manifest cannot be read nothing can be said.
    """
    found: dict[str, list[str]] = {}
    for info in store.list("curated/"):
        places = info.key.split("/")
        if len(places) > len(("curated", "edition", "folder")) and places[2] in FOLDERS:
            found.setdefault(places[1], []).append(info.key)
    for name in edition_names(store):
        try:
            named = {stored.key for stored in read_edition(store, name).objects}
        except FixTheRun:
            named = set(found.get(name, ()))
        found[name] = [key for key in found.get(name, ()) if key not in named]
    return {name: keys for name, keys in sorted(found.items()) if keys}


def _faults(store: Store, edition: Edition, *, deep: bool) -> list[str]:
    counts, faults = edition.counts, []
    if not counts.closes:
        faults.append(f"{counts.read} articles were read, {counts.kept} kept, {sum(counts.set_aside.values())} set aside")
    kept: list[Ids] = []
    reasons: Counter[str] = Counter()
    for file in edition.files:
        for stored in file.objects:
            wrong, table = _object(store, stored, deep=deep)
            faults += wrong
            if table is not None and stored.key == file.key:
                kept.append(np.array([int(text[:16], 16) for text in table.column("id").to_pylist()], np.uint64))
            elif table is not None:
                reasons.update(table.column("reason").to_pylist())
    ids = np.concatenate(kept) if kept else np.empty(0, np.uint64)
    if again := len(ids) - len(np.unique(ids)):
        faults.append(f"{again} articles are in it twice")
    if not faults and (len(ids), dict(reasons)) != (counts.kept, counts.set_aside):
        faults.append(f"its files hold {len(ids)} articles and set aside {dict(reasons)}, its manifest says otherwise")
    return faults


def _kept_in(store: Store, keys: Iterable[str], removed: Removed) -> list[str]:
    """A line for each object that holds what was taken out."""
    faults = []
    for key in keys:
        with suppress(NotFound, pa.ArrowException, OSError), store.open(key) as stream, pq.ParquetFile(stream) as parquet:
            table = parquet.read(columns=list(NAMES))
            rows = zip(*(table.column(name).to_pylist() for name in NAMES), strict=True)
            if found := [removal for row in rows if (removal := removed.matches(*row))]:
                faults.append(f"{key} has {len(found)} articles that removal {found[0]} takes out: start `pressrun remove` again")
    return faults


def _object(store: Store, stored: StoredObject, *, deep: bool) -> tuple[list[str], pa.Table | None]:
    """What is wrong with an object, and its ids or reasons."""
    key, size, rows = stored.key, stored.size_bytes, stored.rows
    # curated/EDITION/articles/...: an edition may be called articles, too.
    column = "id" if key.split("/")[2] == "articles" else "reason"
    try:
        found = store.info(key).size_bytes
        with store.open(key) as stream, pq.ParquetFile(stream) as parquet:
            table = parquet.read(columns=[column])
    except NotFound:
        return [f"{key} is missing"], None
    except (pa.ArrowException, OSError) as error:
        return [f"{key} is damaged: {first_line(error)}"], None
    faults = (
        [] if (found, len(table)) == (size, rows) else [f"{key} has {found} bytes and {len(table)} rows, not {size} and {rows}"]
    )
    if deep and sha256(store.read(key)).hexdigest() != stored.sha256:
        faults.append(f"{key} has other bytes than its manifest says (sha256)")
    return faults, table
