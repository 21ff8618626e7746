"""Refuses an article whose page or server opts out of being archived, indexed or used for AI."""

from collections.abc import Callable

from tasks.filters._options import refused
from tasks.opt_outs import is_honoured
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: honour; raises FixTheRun for another."""
    if option != "honour":
        raise refused("opt_outs", option, "it is opt_outs=honour, or the filter is left out and opt-outs are only recorded")

    def check(article: Article) -> Rejection | None:
        signal = next((signal for signal in article.opt_outs if is_honoured(signal)), None)
        return reject_article(article, Reason.OPTED_OUT, signal) if signal else None

    return check
