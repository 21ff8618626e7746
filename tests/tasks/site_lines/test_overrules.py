"""lines.toml."""

import pytest

from tasks.errors import FixTheRun
from tasks.site_lines.cutting import cut_text
from tasks.site_lines.overrules import Overrules, parse_overrules

GOOD = """
[[keep]]
site = "made.example"
line = "Reporting by Ada Quill"

[[cut]]
site = "*"
line = "Watch this space"
[[cut]]
site = "made.example"
line = "Good night."
"""


def test_an_empty_file_overrules_nothing() -> None:
    assert parse_overrules("") == Overrules()


def test_lines_are_cut_anywhere_on_the_sites_that_are_named() -> None:
    overrules = parse_overrules(GOOD)
    text = "One.\nWATCH THIS SPACE\nTwo.\n  Good night.\nThree."
    kept, cut = cut_text(text, {}, overrules.cut_at("made.example"))
    assert kept == "One.\nTwo.\nThree."
    assert [(line["at"], line["text"], line["rule"]) for line in cut] == [
        (1, "WATCH THIS SPACE", "person"),
        (3, "  Good night.", "person"),
    ]
    assert cut_text(text, {}, overrules.cut_at("other.example"))[0] == "One.\nTwo.\n  Good night.\nThree."


def test_a_sign_stands_for_numbers_where_a_person_writes_it() -> None:
    lines = "".join(f'[[cut]]\nsite = "*"\nline = "{line}"\n' for line in ("# likes", "Page 3", "Tuesday, December #"))
    asked = parse_overrules(lines).cut_at("made.example")
    assert cut_text("12 likes\n7 likes\nPage 3\nPage 4\nlikes\nMonday, May 4", {}, asked)[0] == "Page 4\nlikes"


def test_a_site_s_own_word_is_above_that_for_every_site() -> None:
    overrules = parse_overrules('keep = [{site = "a.example", line = "Bye"}]\ncut = [{site = "*", line = "bye"}]')
    assert not overrules.cut_at("a.example")
    assert overrules.cut_at("b.example")


def test_order_and_repetition_say_nothing() -> None:
    turned = "\n".join(f"[[{each}" for each in reversed(GOOD.split("[[")[1:]))
    assert parse_overrules(turned + turned) == parse_overrules(GOOD)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[keep]\nsite=1", "no TOML"),
        ("[[hold]]\nsite='a'\nline='b'", "'hold'"),
        ("[keep]\nsite='a.b'\nline='c'", "[[keep]], not [keep]"),
        ("keep = ['a']", "[[keep]] number 1"),
        ("[[cut]]\nsite='a.b'", "needs site and line"),
        ("[[cut]]\nsite='a.b'\nline='c'\nwhy='d'", "nothing else"),
        ("[[cut]]\nsite='a.b'\nline=3", "are texts"),
        ("[[cut]]\nsite='a.b'\nline='  '", "not empty"),
        ("[[cut]]\nsite='a.b'\nline='c\\nd'".replace("'c\\nd'", '"c\\nd"'), "no line break"),
        ("[[cut]]\nsite='https://a.b/'\nline='c'", "registrable domain"),
        ("[[cut]]\nsite='a.b'\nline='c'\n[[keep]]\nsite='a.b'\nline='C'", "keeps and cuts"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(FixTheRun) as caught:
        parse_overrules(text, "corpus/lines.toml")
    message = str(caught.value)
    assert told in message
    assert message.startswith("corpus/lines.toml")
    assert "\n" not in message
