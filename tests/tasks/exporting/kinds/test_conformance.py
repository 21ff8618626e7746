"""What every kind of export has to keep: its rows, its names, a card that fits, the same bytes again."""

import io
import json
import re

import pyarrow.parquet as pq
import pytest
import yaml
import zstandard

from tasks.components import component_names, load_component
from tasks.edition_rows import Choice
from tasks.exporting.making import export
from tasks.exporting.orders import ExportOrder
from tasks.exporting.place import ours
from tasks.storage import open_store
from tests.tasks.made_editions import made_row, make_edition

KINDS = component_names("exporting.kinds")
ROWS = sorted((made_row(number) for number in range(150)), key=lambda row: str(row["published_at"]))


def texts_of(key: str, data: bytes) -> list[str]:
    """The texts of a file of any kind."""
    if key.endswith(".parquet"):
        return pq.read_table(io.BytesIO(data), columns=["text"])["text"].to_pylist()
    plain = zstandard.ZstdDecompressor().stream_reader(data).read().decode()
    if key.endswith(".jsonl.zst"):
        return [json.loads(line)["text"] for line in plain.split("\n")[:-1]]
    return ["\n".join(line if line.strip(" ") else line[1:] for line in found.split("\n")) for found in plain.split("\n\n")[:-1]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    store = open_store(str(tmp_path_factory.mktemp("corpus")))
    make_edition(store, articles=150)
    return store


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("columns", ["all", "fineweb"])
@pytest.mark.parametrize("file_bytes", [10_000, 400_000_000])
def test_all_articles_in_order_in_files_of_the_asked_size(corpus, tmp_path, kind, columns, file_bytes):
    made = export(corpus, ExportOrder("spring", kind, columns, file_bytes=file_bytes), str(tmp_path / "out"))
    out = open_store(str(tmp_path / "out"))
    files = [file for file in made.receipt.files if file.rows]
    assert (len(files) > 4) == (file_bytes == 10_000)
    found = [texts_of(file.key, out.read(file.key)) for file in files]
    assert [len(texts) for texts in found] == [file.rows for file in files]
    assert [text for texts in found for text in texts] == [row["text"] for row in ROWS]
    assert made.receipt.rows == 150
    # The order of names is the order of articles.
    assert [file.key for file in files] == sorted(file.key for file in files)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_chosen(corpus, tmp_path, kind):
    choice = Choice(originals_only=True, languages=("de", "en"))
    made = export(corpus, ExportOrder("spring", kind, choice=choice), str(tmp_path / "out"))
    out = open_store(str(tmp_path / "out"))
    found = [text for file in made.receipt.files if file.rows for text in texts_of(file.key, out.read(file.key))]
    assert found == [row["text"] for row in ROWS if row["is_original"] and row["language"] in {"de", "en"}]
    card = out.read("README.md").decode()
    assert f"| articles | {len(found)} |" in card
    assert f"pressrun export {kind} ROOT --edition spring --language de --language en --originals --out PLACE" in card


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_ours_and_the_card_finds_them(corpus, tmp_path, kind):
    made = export(corpus, ExportOrder("spring", kind), str(tmp_path / "out"))
    keys = [found.key for found in open_store(str(tmp_path / "out")).list("")]
    assert all(ours().fullmatch(key) for key in keys)
    assert set(keys) == {file.key for file in made.receipt.files} | {"export.json"}
    front = yaml.safe_load((tmp_path / "out" / "README.md").read_text().split("---\n")[1])
    (config,) = front["configs"]
    assert config["default"] is True
    glob = config["data_files"][0]["path"]
    matched = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").glob(glob)}
    assert matched == {file.key for file in made.receipt.files if file.rows}
    assert glob == load_component("exporting.kinds", kind).GLOB


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_edition_gives_the_same_bytes_wherever_it_was_made(corpus, tmp_path, kind):
    other = open_store(str(tmp_path / "other"))
    make_edition(
        other, articles=150, run_id="another", started_at="2026-01-01T00:00:00+00:00", finished_at="2026-01-02T00:00:00+00:00"
    )
    for store, out in ((corpus, "one"), (other, "two")):
        export(store, ExportOrder("spring", kind), str(tmp_path / out))
    one, two = (
        {found.key: open_store(str(tmp_path / out)).read(found.key) for found in open_store(str(tmp_path / out)).list("")}
        for out in ("one", "two")
    )
    assert one == two
    assert not any(re.search(rb"2025-03-01|2026-01-0|0a1b2c3d|/corpus", data) for data in one.values())
