import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.metadata.headline_lines import by_lines, date_lines, read_headline_lines
from tasks.pages.tree import parse_html

LINE = "3 December 2024, 20:38"


def lines(body: str) -> tuple[str, ...]:
    return date_lines(read_headline_lines(parse_html(f"<html><body>{body}</body></html>")))


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>Cats</h1><div><span>{LINE}</span></div>",
        "<h1>Cats</h1><p>3 <b>December</b><!-- 2020 --> 2024, 20:38</p>",
        f"<p>{LINE}</p><p>Politics</p><h1>Cats</h1><p>Text without a year.</p>",
        f"<h1>Cats</h1><p>Updated 5 December 2024</p><nav><p>1 May 2020</p></nav><p>{LINE}</p>",
    ],
)
def test_the_line_nearest_to_the_headline(body: str) -> None:
    assert lines(body)[0] == LINE


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{LINE}</p>",
        f"<h1>Cats</h1><footer><p>{LINE}</p></footer>",
        f"<h1>Cats</h1>{'<p>A paragraph.</p>' * 40}<p>{LINE}</p>",
        f"<h1>Cats</h1><p>{'A long sentence about the year. ' * 4} {LINE}</p>",
        "<h1>Cats</h1><p>© 2024</p>",
    ],
)
def test_what_is_no_date_line(body: str) -> None:
    assert lines(body) == ()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("By Jane Doe, 3 December 2024", "Jane Doe"),
        ("By Jane Doe Monday, December 3, 2024", "Jane Doe"),
        ("Von Anna von Berg und Karl Tal | 3.12.2024", "Anna von Berg und Karl Tal"),
        ("Por: Ana Ruiz", "Ana Ruiz"),
        ("By Jane Doe-Roe - Politics", "Jane Doe-Roe"),
        ("By <a>Jane</a> <a>Doe</a>, in <a>Politics</a>, <a>Cats</a>, <a>Dogs</a>", "Jane Doe"),
        ("Text: Jane Doe", "Jane Doe"),
    ],
)
def test_who_wrote_it_beside_the_headline(line: str, name: str) -> None:
    found = read_headline_lines(parse_html(f"<html><body><h1>Cats</h1><p>Politics</p><p>{line}</p></body></html>"))
    assert by_lines(found) == (name,)


@pytest.mark.parametrize(
    "line", ["By the river stood a house", "Bystanders Jane Doe", "by December 2024", "By Jane Doe a cat was found"]
)
def test_a_sentence_is_no_byline(line: str) -> None:
    assert by_lines((line,)) == ()


@given(st.text(alphabet=st.characters() | st.sampled_from("By ,.A1"), max_size=90))
def test_any_line(line: str) -> None:
    assert len(by_lines((line, "By " + line))) <= 1


PIECES = ["<h1>", "<p>", "2024", "<div>", "</div>", "<nav>", "3 May 2024", "<span>", "<!-- x -->", "<?x?>"]


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_page(pieces: list[str]) -> None:
    assert all("2024" in line for line in lines("".join(pieces)))
