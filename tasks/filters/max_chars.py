"""Refuses a text that is longer than an article is: a whole book, a log, a list."""

from collections.abc import Callable

from tasks.filters._options import whole_number
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: the greatest length of a text, characters; raises FixTheRun when it is no whole number."""
    most = whole_number("max_chars", option, "the greatest length is a whole number of characters, e.g. max_chars=100000")

    def check(article: Article) -> Rejection | None:
        length = len(article.text)
        return reject_article(article, Reason.TOO_LONG, f"{length} characters") if length > most else None

    return check
