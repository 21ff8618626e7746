"""Which blocks of a page are its article, and how sure that is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from lxml.html import HtmlElement

from tasks.blocks.embedded import read_embedded
from tasks.blocks.features import block_features
from tasks.blocks.net import load_net
from tasks.blocks.rendering import Line, read_lines
from tasks.blocks.second_look import second_features
from tasks.blocks.walk import Blocks, read_blocks
from tasks.facts import Facts

Table = npt.NDArray[Any]
KEEP_AT = 0.5
# Less is a teaser, an error, or a page whose scripts would have written the article.
LITTLE_TEXT_CHARS = 300
# Shorter lines may well come twice: "No comment."
PARAGRAPH_CHARS = 80


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines of an article. ``confidence``: the F1 in characters that is to be expected, 0 to 1. ``source``: page | script."""

    lines: list[Line]
    chars: int
    confidence: float
    source: str


def choose_lines(tree: HtmlElement, facts: Facts, looks: int) -> Choice:
    """Keep the blocks that are likelier in the article than not; of a page without text, those that its scripts carry.

    ``looks``: 1, or 2 for a second one that knows what the first found.
    """
    choice = _choose(tree, facts, looks, "page")
    if choice.chars >= LITTLE_TEXT_CHARS:
        return choice
    embedded = read_embedded(tree)
    hidden = _choose(embedded, facts, looks, "script") if embedded is not None else choice
    return max(choice, hidden, key=lambda found: found.chars)


def _judge(blocks: Blocks, facts: Facts, looks: int) -> Table:
    """How likely each block is part of the article, 0 to 1."""
    if not blocks.text:
        return np.zeros(0)
    features = block_features(blocks, facts)
    first = load_net("first_look").probabilities(features)
    if looks == 1:
        return first
    second = load_net("second_look").probabilities(second_features(blocks, features, first))
    return np.asarray((first + second) / 2)


def _choose(tree: HtmlElement, facts: Facts, looks: int, source: str) -> Choice:
    blocks = read_blocks(tree)
    probabilities = _judge(blocks, facts, looks)
    kept = _once(blocks, np.flatnonzero(probabilities >= KEEP_AT).tolist())
    chars = np.array([len(text) for text in blocks.text])
    return Choice(read_lines(blocks, kept), int(chars[kept].sum()), _confidence(probabilities, chars), source)


def _once(blocks: Blocks, kept: list[int]) -> list[int]:
    """Without second copies of a paragraph: pages repeat their text for printing and for browsers without scripts."""
    seen: set[str] = set()
    first = []
    for block in kept:
        text = blocks.text[block]
        if text not in seen:
            first.append(block)
        if len(text) >= PARAGRAPH_CHARS:
            seen.add(text)
    return first


def _confidence(probabilities: Table, chars: Table) -> float:
    expected, is_kept = probabilities * chars, probabilities >= KEEP_AT
    right = float(expected[is_kept].sum())
    wrong, missed = float(chars[is_kept].sum()) - right, float(expected[~is_kept].sum())
    return round(2 * right / (2 * right + wrong + missed), 3) if right else 0.0
