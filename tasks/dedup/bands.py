"""Which articles are near duplicates: bands bring candidates together (locality-sensitive hashing), a sketch of the signature tells
most of them, and the shingles themselves the rest.

16 bands of 6 hashes (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, section 3.4): of pairs of Jaccard similarity .8 a
share of .992 meet in a band; of pairs of .3 a share of .01 do, and there the sketch says no.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tasks.dedup.components import Edges, Roots
from tasks.dedup.signatures import SIGNATURE_BYTES, Bytes, Numbers, most_alike

BANDS, BAND_HASHES = 16, 6
SKETCH_BYTES = SIGNATURE_BYTES // 4
LEAST_SIMILARITY = 0.8
# The sketch's own deviation is .026 there, measured (.030, were its hashes independent): 3.5 of these off, it is believed.
SURELY, SURELY_NOT = 0.89, 0.71
PAIRS_AT_ONCE = 200_000
# Beyond this a bucket is gone through row by row, and what is known to belong together is not compared again.
WIDE_BUCKET = 64

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
# Sorted shingles of each text of some articles, by node.
Words = Mapping[int, Sequence[Numbers]]


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of one band: key of its bucket, article, digest of its text, sketch (64 bytes), and whether it is yet to be compared."""

    keys: Numbers
    nodes: Numbers
    texts: Numbers
    sketches: Bytes
    is_new: Flags

    def taken(self, places: Places | Flags) -> "Band":
        """Some of the rows."""
        return Band(self.keys[places], self.nodes[places], self.texts[places], self.sketches[places], self.is_new[places])


def band_keys(signatures: Bytes) -> Numbers:
    """The bucket of each text in each of the bands: texts x 16."""
    parts = signatures[:, : BANDS * BAND_HASHES].reshape(-1, BANDS, BAND_HASHES)
    padded = np.zeros((len(signatures), BANDS, 8), np.uint8)
    padded[:, :, :BAND_HASHES] = parts
    keys: Numbers = padded.view("<u8").reshape(-1, BANDS)
    return keys


def sketches(signatures: Bytes) -> Bytes:
    """The two lowest bits of each of the hashes: texts x 64."""
    bits = (signatures & 3).reshape(-1, SKETCH_BYTES, 4) << np.array([0, 2, 4, 6], np.uint8)
    folded: Bytes = np.bitwise_or.reduce(bits, axis=2)
    return folded


def similarity(ones: Bytes, others: Bytes) -> npt.NDArray[np.float64]:
    """Jaccard similarity by two columns of sketches: equal hashes, less what is equal by chance (a quarter)."""
    differing = ones.view("<u8") ^ others.view("<u8")
    pairs = (differing | (differing >> np.uint64(1))) & np.uint64(0x5555555555555555)
    equal = 1 - np.bitwise_count(pairs).sum(axis=1) / SIGNATURE_BYTES
    found: npt.NDArray[np.float64] = (equal - 0.25) / 0.75
    return found


def alike(band: Band, words: Callable[[Numbers], Words]) -> tuple[Edges, Edges]:
    """Pairs of nodes that share a bucket and are alike, or enough of them that the same nodes hang together; and pairs in doubt.

    Pairs without a new row are left out. ``words`` gives shingles for a bucket that is too wide to leave its doubts to others.
    What comes out hangs together in the same way whatever the order of the rows.
    """
    band = band.taken(np.lexsort((band.nodes, band.texts, band.keys)))
    # One row stands for all of its text. Alike sketches would not do: then what a doubt comes to would hang on who stands for whom.
    same = (band.keys[1:] == band.keys[:-1]) & (band.texts[1:] == band.texts[:-1])
    sure = [np.stack([band.nodes[:-1][same], band.nodes[1:][same]], axis=1)]
    doubts = [np.empty((0, 2), np.uint64)]
    firsts = np.concatenate([[0], np.flatnonzero(~same) + 1]) if len(same) else np.arange(len(band.keys))
    if len(firsts):
        # A text that one of its rows has brought before was compared then.
        is_new = np.logical_and.reduceat(band.is_new, firsts)
        kept = band.taken(firsts)
        for found, doubted in _pairs(replace(kept, is_new=is_new), words):
            sure.append(found)
            doubts.append(doubted)
    return np.concatenate(sure), np.concatenate(doubts)


def _pairs(band: Band, words: Callable[[Numbers], Words]) -> Iterator[tuple[Edges, Edges]]:
    starts = np.flatnonzero(np.concatenate([[True], band.keys[1:] != band.keys[:-1]]))
    sizes = np.diff(np.append(starts, len(band.keys)))
    for start, size in zip(starts[sizes > WIDE_BUCKET], sizes[sizes > WIDE_BUCKET], strict=True):
        yield _in_wide_bucket(band.taken(np.arange(start, start + size)), words), np.empty((0, 2), np.uint64)
    narrow = band.taken(np.repeat(sizes <= WIDE_BUCKET, sizes))
    for distance in range(1, WIDE_BUCKET):
        near = narrow.keys[distance:] == narrow.keys[:-distance]
        if not near.any():
            return
        ones = np.flatnonzero(near & (narrow.is_new[distance:] | narrow.is_new[:-distance]))
        for first in range(0, len(ones), PAIRS_AT_ONCE):
            yield _compared(narrow, ones[first : first + PAIRS_AT_ONCE], distance)


def _compared(band: Band, ones: Places, distance: int) -> tuple[Edges, Edges]:
    told = similarity(band.sketches[ones], band.sketches[ones + distance])
    is_sure = told >= SURELY
    is_doubted = (told >= SURELY_NOT) & ~is_sure
    pairs = np.stack([band.nodes[ones], band.nodes[ones + distance]], axis=1)
    return pairs[is_sure], pairs[is_doubted]


def _in_wide_bucket(band: Band, words: Callable[[Numbers], Words]) -> Edges:
    """What is sure first: then few are left whose shingles have to be read."""
    roots, found = Roots(len(band.keys)), list[tuple[int, int]]()
    for one, others, told in _apart(band, roots):
        roots.join(one, others[told >= SURELY])
        found += [(one, other) for other in others[told >= SURELY].tolist()]
    is_doubted = np.zeros(len(band.keys), np.bool_)
    for one, others, told in _apart(band, roots):
        is_doubted[others[told >= SURELY_NOT]] = True
        is_doubted[one] |= (told >= SURELY_NOT).any()
    known = words(band.nodes[is_doubted]) if is_doubted.any() else {}
    for one, others, told in _apart(band, roots):
        for other in others[told >= SURELY_NOT].tolist():
            if roots.of[other] == roots.of[one]:
                continue
            if most_alike(*(known[int(band.nodes[place])] for place in (one, other))) >= LEAST_SIMILARITY:
                roots.join(one, np.array([other]))
                found.append((one, other))
    return band.nodes[np.array(found, np.intp).reshape(-1, 2)]


def _apart(band: Band, roots: Roots) -> Iterator[tuple[int, Places, npt.NDArray[np.float64]]]:
    """Each row with those behind it that do not hang together with it by now, one of each pair new; and their similarity."""
    for one in range(len(band.keys) - 1):
        others = one + 1 + np.flatnonzero(roots.of[one + 1 :] != roots.of[one])
        if not band.is_new[one]:
            others = others[band.is_new[others]]
        ours = np.ascontiguousarray(np.broadcast_to(band.sketches[one], (len(others), SKETCH_BYTES)))
        yield one, others, similarity(ours, band.sketches[others])
