"""A text as the rules see it: lines, and words, also of scripts that put no space between them."""

import re
from dataclasses import dataclass

from tasks.records import Article

# Han, Kana: a word is 1.5 to 1.7 characters (jieba 0.42 on Chinese, Janome 0.5 on Japanese news).
DENSE = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
DENSE_CHARS_PER_WORD = 5 / 3
# Thai, Lao, Burmese, Khmer: 3.7 (ICU) to 4.1 (newmm) code points on Thai news.
LOOSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
LOOSE_CHARS_PER_WORD = 4
# A Han or Kana character stands for so many letters of an alphabet: 5/3 a word against five letters and a space.
DENSE_WIDTH = 3

UNSPACED_CHAR = re.compile(f"[{DENSE}{LOOSE}]")
DENSE_CHAR = re.compile(f"[{DENSE}]")
# A character of a script without spaces, or a word of another.
UNIT = re.compile(rf"[{DENSE}{LOOSE}]|[^\s{DENSE}{LOOSE}]+")
LETTER_OR_DIGIT = re.compile(r"[^\W_]")

# What ends a sentence: Latin, CJK, Arabic, Urdu, Devanagari, Armenian, Ethiopic, Burmese, Khmer, the Greek question mark.
STOPS = ".!?\u2026\u3002\uff01\uff1f\uff61\uff0e\u061f\u06d4\u0964\u0965\u0589\u1362\u104b\u17d4\u17d5\u037e"
QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb\u2039\u203a\u300d\u300f"
CLOSING_BRACKETS = ")]\uff09\u3011"
LINE_ENDS = tuple(STOPS + QUOTES)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, taken apart. ``lines``: without the blank ones, a line a paragraph. ``words``: those between spaces.

    ``dense`` counts the characters of Han and Kana, ``loose`` those of Thai, Lao, Burmese and Khmer: they are in no word.
    """

    text: str
    language: str | None
    language_score: float
    lines: list[str]
    words: list[str]
    dense: int
    loose: int

    @property
    def word_count(self) -> float:
        """Words between spaces, and as many as a segmenter would about find in what has none."""
        return len(self.words) + self.dense / DENSE_CHARS_PER_WORD + self.loose / LOOSE_CHARS_PER_WORD

    @property
    def is_unspaced(self) -> bool:
        """Whether most words have no space between them."""
        return self.word_count > 2 * len(self.words)

    @property
    def has_no_stops(self) -> bool:
        """Whether it is mostly in a script that ends sentences by a space (Thai, Lao): Burmese and Khmer are spared with them."""
        return 2 * self.loose / LOOSE_CHARS_PER_WORD > self.word_count


def read(article: Article) -> Reading:
    """Take an article's text apart."""
    text = article.text
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    words, dense, loose = _words(text)
    return Reading(text, article.language, article.language_score or 0.0, lines, words, dense, loose)


def count_words(text: str) -> float:
    """Words of a text or a line, as in ``Reading.word_count``."""
    words, dense, loose = _words(text)
    return len(words) + dense / DENSE_CHARS_PER_WORD + loose / LOOSE_CHARS_PER_WORD


def width(text: str) -> int:
    """Length as letters of an alphabet would take it: Han and Kana count three."""
    return len(text) if text.isascii() else len(text) + (DENSE_WIDTH - 1) * len(DENSE_CHAR.findall(text))


def ends_in_stop(line: str) -> bool:
    """Whether a line ends as a sentence or a quotation does; brackets that close behind it do not count."""
    return line.rstrip(CLOSING_BRACKETS).endswith(LINE_ENDS)


def _words(text: str) -> tuple[list[str], int, int]:
    """Words between spaces, marks that stand alone left out; characters of Han and Kana; of Thai and its like."""
    dense = loose = 0
    if not text.isascii() and UNSPACED_CHAR.search(text):
        unspaced = len(UNSPACED_CHAR.findall(text))
        dense = len(DENSE_CHAR.findall(text))
        loose = unspaced - dense
        text = UNSPACED_CHAR.sub(" ", text)
    # Split at spaces: \w+ would cut words of Indic scripts at their vowel signs.
    words = [word for word in text.split() if word.isalnum() or LETTER_OR_DIGIT.search(word)]
    return words, dense, loose
