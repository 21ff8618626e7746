"""Repetition is found at its bounds, the quick looks change nothing, and hostile texts cost no more than others."""

# ruff: noqa: RUF001 - full-width marks and letters of other alphabets are meant

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.filters import gopher_repetition as gopher
from tasks.filters._texts import Reading
from tasks.reasons import Reason
from tests.tasks.filters.articles import article

CHECK = gopher.make("on")
LINE_WORD = "Share"
SYLLABLES = "ba ko ri nu te sa mo li".split()


def made_up(number: int) -> str:
    """A word of six letters for every number below 512."""
    return "".join(SYLLABLES[(number >> shift) & 7] for shift in (0, 3, 6))


# Ten words a line, no word twice: 69 characters.
LINES = [" ".join(made_up(10 * line + place) for place in range(10)) for line in range(40)]


def told(text: str, option: str = "on", **changes: object) -> str | None:
    answer = gopher.make(option)(article(text, **changes))
    assert answer is None or answer.reason is Reason.GOPHER_REPETITION
    return answer and answer.detail


def test_repeated_lines():
    assert told("\n".join(LINES)) is None
    shares = [LINE_WORD] * 9
    assert told("\n".join([*LINES[:18], *shares])) is None
    assert told("\n".join([*LINES[:17], *shares])) == "lines: 8 of 26 lines"
    assert told("\n".join([*LINES[:17], *shares]), "without:lines") is None
    copies = "\n".join([*LINES[:11], *LINES[:3]])
    assert told(copies) == "line_characters: 207 of 966 characters"
    assert told("\n".join([*LINES[:12], *LINES[:3]]), "without:repeated_runs") is None


def test_runs_of_words():
    words = " ".join(LINES).split()
    slogans = " ".join(f"{word} buy" for word in words[:40])
    assert told(slogans) is None
    slogans = " ".join(f"{word} buy boats" for word in words[:40])
    assert told(slogans) == "top_runs: 0.57 of the characters in one run of 2 words"
    assert told(slogans, "without:top_runs") is None
    assert told(" ".join([*LINES[:10], *LINES[:1]])) is None
    assert told(" ".join([*LINES[:10], *LINES[:2]])) == "repeated_runs: 0.17 of the characters in repeated runs of 5 words"
    words = " ".join(LINES).split()
    assert told(" ".join(words[:25] + words[:5])) == "repeated_runs: 0.17 of the characters in repeated runs of 5 words"
    # Longer runs are asked more strictly.
    assert told(" ".join(words[:85] + words[:10])) == "repeated_runs: 0.11 of the characters in repeated runs of 10 words"
    assert told(" ".join([*LINES[:15], *LINES[:2]])) == "repeated_runs: 0.12 of the characters in repeated runs of 9 words"


def test_runs_of_scripts_without_spaces():
    text = "港口议会星期一开会讨论新的桥梁，市长说明年春天动工。居民担心噪音和费用，希望先修学校门口的道路。"
    assert told(text, language="zh") is None
    again = told(text * 2, "without:top_runs", language="zh")
    assert again == "repeated_runs: 0.50 of the characters in repeated runs of 5 words"
    # Whole words of other scripts count as one character does.
    assert told(text.replace("，", "Kindle for PC，"), language="zh") is None


def _naive_top(units: list[str], size: int) -> int:
    counts = Counter(tuple(units[at : at + size]) for at in range(len(units) - size + 1))
    times = max(counts.values(), default=0)
    return (
        times * max((len("".join(run)) for run, count in counts.items() if count == times), default=0)
        if times >= gopher.LEAST_TIMES
        else 0
    )


def _naive_repeated(units: list[str], size: int) -> int:
    runs = [tuple(units[at : at + size]) for at in range(len(units) - size + 1)]
    covered = {at + step for at, run in enumerate(runs) if run in runs[:at] for step in range(size)}
    return sum(len(units[at]) for at in covered)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(["a", "bb", "harbour", "the", "council", "ferries"]), max_size=60), st.integers(0, 60))
def test_the_quick_looks_change_nothing(start, plain):
    units = start + [f"word{number}" for number in range(plain)]
    reading = Reading(" ".join(units), "en", 1.0, [" ".join(units)], units, 0, 0)
    total = sum(map(len, units))
    tops = [words for words, most in gopher.MOST_CHARS_IN_TOP_RUN.items() if _naive_top(units, words) > most * total]
    runs = [words for words, most in gopher.MOST_CHARS_IN_REPEATED_RUNS.items() if _naive_repeated(units, words) > most * total]
    for rule, broken in (("top_runs", tops), ("repeated_runs", runs)):
        answer = gopher.RULES[rule](reading)
        assert (answer is None) is (not broken)
        assert answer is None or answer.endswith(f" {broken[0]} words")


@pytest.mark.parametrize("text", ["a " * 200_000, "文" * 300_000, "a\n" * 200_000, " ".join(map(str, range(100_000)))])
def test_a_hostile_text_gets_an_answer(text):
    CHECK(article(text, language=None, language_score=None))
