"""Refuses a teaser: the beginning of an article that a paywall cut.

Two signs. The page says that it is not free (schema.org isAccessibleForFree) and its text is short; or the text ends in what
paywalls say, and is not so long that the rest must be there with the box that scripts show to others.
"""

from collections.abc import Callable

from tasks.filters._options import must_be_on
from tasks.filters._paywall_words import paywall_patterns
from tasks.filters._texts import width
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article

# Letters; Han and Kana count three. Of 25 pages of 22 sites that said so, the whole ones had 1,570 and more, the cut one 882.
MOST_UNFREE_CHARS = 1_000
MOST_TEASER_CHARS = 4_000
LAST_LINES = 3
# Longer lines are paragraphs of the article.
MOST_CUE_CHARS = 300


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: on; raises FixTheRun for another."""
    must_be_on("paywall", option)

    def check(article: Article) -> Rejection | None:
        text = article.text
        # Enough to see that a text is long.
        length = width(text) if len(text) <= MOST_TEASER_CHARS else len(text)
        if article.is_accessible_for_free is False and length < MOST_UNFREE_CHARS:
            return reject_article(article, Reason.PAYWALL, f"not free, {len(text)} characters")
        cue = _cue(text, article.language) if length <= MOST_TEASER_CHARS else None
        return reject_article(article, Reason.PAYWALL, f"ends in {cue!r}") if cue else None

    return check


def _cue(text: str, language: str | None) -> str | None:
    patterns = paywall_patterns(language)
    lines = [line for line in text.rstrip().split("\n") if line.strip()][-LAST_LINES:]
    found = (match[0] for line in lines if len(line) <= MOST_CUE_CHARS for one in patterns if (match := one.search(line.lower())))
    return next(found, None)
