"""Refuses what repeats itself: Rae et al. 2021 (arXiv 2112.11446), appendix A.1.1, "Repetition removal", table A1.

Our lines are the paper's paragraphs, so its rules for both are one here. What comes again counts, not what comes first. In scripts
without spaces a run of n words is as many characters as n words have, and it may begin at every character.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from tasks.filters._rules import Rule, make_filter
from tasks.filters._texts import DENSE_CHARS_PER_WORD, LOOSE_CHARS_PER_WORD, UNIT, Reading
from tasks.reasons import Reason
from tasks.records import Article, Rejection

MOST_REPEATED_LINES = 0.3
MOST_CHARS_IN_REPEATED_LINES = 0.2
# By the number of words in a run.
MOST_CHARS_IN_TOP_RUN = {2: 0.2, 3: 0.18, 4: 0.16}
MOST_CHARS_IN_REPEATED_RUNS = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.1}

# In the 50 words that Gopher asks for at least, a run that comes twice reaches these shares by long words alone.
LEAST_TIMES = 3

# Words; of a text without spaces its characters, with whole words of other scripts in between.
Units = Sequence[str]
Run = tuple[str, ...]


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: on, or without:rule,rule; raises FixTheRun for another."""
    return make_filter("gopher_repetition", option, Reason.GOPHER_REPETITION, RULES)


def repeated(lines: Iterable[str]) -> list[str]:
    """Every line that stood there before."""
    seen: set[str] = set()
    # set.add gives None: a new line is added and left out.
    return [line for line in lines if line in seen or seen.add(line)]  # type: ignore[func-returns-value]


def _lines(reading: Reading) -> str | None:
    count, total = len(repeated(reading.lines)), len(reading.lines)
    return f"{count} of {total} lines" if count > MOST_REPEATED_LINES * total else None


def _line_characters(reading: Reading) -> str | None:
    count, total = sum(map(len, repeated(reading.lines))), sum(map(len, reading.lines))
    return f"{count} of {total} characters" if count > MOST_CHARS_IN_REPEATED_LINES * total else None


def _top_runs(reading: Reading) -> str | None:
    units, per_word = _units(reading)
    total, longest = sum(map(len, units)), max(map(len, units), default=0)
    times = len(units)
    for words, most in MOST_CHARS_IN_TOP_RUN.items():
        size = round(words * per_word)
        # A longer run comes no more often than the shorter one in it: most texts need not be counted again.
        if times * size * longest <= most * total:
            continue
        counts = Counter(_runs(units, size))
        times = max(counts.values(), default=0)
        if times >= LEAST_TIMES and times * size * longest > most * total:
            # The longest of the most frequent.
            length = max(sum(map(len, run)) for run, count in counts.items() if count == times)
            if times * length > most * total:
                return f"{times * length / total:.2f} of the characters in one run of {words} words"
    return None


def _repeated_runs(reading: Reading) -> str | None:
    units, per_word = _units(reading)
    total, least = sum(map(len, units)), min(MOST_CHARS_IN_REPEATED_RUNS.values())
    if _most_in_repeated(units, round(min(MOST_CHARS_IN_REPEATED_RUNS) * per_word)) <= least * total:
        return None
    for words, most in MOST_CHARS_IN_REPEATED_RUNS.items():
        size = round(words * per_word)
        share = _chars_in_repeated(units, size) / total if total else 0.0
        if share > most:
            return f"{share:.2f} of the characters in repeated runs of {words} words"
        # What lies in longer runs lies in shorter ones as well.
        if share <= least:
            return None
    return None


def _units(reading: Reading) -> tuple[Units, float]:
    """The units that runs are made of, and how many of them a word has."""
    if not reading.is_unspaced:
        return reading.words, 1
    dense, loose = reading.dense / DENSE_CHARS_PER_WORD, reading.loose / LOOSE_CHARS_PER_WORD
    return UNIT.findall(reading.text), DENSE_CHARS_PER_WORD if dense >= loose else LOOSE_CHARS_PER_WORD


def _runs(units: Units, size: int) -> Iterable[Run]:
    return zip(*(units[start:] for start in range(size)), strict=False)


def _most_in_repeated(units: Units, size: int) -> int:
    """An upper bound of ``_chars_in_repeated``, in a fraction of its time: enough for most texts."""
    count = len(units) - size + 1
    again = count - len(set(_runs(units, size))) if count > 0 else 0
    return again * size * max(map(len, units)) if again else 0


def _chars_in_repeated(units: Units, size: int) -> int:
    """Characters within runs that came before, each once."""
    seen: set[Run] = set()
    covered = bytearray(len(units))
    for start, run in enumerate(_runs(units, size)):
        if run in seen:
            covered[start : start + size] = b"\1" * size
        else:
            seen.add(run)
    return sum(len(unit) for unit, is_covered in zip(units, covered, strict=True) if is_covered)


RULES: Mapping[str, Rule] = {
    "lines": _lines,
    "line_characters": _line_characters,
    "top_runs": _top_runs,
    "repeated_runs": _repeated_runs,
}
