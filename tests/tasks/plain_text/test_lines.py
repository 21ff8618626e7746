"""Paragraphs out of line ends of all kinds."""

import pytest

from tasks.plain_text.lines import read_lines


def paragraphs(text: str) -> list[str]:
    return [line.text for line in read_lines(text)]


AGENCY = """\
The harbour board said on Monday that the northern pier would stay shut
until the spring, because the storm of last week had washed out more of
the sand below it than the divers had first thought.

Ferries to the islands leave from the old quay meanwhile. The crossing
takes a quarter of an hour longer, and cars have to be booked a day
ahead.
"""


def test_lines_broken_at_a_width_become_paragraphs() -> None:
    found = paragraphs(AGENCY)
    assert len(found) == 2
    assert found[0].startswith("The harbour board said on Monday that the northern pier would stay shut until the spring")
    assert found[1].endswith("have to be booked a day ahead.")


def test_carriage_returns_change_nothing() -> None:
    assert paragraphs(AGENCY.replace("\n", "\r\n")) == paragraphs(AGENCY.replace("\n", "\r")) == paragraphs(AGENCY)


def test_paragraphs_told_by_their_indent() -> None:
    text = "\n".join(("    " if i in (0, 3) else "") + line for i, line in enumerate(line for line in AGENCY.splitlines() if line))
    assert paragraphs(text) == paragraphs(AGENCY)


def test_a_page_break_in_a_sentence_joins_and_after_one_parts() -> None:
    first, second = AGENCY.split("until the spring,", 1)
    assert paragraphs(f"{first}\f\nuntil the spring,{second}") == paragraphs(AGENCY)
    assert paragraphs("One ends here.\fAnother begins.") == ["One ends here.", "Another begins."]


def test_a_paragraph_a_line_stays_so_without_empty_lines() -> None:
    lines = [
        "A short one.",
        "One that is rather longer than the others, and goes on about the weather in the hills for quite a while before it ends.",
        "And a third.",
    ] * 3
    assert paragraphs("\n".join(lines)) == lines


def test_verse_stays_in_lines() -> None:
    lines = ["The kettle sings,", "the window is grey and wide,", "a bus goes by", "with nobody inside."]
    assert paragraphs("\n".join(lines)) == lines


def test_japanese_broken_at_a_width_is_joined_without_spaces() -> None:
    sentence = "市の交通局は月曜日に新しい路面電車の運行を来年の四月から始めると発表し、運賃は今と変わらないと説明したうえで、車両は低い床のものを使い、駅も改めると述べた。"
    wrapped = "\n".join(sentence[start : start + 20] for start in range(0, len(sentence), 20))
    assert paragraphs(f"{wrapped}\n\n{wrapped}") == [sentence, sentence]


def test_a_hyphen_at_the_end_of_a_line_takes_no_space() -> None:
    text = AGENCY.replace("would stay shut\nuntil", "would be mid-\nway until")
    assert "the northern pier would be mid-way until the spring" in paragraphs(text)[0]


def test_items_of_a_list_are_not_joined() -> None:
    text = (
        AGENCY + "\n- the pier stays shut until spring and the quay is used until then ok\n- cars have to be booked a day ahead\n"
    )
    assert len(paragraphs(text)) == 4


@pytest.mark.parametrize("text", ["", "\n\n", "\f", "\ufeff", " \r\n\t"])
def test_nothing_gives_nothing(text: str) -> None:
    assert paragraphs(text) == []


def test_signs_nobody_sees_are_gone() -> None:
    assert paragraphs("\ufeffStra\u00adßen\u200bbahn\0") == ["Straßenbahn"]
