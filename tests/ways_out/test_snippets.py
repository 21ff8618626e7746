"""The snippets for each tool, run as they stand in the document."""

import re
from pathlib import Path

import duckdb
import pytest

from tasks.cards.in_place import card_in_place
from tasks.storage import open_store
from tests.tasks.made_editions import make_edition
from tests.ways_out.offline import datasets

README = (Path(__file__).parents[2] / "README.md").read_text()
TEXT = README.split("\n## One corpus\n")[1].split("\n## ")[0]
# Spark wants Java and half a gigabyte; its snippet is run by hand.
SNIPPETS = {
    code.splitlines()[0].strip("#- ").split()[0].rstrip(",;"): code
    for code in re.findall(r"^```(?:python|sql)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the corpus of the document lies, with its edition and the card in it."""
    folder = tmp_path_factory.mktemp("readers")
    store = open_store(str(folder / "corpus" / "mine"))
    edition = make_edition(store, "main")
    store.write("curated/main/README.md", card_in_place(store, edition).encode())
    return folder


def test_every_tool_has_a_snippet():
    assert set(SNIPPETS) == {"DuckDB", "Polars", "pandas", "PyArrow", "datasets", "Spark"}


@pytest.mark.parametrize(
    ("tool", "told"),
    [
        ("Polars", r"shape: \(\d\d+, 3\)"),
        ("pandas", r"\[136 rows x 3 columns\]"),
        ("PyArrow", r"\A(\d+\n)+\Z"),
        ("datasets", r"300 Note \d+\n\Z"),
    ],
)
def test_a_snippet_prints_what_it_promises(folder, tool, told, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(folder / "cache"))
    exec(SNIPPETS[tool], {})
    assert re.search(told, capsys.readouterr().out)


def test_the_query(folder, monkeypatch):
    monkeypatch.chdir(folder)
    rows = duckdb.sql(SNIPPETS["DuckDB"]).fetchall()
    assert len(rows) == 12
    assert sum(row[2] for row in rows) == 240
    assert rows == sorted(rows)
