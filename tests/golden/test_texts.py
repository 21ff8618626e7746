"""What the grades make of the golden pages: how near the expected text they come, and what they must never take in."""

from functools import lru_cache

import pytest

from tasks.components import load_component
from tasks.metadata.merge import read_facts
from tasks.pages.charset import decode_text
from tasks.pages.tree import parse_html
from tests.golden.pages import GoldenPage, golden_pages
from tests.quality.text_metrics import mean_score, score_text

ARTICLES = [page for page in golden_pages() if page.is_article]
# Least F1 over the golden articles, and how many of the lines that must be absent may slip in.
FLOORS = {"fast": (0.965, 0.12), "balanced": (0.965, 0.12), "thorough": (0.965, 0.12)}


@lru_cache
def extracted(grade: str, name: str) -> str:
    page = next(page for page in ARTICLES if page.name == name)
    tree = parse_html(decode_text(page.body, None).text)
    return (
        load_component("extractors", grade).extract(tree, read_facts(tree, page.url, page.captured_at), wants_markdown=False).text
    )


def unwanted(page: GoldenPage, grade: str) -> list[str]:
    return [piece for piece in page.absent if piece in extracted(grade, page.name)]


@pytest.mark.parametrize("grade", FLOORS)
def test_a_grade_comes_near_the_text_that_a_careful_reader_marks(grade: str) -> None:
    scores = {page.name: score_text(extracted(grade, page.name), page.text) for page in ARTICLES}
    worst = sorted(scores, key=lambda name: scores[name].f1)[:5]
    assert mean_score(scores.values()).f1 >= FLOORS[grade][0], [(name, scores[name]) for name in worst]


@pytest.mark.parametrize("grade", FLOORS)
def test_furniture_stays_out(grade: str) -> None:
    taken = {page.name: unwanted(page, grade) for page in ARTICLES}
    share = sum(map(len, taken.values())) / sum(len(page.absent) for page in ARTICLES)
    assert share <= FLOORS[grade][1], taken
