"""One capture that lies in several archives: under two names of a source, or pressed by two recipes that disagree about it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.audit_editions import audit_editions
from tasks.curating.recipe import EditionRecipe
from tasks.storage import open_store
from tests.editions import NOON, add_shard, article, make_edition, rows_of, text_of

ALL = EditionRecipe(filters=())
FURNITURE = "Subscribe to our newsletter"


def dated(recipe: str, days: int):
    """Six captures as a recipe understands them."""
    return [replace(article(number), recipe=recipe, published_at=NOON - timedelta(days=days + number)) for number in range(6)]


def test_one_archive_under_two_names_of_a_source(tmp_path):
    store = open_store(str(tmp_path))
    add_shard(store, "a", [article(number) for number in range(4)])
    add_shard(store, "b", [replace(article(number), source="again") for number in range(4)])
    edition = make_edition(store)
    assert (edition.counts.kept, edition.counts.set_aside) == (4, {"same_capture": 4})


def test_of_two_dates_one_stays_and_the_audit_is_content(tmp_path):
    store = open_store(str(tmp_path))
    add_shard(store, "a", dated("r1", 3))
    add_shard(store, "b", dated("r2", 40))
    edition = make_edition(store)
    kept, aside = rows_of(store, edition), rows_of(store, edition, aside=True)
    assert len({row["id"] for row in kept}) == len(kept) == 6
    assert {row["reason"] for row in aside} == {"same_capture"}
    assert audit_editions(store, 12, deep=True) == ([], [])


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_which_one_stays_does_not_hang_on_what_came_first(tmp_path, order):
    copies = [article(100 + number, text_of(number), published_at=NOON - timedelta(days=20 + number)) for number in range(6)]
    archives = {"a": dated("r1", 3), "b": dated("r2", 40)}
    found = []
    for steps in (order, ["".join(order)]):
        store = open_store(str(tmp_path / str(len(steps))))
        add_shard(store, "c", copies)
        for step in steps:
            for name in step:
                add_shard(store, name, archives[name])
            edition = make_edition(store)
        found.append((rows_of(store, edition), rows_of(store, edition, aside=True)))
    assert found[0] == found[1]


def test_lines_of_one_text_are_not_cut_out_of_the_other(tmp_path):
    store = open_store(str(tmp_path))
    for name, more in (("a", 0), ("b", 1)):
        articles = []
        for number in range(12):
            lines = text_of(number, 200).split("\n")
            text = "\n".join([f"Another beginning of story {number}, as it was told."] * more + lines[:2] + [FURNITURE] + lines[2:])
            found = article(number, text, url=f"https://www.one.example/story-{number}")
            articles.append(replace(found, recipe=name, published_at=found.published_at - timedelta(seconds=more)))
        add_shard(store, name, articles)
    edition = make_edition(store, recipe=ALL)
    kept, aside = rows_of(store, edition), rows_of(store, edition, aside=True)
    assert [[line["text"] for line in row["cut_lines"]] for row in kept] == [[FURNITURE]] * 12
    assert not [row for row in aside if row["cut_lines"]]
    assert edition.counts.cut_lines == 12
