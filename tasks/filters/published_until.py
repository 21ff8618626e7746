"""Refuses an article that was published after a day; one without a date of publication stays."""

from collections.abc import Callable

from tasks.filters._options import day
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: the last day that is kept, YYYY-MM-DD, UTC; raises FixTheRun when it is no day."""
    last = day("published_until", option)

    def check(article: Article) -> Rejection | None:
        at = article.published_at
        return reject_article(article, Reason.PUBLISHED_AFTER, f"published {at:%Y-%m-%d}") if at and at.date() > last else None

    return check
