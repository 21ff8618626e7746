"""The card: front matter that the Hub takes, numbers of the edition, nothing of the machine or the run that made it."""

import re
from collections import Counter

import pytest
import yaml

from tasks.cards.card import card, size_category
from tasks.cards.facts import FORGOTTEN, UNKNOWN, EditionFacts
from tasks.cards.in_place import card_in_place, layout_in_place
from tasks.editions import EDITION_SCHEMA
from tasks.storage import open_store
from tests.tasks.made_editions import LICENCES, make_edition


def made_card(folder, **facts) -> str:
    store = open_store(str(folder))
    edition = make_edition(store, **facts)
    return card_in_place(store, edition)


def front_of(text: str) -> dict:
    return yaml.safe_load(re.fullmatch(r"---\n(.*?)\n---\n.*", text, re.DOTALL)[1])


def test_the_front_matter(tmp_path):
    front = front_of(made_card(tmp_path, name="2024"))
    assert front["pretty_name"] == "2024"
    assert front["language"] == ["de", "en", "ja"]
    assert (front["license"], front["size_categories"]) == ("other", ["n<1K"])
    articles, aside = front["configs"]
    assert (articles["config_name"], articles["default"]) == ("default", True)
    assert articles["data_files"] == [{"split": "train", "path": "articles/*/*.parquet"}]
    # Two months have nothing set aside, and their files no rows.
    paths = ["set_aside/month=2025-01/00000.parquet", "set_aside/month=undated/00000.parquet"]
    assert (aside["config_name"], aside["data_files"][0]["path"]) == ("set_aside", paths)


@pytest.mark.parametrize(
    ("languages", "codes", "told"),
    [
        ({"zh": 2, "zh-Hant": 1, "iw": 1, UNKNOWN: 1}, ["he", "zh"], "of 1 site in 3 languages,"),
        ({"en": 4, UNKNOWN: 1}, ["en"], "of 1 site in 1 language,"),
        ({"en": 3, "de": 1, FORGOTTEN: 1}, ["de", "en"], "in more than 2 languages,"),
        ({UNKNOWN: 5}, None, "in 0 languages,"),
    ],
)
def test_languages_that_were_not_detected_are_none_and_the_hub_gets_iso_codes(tmp_path, languages, codes, told):
    edition = make_edition(open_store(str(tmp_path)))
    facts = EditionFacts(5, languages=Counter(languages), domains=Counter({"harbour.example": 4, UNKNOWN: 1}))
    text = card(edition, facts, layout_in_place(edition))
    assert front_of(text).get("language") == codes
    assert told in text


def test_what_the_card_tells(tmp_path):
    text = made_card(tmp_path)
    for line in (
        "| articles | 300 |",
        "| without a date of publication | 27 |",
        "| published (UTC) | 2024-11-20 to 2025-01-21 |",
        "| harbour.example | 75 | 25.0 |",
        "| none declared | 150 | 50.0 |",
        "| `too_short` | 30 | 9.1 | The text is shorter than the recipe asks for. |",
        "The edition was made from 330 articles: 300 kept, 30 set aside, each with a reason.",
        "The edition knows 60 stories with more than one copy, 120 articles in all.",
        "pressrun curate ROOT --edition spring --filter min_chars=100 --keep all",
        '  "bands": 14,',
    ):
        assert line in text.splitlines()
    assert "24 articles (8.0 %) carry a signal" in text
    assert "belong to their publishers" in text
    assert all(f"| `{name}` |" in text for name in EDITION_SCHEMA.names)
    assert LICENCES[3] not in text
    # A fence of its own length: the recipe holds three backticks.
    assert re.search(r"^````json$.*^````$", text, re.MULTILINE | re.DOTALL)


def test_the_card_says_what_is_masked(tmp_path):
    assert "`[email]`" not in made_card(tmp_path)
    masked = made_card(tmp_path / "masked", recipe={"mask": ["email", "phone"]})
    assert "`[email]`, `[phone]` stand where such a thing was recognised" in masked


def test_neither_times_nor_places_of_the_run_stand_in_it(tmp_path):
    text = made_card(tmp_path)
    assert "secret" not in text
    assert "2025-03-01" not in text
    later = {"started_at": "2026-01-01T00:00:00+00:00", "finished_at": "2026-01-01T01:00:00+00:00", "run_id": "another"}
    assert made_card(tmp_path / "again", **later) == text


def test_an_edition_of_nothing_has_a_card(tmp_path):
    text = made_card(tmp_path, articles=0)
    assert "| articles | 0 |" in text
    assert "configs" not in front_of(text)


@pytest.mark.parametrize(
    ("articles", "size"),
    [(0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (123_456, "100K<n<1M"), (10**9, "1B<n<10B"), (10**11, "100B<n<1T")],
)
def test_sizes_are_the_classes_of_the_hub(articles, size):
    assert size_category(articles) == size
