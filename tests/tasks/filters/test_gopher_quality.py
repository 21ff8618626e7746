"""Each rule of Gopher rejects what it is for, at its bound and not before, and no other language for English words."""

import pytest

from tasks.errors import FixTheRun
from tasks.filters.gopher_quality import RULES, make
from tasks.reasons import Reason
from tests.tasks.filters.articles import article, sentences

CHECK = make("on")
GOOD = sentences(12)


def told(text: str, **changes: object) -> str | None:
    answer = CHECK(article(text, **changes))
    assert answer is None or answer.reason is Reason.GOPHER_QUALITY
    return answer and answer.detail


def test_words():
    assert told(" ".join(["harbour that with", *["harbour"] * 47])) is None
    assert told(" ".join(["harbour that with", *["harbour"] * 46])) == "words: 49 words"
    assert told("the of harbour " * 33_334) == "words: 100002 words"
    assert told("港口议会星期一开会讨论新的桥梁。" * 10, language="zh") is None
    assert told("港口议会星期一开会。", language="zh") == "words: 5 words"


def test_word_length():
    assert told("aufgabenverteilung " * 60, language="de") == "word_length: 18.0 letters a word"
    assert told("a to be of it in " * 20, language="en") == "word_length: 1.8 letters a word"
    # Marks do not count, and syllables are no letters.
    assert told("„(»Wirtschaft!«)“ " * 60, language="de") is None
    assert told("나는 집에 왔다 " * 60, language="ko") is None


def test_symbols_bullets_and_ellipses():
    assert told(GOOD + "\n" + "#tag " * 40).startswith("symbols: 40 # or ellipses in ")
    assert told("\n".join(f"- {line}" for line in GOOD.split("\n"))) == "bullets: 12 of 12 lines"
    assert told("\n".join(["Heading that ends", *(f"- {line}" for line in GOOD.split("\n")[:10])])) == "bullets: 10 of 11 lines"
    assert told("\n".join(["Heading that ends", *(f"- {line}" for line in GOOD.split("\n")[:9])])) is None
    lines = GOOD.split("\n")
    assert told("\n".join([*(f"{line}\u2026" for line in lines[:4]), *lines[4:]])) == "ellipses: 4 of 12 lines"
    assert told("\n".join([*(f"{line}..." for line in lines[:3]), *lines[3:]])) is None


def test_alphabetic():
    assert told("the score of " + "3:2 harbour " * 60) == "alphabetic: 0.51 of the words have a letter"
    assert told("the score of " + "3:2 harbour club that won " * 60) is None
    # Marks between cells of a table are no words.
    assert told("the harbour | of | that | " * 30) is None


def test_stop_words_are_asked_of_english_alone():
    wordless = "harbour council bridges ferry library market theatre quarry school tram " * 6
    assert told(wordless, language="en", language_score=0.9) == "stop_words: 0 of them"
    assert told(wordless + "the the the", language="en", language_score=0.9) == "stop_words: 1 of them"
    assert told(wordless + "The and", language="en", language_score=0.9) is None
    assert told(wordless, language="en", language_score=0.5) is None
    assert told(wordless, language="de", language_score=0.9) is None
    assert told(wordless, language=None, language_score=None) is None


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_switched_off(rule):
    short = article("# " * 40 + "- 1...")
    assert CHECK(short).detail.startswith("words: ")
    answer = make(f"without:{rule}")(short)
    assert answer.detail.startswith("words: ") is (rule != "words")


@pytest.mark.parametrize(
    "option", ["", "off", "without:", "without:rhymes", "without:words,", "on,words", "without:" + ",".join(RULES)]
)
def test_what_is_no_rule_is_refused(option):
    with pytest.raises(FixTheRun, match=r"e\.g\. gopher_quality=without:words"):
        make(option)
