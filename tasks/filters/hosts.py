"""Refuses an article of another host than those asked for, or below one of them."""

from collections.abc import Callable

from tasks.filters._host_lists import listed_hosts
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: hosts or domains with commas; raises FixTheRun for what is none. For long lists there is --only-hosts."""
    wanted = listed_hosts("hosts", option)

    def check(article: Article) -> Rejection | None:
        return None if wanted.takes(article.host) else reject_article(article, Reason.OTHER_HOST, article.host)

    return check
