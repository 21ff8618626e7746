"""Recipes and components: choices that cannot work are refused in one line, every choice changes the id."""

from dataclasses import replace

import pytest

from tasks.components import component_names, load_component
from tasks.errors import FixTheRun
from tasks.facts import Facts
from tasks.recipe import Recipe


@pytest.mark.parametrize(
    "wrong",
    [
        {"extractor": "magic"},
        {"filters": (("min_chars", "many"),)},
        {"filters": (("no_such_filter", "1"),)},
        {"max_payload_bytes": 10},
        {"part_articles": 0},
        {"max_cpu_seconds": 0},
        {"max_memory_bytes": 1_000},
    ],
)
def test_a_choice_that_cannot_work_is_refused_in_one_line(wrong):
    with pytest.raises(FixTheRun) as refused:
        replace(Recipe(), **wrong).check()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "change", [{"filters": ()}, {"max_payload_bytes": 5_000_000}, {"part_articles": 10}, {"max_cpu_seconds": 5.0}]
)
def test_every_choice_changes_the_id(change):
    assert replace(Recipe(), **change).id != Recipe().id


def test_a_library_that_decides_the_output_changes_the_id(monkeypatch):
    before = Recipe().id
    monkeypatch.setattr("tasks.recipe.version", lambda name: f"{name}-next")
    assert Recipe().id != before


def test_the_id_is_the_same_in_every_process():
    assert Recipe().id == Recipe().id
    assert len(Recipe().id) == 16


@pytest.mark.parametrize("name", component_names("extractors"))
def test_every_extractor_keeps_the_contract(name):
    from lxml.html import fromstring, tostring

    extractor = load_component("extractors", name)
    tree = fromstring("<html><body><article>" + "<p>One sentence after the other stands here.</p>" * 9 + "</article></body></html>")
    before = tostring(tree)
    assert "One sentence" in extractor.extract(tree, Facts(), wants_markdown=False).text
    assert tostring(tree) == before
    assert "One sentence" in extractor.extract(tree, Facts(), wants_markdown=True).markdown
    assert extractor.extract(tree, Facts(), wants_markdown=False).markdown is None
    empty = extractor.extract(fromstring("<html><body></body></html>"), Facts(), wants_markdown=True)
    assert (empty.text, empty.markdown or "") == ("", "")
    assert extractor.VERSION


@pytest.mark.parametrize("name", component_names("filters"))
def test_every_filter_refuses_an_option_that_it_cannot_read(name):
    with pytest.raises(FixTheRun):
        load_component("filters", name).make("\x00")
