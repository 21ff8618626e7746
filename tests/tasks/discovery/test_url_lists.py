"""Lists of addresses, one a line."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.discovery.items import Announced, Item
from tasks.discovery.url_lists import read_url_list


def test_a_list() -> None:
    body = b"\xef\xbb\xbf# mine\r\nhttps://a.example/x?y=1#z\r\n\r\n  http://B.example  # a remark\nhttps://a.example/x?y=1\n"
    assert read_url_list(body) == Announced((Item("https://a.example/x?y=1"), Item("http://b.example/")))


def test_bad_lines_are_named() -> None:
    found = read_url_list(b"https://a.example/\n" + b"bad line\n" * 7)
    assert len(found.items) == 1
    assert found.problems == (
        *(f"line {number} is no address: 'bad line'" for number in range(2, 7)),
        "2 more lines are no address",
    )


def test_an_empty_list_is_a_problem() -> None:
    assert read_url_list(b"# nothing\n").problems == ("empty",)


@given(st.binary(max_size=100))
def test_any_bytes(body: bytes) -> None:
    found = read_url_list(body)
    assert found.items or found.problems
