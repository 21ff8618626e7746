import pytest

from tasks.metadata.titles import choose_title

URL = "https://www.thedaily.example/a"


@pytest.mark.parametrize(
    ("titles", "title"),
    [
        (("Cats win the vote | The Daily",), "Cats win the vote"),
        (("The Daily - Cats win the vote",), "Cats win the vote"),
        (("Cats win the vote - Politics - The Daily",), "Cats win the vote"),
        (("Cats win the vote - thedaily.example",), "Cats win the vote"),
        (("Cats win - and dogs lose",), "Cats win - and dogs lose"),
        (("Cats win the vote \u2013 Some Other Name", "Cats win the vote"), "Cats win the vote"),
        (("The Daily", "Cats win the vote"), "Cats win the vote"),
        (("The Daily",), "The Daily"),
        ((), None),
    ],
)
def test_the_headline_without_the_site(titles: tuple[str, ...], title: str | None) -> None:
    assert choose_title(titles, ("The Daily",), URL) == title
