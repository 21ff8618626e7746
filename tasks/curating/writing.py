"""The last step: a file of an edition, out of the edition before, the articles that are new, and what is known of all of them."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from tasks.curating.cutting import cuts_of
from tasks.curating.deciding import Cuts, Decided, Decider, Known
from tasks.curating.gathering import Gatherer, times_of
from tasks.curating.grouping import clusters_key
from tasks.curating.layout import Leaf
from tasks.curating.places import ARTICLE_FACTS, CLUSTERS, articles_key
from tasks.curating.recipe import EditionRecipe
from tasks.curating.rows import RowWriter, stretches
from tasks.curating.tables import bytes_of, joined, read_span, read_table
from tasks.dedup.signatures import Numbers
from tasks.edition_rows import FINGERPRINT_KEY
from tasks.editions import EDITION_SCHEMA, SET_ASIDE_SCHEMA, EditionFile
from tasks.errors import RetryLater
from tasks.shards import StoredObject
from tasks.storage import NotFound, Store

# Articles that are decided on at once: some 60 MB, and as much again while they are.
ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Press:
    """What all files of an edition have in common: its name, that of the work it is made from, its batches, recipe and base.

    ``base``: files of the edition before, of which what has not changed is taken over.
    """

    edition: str
    work: str
    batches: tuple[str, ...]
    recipe: EditionRecipe
    base: tuple[EditionFile, ...] = ()


def write_leaves(store: Store, press: Press, leaves: tuple[Leaf, ...], is_wanted: Callable[[], bool]) -> list[EditionFile]:
    """Write some files, each of its two objects whole, or take them over. Memory: a file compressed, and 10,000 articles."""
    facts = {leaf: leaf_facts(store, press.batches, leaf) for leaf in leaves}
    nodes = np.unique(np.concatenate([table.column("node").to_numpy() for table in facts.values()]))
    cuts = cuts_of(store, press.work, nodes)
    return [_leaf(store, press, leaf, (table, cuts), is_wanted) for leaf, table in facts.items()]


def _leaf(store: Store, press: Press, leaf: Leaf, found: tuple[pa.Table, Cuts], is_wanted: Callable[[], bool]) -> EditionFile:
    facts, cuts = found
    nodes = facts.column("node").to_numpy()
    mine = {node: cuts[node] for node in nodes.tolist() if node in cuts}
    known = Known(_clusters(store, press.work, leaf, nodes), mine)
    fingerprint = _fingerprint(facts, known, press.recipe)
    for base in press.base:
        begins_alike = (base.month, base.span and base.span[0]) == (leaf.month, leaf.told_span and leaf.told_span[0])
        if begins_alike and base.fingerprint == fingerprint and all(_is_there(store, one) for one in base.objects):
            return _taken_over(store, press, leaf, base)
    return _written(store, press, leaf, (facts, known, fingerprint), is_wanted)


def leaf_facts(store: Store, batches: tuple[str, ...], leaf: Leaf) -> pa.Table:
    """``ARTICLE_FACTS`` of the articles of a file, and the name of their batch, by time and id."""
    found = []
    for name in batches:
        table = read_span(store, articles_key(name), "at", leaf.span, ARTICLE_FACTS.names)
        found.append(table.append_column("batch", pa.array([name] * len(table), pa.string())))
    schema = ARTICLE_FACTS.append(pa.field("batch", pa.string()))
    return joined(found, schema).sort_by([("at", "ascending"), ("id", "ascending"), ("content", "ascending")])


def _clusters(store: Store, work: str, leaf: Leaf, nodes: Numbers) -> pa.Table:
    key = clusters_key(work, leaf.month)
    every = read_table(store, key) if store.exists(key) else CLUSTERS.empty_table()
    mine = every.filter(pa.array(np.isin(every.column("node").to_numpy(), nodes)))
    return mine.combine_chunks()


def _fingerprint(facts: pa.Table, known: Known, recipe: EditionRecipe) -> str:
    """Hash of everything that decides the file's bytes: equal fingerprints, equal files."""
    digest = hashlib.sha256(recipe.id.encode())
    digest.update(bytes_of(facts, "id", 16).tobytes() + facts.column("content").to_numpy().tobytes())
    if len(known.clusters):
        digest.update(bytes_of(known.clusters, "cluster_id", 16).tobytes())
        for name in ("node", "content", "cluster_size", "is_original"):
            digest.update(known.clusters.column(name).to_numpy(zero_copy_only=False).tobytes())
    digest.update(repr(sorted((node, sorted(cuts.items())) for node, cuts in known.cuts.items())).encode())
    return digest.hexdigest()[:32]


