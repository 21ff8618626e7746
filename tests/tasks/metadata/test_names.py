import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.metadata.names import clean_authors


@pytest.mark.parametrize(
    ("raw", "people"),
    [
        (("By Jane Doe",), ("Jane Doe",)),
        (("Jane Doe and John Roe",), ("Jane Doe", "John Roe")),
        (("Jane Doe, John Roe",), ("Jane Doe", "John Roe")),
        (("Jane Doe, Political Editor",), ("Jane Doe",)),
        (("Doe, Jane",), ("Jane Doe",)),
        (("Von Anna Berg und Karl Tal",), ("Anna Berg", "Karl Tal")),
        (("Ursula von der Leyen",), ("Ursula von der Leyen",)),
        (("José Ortega y Gasset",), ("José Ortega y Gasset",)),
        (("Ana Ruiz Gil y Luis Mar Paz",), ("Ana Ruiz Gil", "Luis Mar Paz")),
        (("Jane Doe", "jane doe", "John Roe"), ("Jane Doe", "John Roe")),
        (("https://www.facebook.com/jane", "@jane", "jane@news.example"), ()),
        (("Jane Doe (@jane)", "John Roe john@news.example"), ("Jane Doe", "John Roe")),
        (("<a href='/x'>Jane Doe</a>",), ("Jane Doe",)),
        (("Jane Doe, Reuters", "Staff"), ("Jane Doe",)),
        (("김철수 기자",), ("김철수",)),
        (("Jane Doe am 3. Dezember 2024", "John Roe at 18:52"), ("Jane Doe", "John Roe")),
        (("Jane Doe For The Daily On Sunday",), ("Jane Doe",)),
        (("Veröffentlicht von Anna Berg",), ("Anna Berg",)),
        (("Jane Doe Jr.", "John R.", "Jane Roe."), ("Jane Doe Jr.", "John R.", "Jane Roe")),
        (("by", "Von", "5 minutes", "13:36 Uhr"), ()),
        (("Editor",), ()),
        (("12345", "", " , "), ()),
    ],
)
def test_people(raw: tuple[str, ...], people: tuple[str, ...]) -> None:
    assert clean_authors(raw).people == people


def test_agencies_staff_logins_and_the_site_are_kept_apart() -> None:
    found = clean_authors(("dpa", "The Daily", "Daily Staff", "jane_doe99", "jd", "Jane Doe"), ("Some Office",), ("The Daily",))
    assert found.people == ("jd", "Jane Doe")
    assert found.placeholders == ("dpa", "The Daily", "Daily Staff", "jane_doe99")


@given(st.lists(st.text(max_size=60)), st.lists(st.text(max_size=10)))
def test_any_text(raw: list[str], sites: list[str]) -> None:
    found = clean_authors(tuple(raw), (), tuple(sites))
    assert all(1 < len(name) <= 80 for name in found.people + found.placeholders)
