"""Training examples: the blocks of a page, their features, and which of them a person (or three extractors) would keep."""

import difflib
import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import trafilatura
from trafilatura.settings import Document, Extractor

from tasks.blocks.features import block_features
from tasks.blocks.walk import Blocks, read_blocks
from tasks.blocks.words import WORD
from tasks.facts import Facts
from tasks.metadata.domain import host_and_domain
from tasks.metadata.merge import read_facts
from tests.quality.pages import page_tree

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
TEACHERS = [
    Extractor(output_format="python", comments=False, dedup=False, **mode) for mode in ({}, {"fast": True}, {"precision": True})
]
# A page of segments teaches by a few lines and by what three teachers agree on: less than a page with a gold text.
SEGMENTS_WEIGHT, NAMED_LINE_WEIGHT = 0.3, 2.0
MIN_SEGMENTS_WEIGHT_SUM = 200
MIN_LETTERS = 12
LENGTH_POWER = 0.75
MIN_RUN = 2


class Example(NamedTuple):
    """One page: where it is from, its facts and blocks, and for each block a row of features, a label (1, 0, or -1: unknown) and a weight."""

    collection: str
    page: dict[str, Any]
    site: str
    facts: Facts
    blocks: Blocks
    features: np.ndarray
    labels: np.ndarray
    weights: np.ndarray


def read_example(collection: str, page: dict[str, Any]) -> Example:
    """Read a page of a collection, with its labels."""
    url = _address(page)
    tree = page_tree(page)
    facts = read_facts(tree, url, None)
    blocks = read_blocks(tree)
    features = block_features(blocks, facts) if blocks.text else np.zeros((0, 0), np.float32)
    counts = np.array([len(WORD.findall(text)) for text in blocks.text], float)
    if "text" in page:
        labels = _gold_labels(blocks.text, page["text"])
        weights = counts**LENGTH_POWER
        weights = weights / max(weights.sum(), 1.0)
    else:
        # What a page of segments says little about weighs little.
        labels, is_named = _segment_labels(blocks.text, page, [_taught(tree, teacher) for teacher in TEACHERS])
        weights = counts**LENGTH_POWER * np.where(is_named, NAMED_LINE_WEIGHT, 1.0) * (labels >= 0)
        weights = SEGMENTS_WEIGHT * weights / max(weights.sum(), MIN_SEGMENTS_WEIGHT_SUM)
    return Example(collection, page, host_and_domain(url)[1], facts, blocks, features, np.where(counts > 0, labels, -1), weights)


def _address(page: dict[str, Any]) -> str:
    """Pages of segments have a slug (``kind::example.org-headline.html``) in place of an address."""
    url: str = page["url"]
    return url if "://" in url else f"https://{url.rpartition('::')[2].partition('-')[0].partition('/')[0]}/"


def _gold_labels(texts: list[str], gold: str) -> np.ndarray:
    """1 where half of a block's words are aligned with the gold text, in order."""
    words = [WORD.findall(text) for text in texts]
    flat = [word for block in words for word in block]
    matcher = difflib.SequenceMatcher(None, WORD.findall(gold), flat, autojunk=False)
    hit = np.zeros(len(flat), bool)
    for _, start, length in matcher.get_matching_blocks():
        hit[start : start + length] |= length >= MIN_RUN
    ends = np.cumsum([len(block) for block in words])
    shares = [hit[end - len(block) : end].mean() if block else 0.0 for block, end in zip(words, ends, strict=True)]
    return (np.array(shares) >= 0.5).astype(int)


def _segment_labels(texts: list[str], page: dict[str, Any], taught: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and whether a person named the line; where nobody did, what all teachers keep or all leave out."""
    wanted, unwanted = ([_letters(line) for line in page[name] if _letters(line)] for name in ("segments_with", "segments_without"))
    known = [_letters(text) for text in taught]
    labels, named = np.full(len(texts), -1), np.zeros(len(texts), bool)
    for number, text in enumerate(texts):
        letters = _letters(text)
        by_person = next((label for label, lines in ((1, wanted), (0, unwanted)) if _shares(letters, lines)), None)
        if by_person is not None:
            labels[number], named[number] = by_person, True
        elif len(letters) >= MIN_LETTERS:
            kept = {letters in text for text in known}
            labels[number] = int(kept.pop()) if len(kept) == 1 else -1
    return labels, named


def _shares(letters: str, lines: list[str]) -> bool:
    return bool(letters) and any(line in letters or (len(letters) > 15 and letters in line) for line in lines)


def _letters(text: str) -> str:
    return "".join(WORD.findall(text))


def _taught(tree: Any, teacher: Extractor) -> str:
    found = trafilatura.bare_extraction(tree, options=teacher)
    return (found.text or "") if isinstance(found, Document) else ""
