"""Refuses a text of few words.

Words stand between spaces and hold a letter or a digit. Scripts without spaces are counted by their characters: five of Han and
Kana are three words, four of Thai, Lao, Burmese and Khmer are one (tasks/filters/_texts.py says where this is from).
"""

from collections.abc import Callable

from tasks.filters._options import whole_number
from tasks.filters._texts import count_words
from tasks.reasons import Reason
from tasks.records import Article, Rejection, reject_article


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: the least number of words; raises FixTheRun when it is no whole number."""
    least = whole_number("min_words", option, "the least length is a whole number of words, e.g. min_words=50")

    def check(article: Article) -> Rejection | None:
        count = int(count_words(article.text))
        return reject_article(article, Reason.TOO_FEW_WORDS, f"{count} words") if count < least else None

    return check
