import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.metadata.evidence import Evidence
from tasks.metadata.titles import choose_title

URL = "https://www.thedaily.example/a"
CATS = "Cats win the vote"


def choose(*, json_ld: str = "", meta: str = "", heading: str = "", window: str = "") -> str | None:
    def stated(text: str) -> tuple[str, ...]:
        return (text,) if text else ()

    evidence = [
        Evidence("json-ld", stated(json_ld)),
        Evidence("meta", stated(meta)),
        Evidence("html", stated(heading), stated(window)),
    ]
    return choose_title(evidence, ("The Daily",), URL)


@pytest.mark.parametrize(
    "title",
    [
        "Cats win the vote | The Daily",
        "The Daily - Cats win the vote",
        "Cats win the vote - Politics - The Daily",
        "Cats win the vote - thedaily.example",
        "Cats win the vote \u2013 The Daily \u2013 03.12.2024",
        "Cats win the vote * The Daily * by Jane Doe",
        "Cats win the vote-The Daily",
        "Cats win the vote-Vote\u3163The Daily",
        "Cats win the vote\uff5cThe Daily",
    ],
)
def test_the_headline_without_the_site(title: str) -> None:
    assert choose(meta=title) == CATS
    assert choose(json_ld=title) == CATS
    assert choose(window=title) == CATS


@pytest.mark.parametrize("title", ["Cats win - and dogs lose", "Anti-cat vote", "The Daily"])
def test_other_separators_stay(title: str) -> None:
    assert choose(meta=title) == title


def test_an_unknown_name_is_cut_where_the_page_shows_less() -> None:
    assert choose(meta="Cats win the vote \u2013 Some Other Name", heading=CATS) == CATS
    assert choose(json_ld="Cats win the vote \u2013 all results", heading=CATS) == "Cats win the vote \u2013 all results"


def test_the_sites_name_alone_is_no_headline() -> None:
    assert choose(meta="The Daily", heading=CATS) == CATS
    assert choose() is None


def test_what_readers_see_and_share_comes_before_what_search_engines_get() -> None:
    assert choose(json_ld="Vote 2024: cats", meta=CATS, heading=CATS, window="Vote 2024: cats | The Daily") == CATS
    assert choose(json_ld="Vote 2024: cats", meta=CATS, heading="Another", window="Vote 2024: cats") == "Vote 2024: cats"
    assert choose(json_ld="Vote 2024: cats", meta=CATS, heading=CATS, window="Cats") == "Vote 2024: cats"


@given(*[st.text(alphabet=st.characters() | st.sampled_from("-|: \u3163"), max_size=40)] * 4)
def test_any_titles(json_ld: str, meta: str, heading: str, window: str) -> None:
    found = choose(json_ld=json_ld, meta=meta, heading=heading, window=window)
    assert found is None or found == found.strip()
