import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.metadata.addresses import first_address, is_foreign

URL = "https://www.news.example/a/b"


@pytest.mark.parametrize(
    ("addresses", "found"),
    [
        (("../cats",), "https://www.news.example/cats"),
        (("", "#top"), "https://www.news.example/a/b#top"),
        (("//other.example/x",), "https://other.example/x"),
        (("javascript:alert(1)", "http://[bad", "mailto:a@b", "https://x.example/"), "https://x.example/"),
        (("https://x.example/" + "a" * 2_000,), None),
        ((), None),
    ],
)
def test_the_first_address_of_the_web(addresses: tuple[str, ...], found: str | None) -> None:
    assert first_address(addresses, URL) == found


@pytest.mark.parametrize(
    ("address", "foreign"),
    [("https://m.news.example/a", False), ("https://other.example/a", True), ("https://news.co.uk/", True), (None, None)],
)
def test_another_registrable_domain_is_foreign(address: str | None, foreign: bool | None) -> None:
    assert is_foreign(address, URL) is foreign
    assert is_foreign(address, "no address") is None


@given(st.lists(st.text(max_size=20)), st.text(max_size=20))
def test_any_address(addresses: list[str], base: str) -> None:
    found = first_address(tuple(addresses), base)
    assert found is None or found.startswith(("http://", "https://"))
    is_foreign(found, base)
