"""What a line tells by itself."""

# ruff: noqa: RUF001 - credits have dashes and full-width marks

import pytest

from tasks.site_lines.folding import fold, line_hash
from tasks.site_lines.marks import CAPTION, CUE, INWARD, SENTENCE, WEIGHTY, is_date_line, mark_line


@pytest.mark.parametrize(
    "line",
    [
        "The ministry did not reply.", "- bread", "club | games | points", "Ellis 2 - 1 Alderby", "Attendance: 1,204", "10:42",
        "“We will wait”", "the bus goes by with its yellow blinds,", "Cod 12.50 crowns",
    ],
)  # fmt: skip
def test_body_by_its_shape(line: str) -> None:
    assert mark_line(line).marks & WEIGHTY


@pytest.mark.parametrize(
    "line",
    [
        "clear", "News since 1987", "Who pays for the pier?", "Sign up for our newsletter.", "Source: agencies", "Write to us: post@made.example",
        "The views expressed in this article are the author's own.",
    ],
)  # fmt: skip
def test_what_a_site_could_say(line: str) -> None:
    assert not mark_line(line).marks & WEIGHTY


@pytest.mark.parametrize(
    "line",
    [
        "The pier on Sunday [Jo Reed – Example Agency]", "The pier, seen from above. Foto: Jo Reed / dpa", "写真：港の新聞社",
        "The board meets. (Reuters/Jo Reed)",
    ],
)  # fmt: skip
def test_captions_have_a_credit(line: str) -> None:
    assert mark_line(line).marks & CAPTION


@pytest.mark.parametrize(
    "line",
    [
        "Der Rat vertagte die Wahl auf den Herbst, wie er am Montag mitteilte. (dpa/gem)",
        "Le conseil a reporté le vote. (ats/nxp)", "The council put off the vote. (AFP/Reuters)", "Image | Name | Source",
    ],
)  # fmt: skip
def test_reports_that_agencies_sign_are_no_captions(line: str) -> None:
    assert not mark_line(line).marks & CAPTION


@pytest.mark.parametrize(
    ("line", "is_date"),
    [
        ("December 3, 2024 at 8:38 pm", True), ("Stand: 03.12.2024, 20:38 Uhr", True), ("2024年12月3日 20時38分", True),
        ("3 March 2021", True), ("Ellis 2 - 1 Alderby", False), ("10:42", False), ("In May 2024 the board counted the boats of both harbours", False),
        ("Cod 12.50 crowns", False), ("12 comments", False),
    ],
)  # fmt: skip
def test_date_lines(line: str, is_date: bool) -> None:
    assert is_date_line(fold(line)) is is_date
    assert bool(mark_line(line).mask) is (is_date or bool(mark_line(line).marks & CUE))


def test_a_link_is_known_by_what_leads_to_it_and_by_its_headline() -> None:
    one, other = mark_line("Read more: Bridge toll rises by a penny"), mark_line("READ MORE: Choir sings in the old cinema")
    assert one.mask == other.mask != 0
    assert one.rest == line_hash("Bridge toll rises by a penny")


def test_lines_that_introduce_belong_to_what_follows() -> None:
    assert mark_line("What to take:").marks & INWARD


def test_a_long_line_is_sentences_without_a_full_stop() -> None:
    assert mark_line("word " * 40).marks & SENTENCE