def keys_of(edition: str, leaf: Leaf) -> tuple[str, str]:
    """Keys of the two objects of a file: articles, and what was set aside."""
    place = f"month={leaf.month}/{leaf.name}.parquet"
    return f"curated/{edition}/articles/{place}", f"curated/{edition}/set_aside/{place}"


def _taken_over(store: Store, press: Press, leaf: Leaf, base: EditionFile) -> EditionFile:
    keys = keys_of(press.edition, leaf)
    for source, target in ((base.aside_key, keys[1]), (base.key, keys[0])):
        if not any(one.key == source for one in base.objects):
            store.delete(target)  # a run that was stopped may have left one
        elif source != target:
            store.copy(source, target)
    return replace(base, key=keys[0], aside_key=keys[1], span=leaf.told_span)


def _is_there(store: Store, stored: StoredObject) -> bool:
    try:
        return store.info(stored.key).size_bytes == stored.size_bytes
    except NotFound:
        return False


def _written(
    store: Store, press: Press, leaf: Leaf, found: tuple[pa.Table, Known, str], is_wanted: Callable[[], bool]
) -> EditionFile:
    facts, known, fingerprint = found
    kept, aside, reasons, cut_lines = RowWriter(EDITION_SCHEMA), RowWriter(SET_ASIDE_SCHEMA), Counter[str](), 0
    for decided in _decided(store, press, leaf, (facts, known), is_wanted):
        kept.add(decided.kept, times_of(decided.kept))
        aside.add(decided.aside, times_of(decided.aside))
        reasons.update(decided.aside.column("reason").to_pylist())
        cut_lines += decided.cut_lines
    note = {FINGERPRINT_KEY: fingerprint.encode()}
    keys, data = keys_of(press.edition, leaf), (kept.finish(note), aside.finish(note))
    # What was set aside first: an article that is on its way from here to there is in both for a moment, and not in none.
    for key, content, rows in ((keys[1], data[1], aside.rows), (keys[0], data[0], kept.rows)):
        if rows:
            store.write(key, content)
        else:
            store.delete(key)
    sizes = [len(content) if rows else 0 for content, rows in zip(data, (kept.rows, aside.rows), strict=True)]
    digests = [hashlib.sha256(content).hexdigest() for content in data]
    return EditionFile(
        key=keys[0],
        rows=kept.rows,
        size_bytes=sizes[0],
        sha256=digests[0],
        aside_key=keys[1],
        aside_rows=aside.rows,
        aside_bytes=sizes[1],
        aside_sha256=digests[1],
        month=leaf.month,
        span=leaf.told_span,
        fingerprint=fingerprint,
        set_aside=dict(sorted(reasons.items())),
        cut_lines=cut_lines,
        last=facts.column("at")[-1].as_py() if leaf.hours and len(facts) else None,
    )


def _decided(
    store: Store, press: Press, leaf: Leaf, found: tuple[pa.Table, Known], is_wanted: Callable[[], bool]
) -> Iterator[Decided]:
    facts, known = found
    decider, times = Decider(press.recipe, known), facts.column("at").to_numpy()
    with ExitStack() as stack:
        gatherer = stack.enter_context(Gatherer(store, press.base, leaf))
        for first, end in stretches(times, ROWS_AT_ONCE):
            if not is_wanted():
                raise RetryLater(f"{leaf.name} was cancelled: the next run writes it")
            here: Any = slice(*np.searchsorted(times, (first, end)).tolist())
            wanted = facts.slice(here.start, here.stop - here.start)
            yield decider.decide(gatherer.articles(wanted, (first, end)))
