"""FineWeb's rules, at their bounds."""

# ruff: noqa: RUF001 - full-width marks and letters of other alphabets are meant

from tasks.filters.fineweb_quality import make
from tasks.reasons import Reason
from tests.tasks.filters.articles import article, sentences

CHECK = make("on")
HEADING = "A heading of the harbour news that ends in no mark"


def told(text: str, option: str = "on", **changes: object) -> str | None:
    answer = make(option)(article(text, **changes))
    assert answer is None or answer.reason is Reason.FINEWEB_QUALITY
    return answer and answer.detail


def numbered(count: int) -> str:
    return "\n".join(f"{HEADING} {number}" for number in range(count))


def test_lines_that_end_in_punctuation():
    assert told(f"{sentences(3)}\n{numbered(21)}") is None
    assert told(f"{sentences(3)}\n{numbered(22)}") == "punctuation: 3 of 25 lines end in it"
    assert told("ห้องสมุดของเมืองจะเปิดในปีหน้าและจะมีหนังสือใหม่มากมายให้ยืมอ่าน", language="th") is None
    assert told("市长说新的桥梁明年春天动工。\n居民担心噪音和费用，还有交通。", language="zh") is None
    assert told("Er sagte, die Brücke in Maren sei nun wirklich gut (siehe oben.)", language="de") is None


def test_repeated_lines():
    lines = [f"The ferry with number {number:02} left the harbour at noon." for number in range(10)]
    assert told("\n".join([*lines, lines[0]])) is None
    assert told("\n".join([*lines[:9], lines[0]])) == "repeated_lines: 50 of 500 characters"


def test_short_lines():
    short = "\n".join(f"Harbour club {number} won." for number in range(6))
    assert told(f"{short}\n{sentences(3)}") is None
    assert told(f"{short}\nHarbour club 7 won.\n{sentences(3)}") == "short_lines: 7 of 10 lines"
    # Ten characters of Han say as much as thirty letters.
    assert told("市长说新桥明年春动工。\n居民担心噪音和费用多。", language="zh") is None
    assert told("市长说。\n居民担心。", language="zh") == "short_lines: 2 of 2 lines"
    assert told("Won.\nLost.", "without:short_lines") is None


def test_an_empty_text_breaks_the_first_rule_alone():
    assert told("") == "punctuation: 0 of 0 lines end in it"
    assert told("", "without:punctuation") is None
