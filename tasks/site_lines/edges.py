"""Which lines stand at the edge of their text: nothing that is the article's lies between them and its end."""

from dataclasses import dataclass

import numpy as np

from tasks.site_lines.counting import Bits, Ints

# Lines that are neither furniture nor sentences, passed on the way: the headline, who wrote it, links to other articles.
MOST_PASSED = 4


@dataclass(frozen=True, slots=True)
class Chain:
    """The rows from one end of their texts, text by text: ``order`` of the rows, where each text begins in it, and their places."""

    order: Ints
    first: Ints
    # The row is as far from the end as there are rows before it: none of the lines between was left out as body.
    is_whole: Bits


def make_chain(text: Ints, distance: Ints) -> Chain:
    """``distance``: lines between the row's and the end that is looked at; one row a line."""
    order = np.lexsort((distance, text)).astype(np.int64)
    sorted_text = text[order]
    starts = np.flatnonzero(np.r_[True, sorted_text[1:] != sorted_text[:-1]]) if len(order) else np.zeros(0, np.int64)
    first = np.repeat(starts, np.diff(np.r_[starts, len(order)])).astype(np.int64)
    return Chain(order, first, distance[order] == np.arange(len(order)) - first)


def at_edge(chain: Chain, is_furniture: Bits, blocks: Bits) -> tuple[Bits, Bits]:
    """The rows of furniture that reach the end by way of other furniture alone, and those that also pass a few other lines."""
    ours = is_furniture[chain.order]
    passed = _before(~ours, chain.first)
    blocked = _before(~ours & blocks[chain.order], chain.first)
    reaches = ours & chain.is_whole & (blocked == 0)
    tight, loose = np.zeros(len(ours), bool), np.zeros(len(ours), bool)
    tight[chain.order] = reaches & (passed == 0)
    loose[chain.order] = reaches & (passed <= MOST_PASSED)
    return tight, loose


def _before(is_so: Bits, first: Ints) -> Ints:
    """How many of the earlier rows of the same text are so."""
    if not len(is_so):
        return np.zeros(0, np.int64)
    before: Ints = np.cumsum(is_so, dtype=np.int64) - is_so
    return before - before[first]
