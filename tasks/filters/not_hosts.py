"""Refuses an article of a host that is left out, or below one."""

from collections.abc import Callable

from tasks.filters._host_lists import listed_hosts
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: hosts or domains with commas; raises FixTheRun for what is none."""
    left_out = listed_hosts("not_hosts", option)

    def check(article: Article) -> Rejection | None:
        return reject_article(article, Reason.UNWANTED_HOST, article.host) if left_out.takes(article.host) else None

    return check
