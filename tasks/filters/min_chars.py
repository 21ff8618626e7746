"""Refuses a text that is too short to be an article."""

from collections.abc import Callable

from tasks.filters._options import whole_number
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: the least length of a text, characters; raises FixTheRun when it is no whole number."""
    least = whole_number("min_chars", option, "the least length is a whole number of characters, e.g. min_chars=100")

    def check(article: Article) -> Rejection | None:
        length = len(article.text)
        return reject_article(article, Reason.TOO_SHORT, f"{length} characters") if length < least else None

    return check
