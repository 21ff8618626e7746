"""Pairs that the signatures leave in doubt: those that still matter, and what their shingles say."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tasks.curating.joining import Join, all_pairs, joined_before, pair_table
from tasks.curating.places import WORK
from tasks.curating.shingles import kept_shingles
from tasks.curating.tables import places_in, read_table, write_table
from tasks.dedup.bands import LEAST_SIMILARITY
from tasks.dedup.components import Edges, components
from tasks.dedup.signatures import Numbers, most_alike
from tasks.errors import RetryLater
from tasks.storage import Store

# Pairs that a worker compares at once, with the shingles of both: some 100 MB.
PAIRS_AT_ONCE = 20_000


def doubts_key(join: str) -> str:
    """The pairs of a join that have to be compared."""
    return f"{WORK}{join}/doubts.parquet"


def list_doubts(store: Store, join: Join) -> int:
    """Write the pairs that are in doubt, each once, without those that hang together anyway; gives their number."""
    # Listed again after some were compared there would be fewer of them, and their pieces would not be those that are done.
    if store.exists(doubts_key(join.name)):
        return len(read_doubts(store, join.name))
    pairs = np.unique(np.sort(all_pairs(store, [join.folder], are_sure=False), axis=1), axis=0)
    nodes, labels = components(all_pairs(store, {join.folder, *joined_before(store)[0]}))
    ones, others = (_labels(pairs[:, place], nodes, labels) for place in (0, 1))
    pairs = pairs[ones != others]
    write_table(store, doubts_key(join.name), pair_table(pairs, are_sure=False))
    return len(pairs)


def _labels(wanted: Numbers, nodes: Numbers, labels: Numbers) -> Numbers:
    """What each hangs together with; itself where it is alone."""
    places, is_known = places_in(nodes, wanted)
    found = wanted.copy()
    found[is_known] = labels[places[is_known]]
    return found


def read_doubts(store: Store, join: str) -> Edges:
    """The pairs that have to be compared."""
    table = read_table(store, doubts_key(join))
    return np.stack([table.column("one").to_numpy(), table.column("other").to_numpy()], axis=1)


def compare(store: Store, join: Join, piece: int, is_wanted: Callable[[], bool]) -> int:
    """Compare the shingles of a piece of the doubts, and write the pairs that are alike; gives their number."""
    key = f"{join.folder}compared-{piece:05d}.parquet"
    if store.exists(key):
        return 0
    pairs = read_doubts(store, join.name)[piece * PAIRS_AT_ONCE : (piece + 1) * PAIRS_AT_ONCE]
    words = kept_shingles(store, join.name, np.unique(pairs))
    passed: npt.NDArray[np.bool_] = np.zeros(len(pairs), np.bool_)
    for place, (one, other) in enumerate(pairs.tolist()):
        if not is_wanted():
            raise RetryLater("comparing shingles was cancelled: the next run does it again")
        passed[place] = most_alike(words[one], words[other]) >= LEAST_SIMILARITY
    found = pair_table(pairs[passed], are_sure=True)
    write_table(store, key, found)
    return len(found)
