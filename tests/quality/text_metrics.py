"""How like the gold an extracted text is: the metrics of two public benchmarks, pure."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

_TOKEN = re.compile(r"\w+")
_SHINGLE_TOKENS = 4


class Score(NamedTuple):
    """Shares from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean, 0 when both are."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


class Found(NamedTuple):
    """How many segments were found and missed: those that must be in a text, those that must not."""

    right: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def f1(self) -> float:
        """Over all the pages that were added up."""
        return 2 * self.right / (2 * self.right + self.missed + self.wrong) if self.right else 0.0


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Every four words that follow each other, as often as they do; a shorter text is one shingle."""
    tokens = _TOKEN.findall(text)
    starts = range(max(1, len(tokens) - _SHINGLE_TOKENS + 1)) if tokens else ()
    return Counter(tuple(tokens[start : start + _SHINGLE_TOKENS]) for start in starts)


def score_text(found: str, gold: str) -> Score:
    """One page of the article extraction benchmark."""
    ours, theirs = shingles(found), shingles(gold)
    if ours == theirs:
        return Score(1, 1)
    right = sum((ours & theirs).values())
    return Score(right / max(1, ours.total()), right / max(1, theirs.total()))


def mean_score(scores: Iterable[Score]) -> Score:
    """The means over pages; their F1 is the benchmark's."""
    every = list(scores)
    return Score(sum(score.precision for score in every) / len(every), sum(score.recall for score in every) / len(every))


def find_segments(found: str, wanted: Iterable[str], unwanted: Iterable[str]) -> Found:
    """One page of trafilatura's own evaluation."""
    hits = [segment in found for segment in wanted]
    return Found(sum(hits), len(hits) - sum(hits), sum(segment in found for segment in unwanted))


def add_found(pages: Iterable[Found]) -> Found:
    """The sum over pages."""
    return Found(*map(sum, zip(*pages, strict=True)))
