"""Refuses an article that was published before a day; one without a date of publication stays."""

from collections.abc import Callable

from tasks.filters._options import day
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: the first day that is kept, YYYY-MM-DD, UTC; raises FixTheRun when it is no day."""
    first = day("published_since", option)

    def check(article: Article) -> Rejection | None:
        at = article.published_at
        return reject_article(article, Reason.PUBLISHED_BEFORE, f"published {at:%Y-%m-%d}") if at and at.date() < first else None

    return check
