"""Where a signature leaves a doubt: the shingles of the articles themselves, read out of their parts, and what they say."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from tasks.curating.batches import FOLDER, read_batch
from tasks.curating.places import WORK, articles_key
from tasks.curating.reading import read_articles
from tasks.curating.tables import joined, keys_below, read_table, write_table
from tasks.dedup.signatures import Numbers, shingles_of
from tasks.errors import RetryLater
from tasks.storage import Store

SHINGLES = pa.schema([("node", pa.uint64()), ("shingles", pa.list_(pa.uint64()))])


def shingles_folder(join: str) -> str:
    """The shingles of the articles that a join is in doubt of."""
    return f"{WORK}{join}/shingles/"


def words_of(store: Store, batches: tuple[str, ...], nodes: Numbers) -> dict[int, list[Numbers]]:
    """The sorted shingles of some articles, wherever they lie: of a capture that lies in several archives those of each."""
    found: dict[int, list[Numbers]] = defaultdict(list)
    for name in batches:
        for node, words in _in_batch(store, name, nodes):
            found[node].append(words)
    return found


def keep_shingles(store: Store, join: str, batch: str, nodes: Numbers, is_wanted: Callable[[], bool]) -> int:
    """Write the shingles of those of ``nodes`` that are in a batch; gives their number."""
    key = f"{shingles_folder(join)}{batch}.parquet"
    if store.exists(key):
        return 0
    if not is_wanted():
        raise RetryLater("reading shingles was cancelled: the next run does it again")
    found = _in_batch(store, batch, nodes)
    columns = {"node": pa.array([node for node, _ in found], pa.uint64()), "shingles": [words for _, words in found]}
    write_table(store, key, pa.table(columns, schema=SHINGLES))
    return len(found)


def kept_shingles(store: Store, join: str, nodes: Numbers) -> dict[int, list[Numbers]]:
    """Shingles that were kept, by node."""
    found: dict[int, list[Numbers]] = defaultdict(list)
    for key in keys_below(store, shingles_folder(join)):
        table = read_table(store, key)
        chosen = joined([table.filter(pa.array(np.isin(table.column("node").to_numpy(), nodes)))], SHINGLES).combine_chunks()
        words = chosen.column("shingles").combine_chunks()
        flat, ends = words.values.to_numpy(), words.offsets.to_numpy()
        for place, node in enumerate(chosen.column("node").to_pylist()):
            found[node].append(flat[ends[place] : ends[place + 1]])
    return found


def _in_batch(store: Store, name: str, nodes: Numbers) -> list[tuple[int, Numbers]]:
    facts = read_table(store, articles_key(name), ["node", "input", "row"])
    mine = facts.filter(pa.array(np.isin(facts.column("node").to_numpy(), nodes))).sort_by(
        [("input", "ascending"), ("row", "ascending")]
    )
    found: list[tuple[int, Numbers]] = []
    if not len(mine):
        return found
    batch, inputs = read_batch(store, f"{FOLDER}{name}.json"), mine.column("input").to_numpy()
    for number in np.unique(inputs).tolist():
        here = mine.filter(pa.array(inputs == number))
        texts = read_articles(store, batch.inputs[number]).column("text").take(here.column("row")).to_pylist()
        found += [(node, np.unique(shingles_of(text))) for node, text in zip(here.column("node").to_pylist(), texts, strict=True)]
    return found
