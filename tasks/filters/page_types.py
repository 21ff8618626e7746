"""Refuses a page that is known to be of another type than those asked for.

A page of unknown type stays, as one without a date does: most sites declare none, and texts that somebody extracted never do.
"""

from collections.abc import Callable

from tasks.facts import PageType
from tasks.filters._options import listed, refused
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article

HINT = f"it takes types of pages that are kept (of {', '.join(PageType)}), e.g. page_types=article,live_blog"


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: types with commas, as in the column ``page_type``; raises FixTheRun for another."""
    kept = frozenset(listed("page_types", option, HINT))
    if not kept <= set(PageType):
        raise refused("page_types", option, HINT)

    def check(article: Article) -> Rejection | None:
        found = article.page_type
        return reject_article(article, Reason.OTHER_PAGE_TYPE, found) if found and found not in kept else None

    return check
