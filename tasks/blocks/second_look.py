"""A second look at a page, knowing how the first judged each block: what neighbours and likes of a block became."""

import numpy as np

from tasks.blocks.layout import Table, container_chain, groups_by_name, last_marked, next_marked, sums_of
from tasks.blocks.walk import Blocks

LENGTH_POWER = 0.75
STEPS = (1, 2, 3)
WIDTHS = (3, 8, 20)
SURE_AT = (0.5, 0.8)
MOST_STEPS = 1_000
SMALL = 1e-3


def second_features(blocks: Blocks, features: Table, first: Table) -> Table:
    """The first look's features (a row a block) with those of the second beside them; ``first``: its probabilities."""
    weights = np.array([len(text) for text in blocks.text]) ** LENGTH_POWER
    kept = first * weights
    columns = [
        first,
        np.log((first + SMALL) / (1 - first + SMALL)),
        *_beside(first),
        *_windows(kept, weights),
        *_nearest(first, weights),
        *_likes(blocks, kept, weights, first),
        *_runs(first, weights),
        *_page(first, kept, weights),
    ]
    return np.hstack([features, np.stack(columns, 1)]).astype(np.float32)


def _beside(first: Table) -> list[Table]:
    padded = np.concatenate([np.zeros(len(STEPS)), first, np.zeros(len(STEPS))])
    return [padded[len(STEPS) + step : len(STEPS) + step + len(first)] for steps in STEPS for step in (-steps, steps)]


def _windows(kept: Table, weights: Table) -> list[Table]:
    sums, lengths = sums_of(kept), sums_of(weights)
    at = np.arange(len(kept))
    found = []
    for width in WIDTHS:
        low, high = np.maximum(0, at - width), np.minimum(len(kept), at + width + 1)
        found.append((sums[high] - sums[low]) / (lengths[high] - lengths[low]))
    return found


def _nearest(first: Table, weights: Table) -> list[Table]:
    """How far the nearest kept blocks are, in blocks and in text between."""
    at, lengths = np.arange(len(first)), sums_of(weights)
    found = []
    for least in SURE_AT:
        marks = first >= least
        before = np.concatenate(([-MOST_STEPS], last_marked(marks)[:-1]))
        after = np.concatenate((next_marked(marks)[1:], [len(first) + MOST_STEPS]))
        gap_before = lengths[at] - lengths[np.clip(before + 1, 0, len(first))]
        gap_after = lengths[np.clip(after, 0, len(first))] - lengths[at + 1]
        steps = (np.minimum(at - before, MOST_STEPS), np.minimum(after - at, MOST_STEPS))
        found += [np.log1p(values) for values in (*steps, gap_before, gap_after)]
    return found


def _likes(blocks: Blocks, kept: Table, weights: Table, first: Table) -> list[Table]:
    """What became of the blocks in the same element, in those above it, and in elements of the same name."""
    _, *above = container_chain(blocks)
    total = max(float(kept.sum()), SMALL)
    found = []
    for group in (*above[:3], *groups_by_name(blocks)):
        mass, length, count, chosen = (np.bincount(group, values) for values in (kept, weights, None, first >= SURE_AT[0]))
        found += [(mass / np.maximum(length, SMALL))[group], (mass / total)[group], (chosen / np.maximum(count, 1))[group]]
    return found


def _runs(first: Table, weights: Table) -> list[Table]:
    """The unbroken run of kept, or of left, blocks that a block stands in."""
    marks = first >= SURE_AT[0]
    run = np.cumsum(np.concatenate(([0], marks[1:] != marks[:-1])))
    length, count = np.bincount(run, weights)[run], np.bincount(run)[run]
    return [np.log1p(length), np.log1p(count), length / max(float(weights[marks].sum()), SMALL)]


def _page(first: Table, kept: Table, weights: Table) -> list[Table]:
    """How much is kept before a block and on the whole page, how sure the first look was, how many blocks stand above this one."""
    total, n = max(float(kept.sum()), SMALL), len(first)
    sureness = float((np.abs(2 * first - 1) * weights).sum() / weights.sum())
    rank = np.searchsorted(np.sort(-first), -first) / n
    return [sums_of(kept)[:-1] / total, np.full(n, total / weights.sum()), np.full(n, np.log1p(total)), np.full(n, sureness), rank]
