"""Refuses an article that is not known to be in one of the languages asked for, also one whose language was not detected.

A code takes its variants with it: ``zh`` is also ``zh-Hant``.
"""

import re
from collections.abc import Callable

from tasks.filters._options import listed, refused
from tasks.languages import as_detected, code_that_takes
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article

ENTRY = re.compile(r"([a-z]{2,3}(?:-[a-z]{2,4})?)(?::(0(?:\.[0-9]{1,6})?|1(?:\.0{1,6})?))?", re.ASCII | re.IGNORECASE)
HINT = "it takes ISO 639 codes, each with the least share of the text if wanted (0 to 1), e.g. languages=en:0.65,de"


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: codes with commas, each with its least ``language_score`` behind a colon; raises FixTheRun for another."""
    least = _least_scores(option)

    def check(article: Article) -> Rejection | None:
        language, score = article.language, article.language_score or 0.0
        code = code_that_takes(language, least)
        if code is not None and score >= least[code]:
            return None
        return reject_article(article, Reason.OTHER_LANGUAGE, f"{language} {score:.2f}" if language else "not detected")

    return check


def _least_scores(option: str) -> dict[str, float]:
    least = {}
    for entry in listed("languages", option, HINT):
        match = ENTRY.fullmatch(entry)
        if match is None:
            raise refused("languages", option, HINT)
        least[as_detected(match[1])] = float(match[2] or 0)
    return least
