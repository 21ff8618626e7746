"""Refuses an article that was published before a day; one without a date of publication stays."""

from collections.abc import Callable
from datetime import UTC, datetime

from tasks.errors import FixTheRun
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: the first day that is kept, YYYY-MM-DD, UTC; raises FixTheRun when it is no day."""
    try:
        first = datetime.strptime(option, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise FixTheRun(f"filter published_since={option}: it takes a day, e.g. published_since=2024-12-01") from None

    def check(article: Article) -> Rejection | None:
        at = article.published_at
        return reject_article(article, Reason.PUBLISHED_BEFORE, f"published {at:%Y-%m-%d}") if at and at < first else None

    return check
