"""Articles for the tests of filters: a real row with another text, and the golden texts of all languages."""

from dataclasses import replace
from functools import cache

from tasks.metadata.language import detect_language
from tasks.records import Article
from tests.demo.archive import page
from tests.golden.pages import golden_pages
from tests.tasks.test_pressing import press


@cache
def pressed() -> Article:
    found = press(page("harbour_bridge"))
    assert isinstance(found, Article)
    return found


def article(text: str, **changes: object) -> Article:
    """A whole row with this text and its language; ``changes`` to its other columns."""
    language, score = detect_language(text)
    return replace(pressed(), **{"text": text, "language": language, "language_score": score, **changes})


@cache
def golden_articles() -> dict[str, Article]:
    """The expected text of every golden page that is an article: some 70 texts in 25 languages."""
    return {golden.name: article(golden.text.strip()) for golden in golden_pages() if golden.text}


def sentences(count: int) -> str:
    """English, no two sentences alike, one a line."""
    towns = "Maren Holt Obrin Velda Sund Karst Lomen Dray Pell Ostra Quay Tarn Wick Nore Fenn Ambly Brode Cress Dunn Elver".split()
    kinds = "harbour bridge school tram library market mill theatre ferry quarry".split()
    return "\n".join(
        f"The council of {towns[number % 20]} said on day {number} that the {kinds[number % 10]} would {('open', 'close')[number % 2]} "
        f"with {number + 3} new {kinds[(number * 7 + 3) % 10]} workers after {towns[(number * 3 + 1) % 20]} paid for it."
        for number in range(count)
    )
