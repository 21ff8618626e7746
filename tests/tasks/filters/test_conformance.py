"""What holds for every filter: options that it cannot read are refused in one line with an example, and it only looks."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.components import component_names, load_component
from tasks.errors import FixTheRun
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.reasons import Stage
from tasks.recipe import Recipe
from tasks.records import Rejection
from tasks.selection import Selection
from tasks.storage import open_store
from tests.demo.archive import ARCHIVE
from tests.tasks.filters.articles import article, golden_articles

FILTERS = component_names("filters")


def refusal_or_none(name: str, option: str) -> str | None:
    try:
        load_component("filters", name).make(option)
    except FixTheRun as refused:
        return str(refused)
    return None


def example_of(name: str) -> str:
    """The option in the line that refuses another."""
    found = re.findall(rf"\b{name}=([^\s]+)", refusal_or_none(name, "\x00") or "")
    return found[-1].rstrip(",")


def test_there_are_filters():
    assert {"min_chars", "languages", "gopher_quality", "paywall", "not_hosts"} <= set(FILTERS)


@pytest.mark.parametrize("name", FILTERS)
def test_a_refusal_names_an_option_that_works(name):
    load_component("filters", name).make(example_of(name))


@pytest.mark.parametrize("name", FILTERS)
@settings(max_examples=40)
@given(
    option=st.one_of(
        st.text(max_size=30), st.sampled_from(["", "on\n", "9" * 5_000, "a,,b", "without:", "\u0663", "en:9", "é" * 400])
    )
)
def test_any_option_makes_a_filter_or_is_refused_in_one_line(name, option):
    line = refusal_or_none(name, option)
    if line is not None:
        assert line.startswith(f"filter {name}=")
        assert len(line.splitlines()) == 1
        assert len(line) < 400


@pytest.mark.parametrize("name", FILTERS)
def test_the_same_article_gets_the_same_answer_and_is_left_as_it_is(name):
    one, other = (load_component("filters", name).make(example_of(name)) for _ in range(2))
    for found in golden_articles().values():
        before = repr(found)
        answer = one(found)
        assert answer is None or (isinstance(answer, Rejection) and answer.stage is Stage.FILTER and answer.detail)
        assert answer is None or (answer.url, answer.at.warc_offset) == (found.url, found.warc_offset)
        assert other(found) == answer
        assert repr(found) == before


@pytest.mark.parametrize("name", FILTERS)
@settings(max_examples=40)
@given(
    text=st.text(alphabet=st.characters() | st.sampled_from("\n -.{#。文字ไทย"), max_size=200),
    language=st.sampled_from([None, "en", "zh-Hant", "th"]),
)
def test_any_text_gets_an_answer(name, text, language):
    score = 0.9 if language else None
    answer = load_component("filters", name).make(example_of(name))(article(text, language=language, language_score=score))
    assert answer is None or answer.stage is Stage.FILTER


@pytest.mark.parametrize("name", ["gopher_quality", "gopher_repetition", "c4_quality", "fineweb_quality", "min_words", "paywall"])
def test_good_articles_of_all_languages_pass(name):
    check = load_component("filters", name).make("on" if name != "min_words" else "50")
    refused = {found: check(row) for found, row in golden_articles().items()}
    assert len(refused) > 60
    assert {found: answer.detail for found, answer in refused.items() if answer} == {}


def test_what_filters_reject_is_counted(tmp_path):
    store = open_store(str(tmp_path))
    filters = (
        ("not_hosts", "rails.example"),
        ("languages", "en"),
        ("gopher_quality", "on"),
        ("min_words", "3000"),
    )
    (order,) = plan_archives(store, Selection((str(ARCHIVE),)), Recipe(filters=filters)).orders
    counts = press_shard(store, order, Watch()).counts
    assert counts.closes
    assert counts.rejections["other_language"] >= 1
    assert counts.rejections["unwanted_host"] >= 1
    assert counts.rejections["too_few_words"] >= 1
