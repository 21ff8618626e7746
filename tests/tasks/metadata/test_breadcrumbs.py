from hypothesis import given
from hypothesis import strategies as st

from tasks.metadata.breadcrumbs import read_breadcrumbs, section_of

URL = "https://www.thedaily.example/politics/cats"
NAMES = ("The Daily",)


def trail(*names: str) -> dict[str, object]:
    return {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": name} for name in names]}


def test_names_stand_on_the_step_or_on_its_item() -> None:
    steps = [{"name": "Home"}, {"item": {"@id": "/politics", "name": "Politics"}}, {"item": "/x"}, "not a step"]
    assert read_breadcrumbs([{"@type": "Thing"}, {"@type": "BreadcrumbList", "itemListElement": steps}])[:2] == ("Home", "Politics")
    assert read_breadcrumbs([]) == ()


def test_the_section_is_neither_the_front_page_nor_the_article() -> None:
    for names in (("Home", "Politics", "Cats win"), ("The Daily", "Politics"), ("www.thedaily.example", "Politics", "Votes")):
        assert section_of(read_breadcrumbs([trail(*names)]), "Cats win", NAMES, URL) == "Politics"
    assert section_of(("Startseite", "\u201cCats\u201d win!"), "Cats win", NAMES, URL) is None
    assert section_of(("https://thedaily.example/", "x" * 100), None, NAMES, URL) is None


JSON = st.recursive(
    st.none() | st.text(max_size=9) | st.integers(), lambda leaf: st.lists(leaf) | st.dictionaries(st.just("name"), leaf)
)


@given(JSON)
def test_any_trail(steps: object) -> None:
    found = read_breadcrumbs([{"@type": "BreadcrumbList", "itemListElement": steps}])
    section_of(found, None, NAMES, URL)
