"""How the blocks of a page lie: what several groups of features are made of."""

from typing import Any

import numpy as np
import numpy.typing as npt

from tasks.blocks.walk import Blocks
from tasks.blocks.words import NUMBERS

Table = npt.NDArray[Any]
LEVELS = 5
# A paragraph as a rule of thumb: a sentence of some length, not made of links. Scripts without spaces say more in less.
GOOD_CHARS, GOOD_CHARS_UNSPACED, UNSPACED_WORDS = 60, 25, 4
# In blocks: what is farther is not near, by whatever number.
FAR = 60


class Layout:
    """One page of ``n`` blocks: columns over its blocks and its containers, and sums over both."""

    def __init__(self, blocks: Blocks, words: Table) -> None:
        """``words``: the rows of read_words."""
        self.n = n = len(blocks.text)
        self.words = words
        self.at = np.arange(n)
        self.chars = chars = words[:, 0]
        self.container = np.array(blocks.container)
        self.parent = np.array(blocks.parent)
        self.link = np.minimum(np.array(blocks.link, np.float32), chars)
        self.link_share = self.link / chars
        self.tag = np.array(blocks.tag)
        self.first, self.last = np.array(blocks.first), np.array(blocks.last)
        self.depth = np.array(blocks.depth, np.float32)
        is_long = (chars >= GOOD_CHARS) | ((chars >= GOOD_CHARS_UNSPACED) & (words[:, 1] < UNSPACED_WORDS))
        self.good = (is_long & (self.link_share < 0.5)).astype(np.float32) * words[:, NUMBERS.index("ends_sentence")]
        self.good_chars = chars * self.good
        self.total, self.total_good = float(chars.sum()) or 1.0, float(self.good_chars.sum()) or 1.0
        self.sums = {name: sums_of(values) for name, values in (("chars", chars), ("link", self.link), ("good", self.good_chars))}
        self.chain = container_chain(blocks)


def container_chain(blocks: Blocks) -> list[Table]:
    """For each block its container, the one above that, and so on, ``LEVELS`` of them."""
    chain, parent = [np.array(blocks.container)], np.array(blocks.parent)
    for _ in range(LEVELS - 1):
        chain.append(parent[chain[-1]])
    return chain


def sums_of(values: Table) -> Table:
    """Sums up to each place, so that a difference of two is the sum of a stretch."""
    return np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))


def groups_by_name(blocks: Blocks) -> tuple[Table, Table]:
    """A number for each block: the same for the same tag and class; and the same for those and the parent's."""
    names, parent = blocks.name, blocks.parent
    numbers: dict[str, int] = {}
    alone = [numbers.setdefault(names[at], len(numbers)) for at in blocks.container]
    pairs: dict[tuple[str, str], int] = {}
    paired = [pairs.setdefault((names[at], names[parent[at]]), len(pairs)) for at in blocks.container]
    return np.array(alone), np.array(paired)


def last_marked(marks: Table) -> Table:
    """For each place the last marked one up to it; far before the page where there is none."""
    return np.maximum.accumulate(np.where(marks, np.arange(len(marks)), -2 * FAR - len(marks)))


def next_marked(marks: Table) -> Table:
    """For each place the first marked one from it on; far behind the page where there is none."""
    n = len(marks)
    return np.minimum.accumulate(np.where(marks, np.arange(n), 2 * n + 2 * FAR)[::-1])[::-1]
