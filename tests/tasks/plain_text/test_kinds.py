"""One line's kind by itself."""

# ruff: noqa: RUF001 - credits have dashes and full-width brackets

import pytest

from tasks.plain_text.kinds import Kind, kind_of
from tasks.plain_text.lines import make_line


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Share", Kind.FURNITURE),
        ("Comments (12)", Kind.END),
        ("Read more: Ferry timetable for the winter", Kind.FURNITURE),
        ("Lesen Sie auch: Fahrplan der Fähren", Kind.FURNITURE),
        ("À lire aussi : l'horaire des bacs", Kind.FURNITURE),
        ("あわせて読みたい", Kind.END),
        ("اقرأ أيضا", Kind.END),
        ("Читайте также: расписание паромов", Kind.FURNITURE),
        ("© 2024 The Harbour Post. All rights reserved.", Kind.FURNITURE),
        ("We use cookies to make this site better for you and to measure how it is used.", Kind.NOTICE),
        ("Sign up to our newsletter", Kind.FURNITURE),
        ("5 min read", Kind.FURNITURE),
        ("The pier after the storm. Photo: Jane Doe", Kind.CAPTION),
        ("The pier after the storm [Jane Doe – Example Agency]", Kind.CAPTION),
        ("The pier after the storm (AP Photo/Jane Doe)", Kind.CAPTION),
        ("Der Steg nach dem Sturm. Foto: Max Muster/dpa", Kind.CAPTION),
        ("嵐の後の桟橋（写真：山田太郎）", Kind.CAPTION),
        ("Copyright holders said on Monday that they would not sue the libraries of the city.", Kind.PROSE),
        ("The EU wants sites to ask less often whether people accept that they are followed.", Kind.PROSE),
        ("He looked at the crowd (throw in some images of it) and asked whether anybody had seen the boat.", Kind.PROSE),
        ("市の交通局は月曜日に新しい路面電車の運行を始めると発表した。", Kind.PROSE),
        ("* * *", Kind.SHORT),
        ("What comes next", Kind.SHORT),
        ("Yes.", Kind.SHORT),
    ],
)
def test_kinds(text: str, kind: Kind) -> None:
    assert kind_of(make_line(text)) is kind
