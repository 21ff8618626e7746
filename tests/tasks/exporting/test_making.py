"""A stop anywhere leaves nothing that looks finished, and the next try ends in the same bytes; foreign files are safe."""

import json
import shutil
from dataclasses import replace
from typing import Any

import pytest

from tasks.curating.recipe import EditionRecipe
from tasks.edition_rows import Choice
from tasks.errors import FixTheRun
from tasks.exporting import making
from tasks.exporting.making import all_editions, export, newest_edition
from tasks.exporting.orders import ExportOrder
from tasks.exporting.place import Place
from tasks.storage import open_store
from tasks.storage.folder import FolderStore
from tests.editions import add_shard, article, text_of
from tests.editions import make_edition as curated
from tests.tasks.made_editions import make_edition

ORDER = ExportOrder("spring", "jsonl", file_bytes=20_000)
OLDER = ExportOrder("spring", "jsonl", "fineweb", Choice(languages=("de",)))


class Stopped(BaseException):
    """As Ctrl-C or a lost machine."""


class StoppingStore(FolderStore):
    """Stops before the change that follows so many others."""

    def __init__(self, folder: str, changes: int) -> None:
        super().__init__(folder)
        self.left = changes

    def write(self, key: str, data: bytes) -> None:
        self._count()
        super().write(key, data)

    def delete(self, key: str) -> None:
        self._count()
        super().delete(key)

    def _count(self) -> None:
        if not self.left:
            raise Stopped
        self.left -= 1


def content(folder) -> dict[str, bytes]:
    store = open_store(str(folder))
    return {found.key: store.read(found.key) for found in store.list("")}


@pytest.fixture
def corpus(tmp_path):
    store = open_store(str(tmp_path / "corpus"))
    make_edition(store, articles=60)
    return store


@pytest.mark.parametrize("has_older", [False, True])
def test_a_stop_at_every_change(corpus, tmp_path, monkeypatch, has_older):
    fingerprint = ORDER.fingerprint(all_editions(corpus)[0])
    clean = content_of_export(corpus, tmp_path / "clean")
    export(corpus, OLDER, str(tmp_path / "older"))
    for changes in range(100):
        out = tmp_path / f"{changes}"
        if has_older:
            shutil.copytree(tmp_path / "older", out)
        with monkeypatch.context() as patched:
            patched.setattr(making, "open_store", lambda url, changes=changes: StoppingStore(url, changes))
            try:
                export(corpus, ORDER, str(out))
                break
            except Stopped:
                pass
        looks_finished = out.exists() and Place(open_store(str(out))).finished(fingerprint)
        assert not looks_finished
        assert_no_receipt_without_files(out)
        if has_older and changes:
            assert not Place(open_store(str(out))).finished(OLDER.fingerprint(all_editions(corpus)[0]))
        assert content_of_export(corpus, out) == clean
    assert changes == len(clean) + (8 if has_older else 3)
    assert content(out) == clean


def assert_no_receipt_without_files(out) -> None:
    there = content(out)
    if "export.json" in there:
        assert {file["key"] for file in json.loads(there["export.json"])["files"]} <= set(there)


def content_of_export(corpus, out) -> dict[str, bytes]:
    assert export(corpus, ORDER, str(out)).was_done is False
    return content(out)


def test_going_on_writes_only_what_is_not_there(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "open_store", lambda url: StoppingStore(url, 5))
    with pytest.raises(Stopped):
        export(corpus, ORDER, str(tmp_path / "out"))
    monkeypatch.undo()
    told: list[str] = []
    export(corpus, ORDER, str(tmp_path / "out"), told.append)
    before = [line.endswith("(written before)") for line in told[1:]]
    assert before[:3] == [True] * 3
    assert not any(before[3:])
    assert told[1].startswith(f"1 of {len(before)}: articles/2024-11-00000.jsonl.zst, ")


def test_another_order_after_a_stop_starts_over(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "open_store", lambda url: StoppingStore(url, 6))
    with pytest.raises(Stopped):
        export(corpus, OLDER, str(tmp_path / "out"))
    monkeypatch.undo()
    assert content_of_export(corpus, tmp_path / "out") == content_of_export(corpus, tmp_path / "clean")


def test_a_finished_export_is_not_made_again_unless_a_file_is_gone(store, tmp_path):
    make_edition(store, articles=60)
    out = open_store(f"{store.url}/exports/here")
    first = export(store, ORDER, out.url)
    again = export(store, ORDER, out.url)
    assert (first.was_done, again.was_done) == (False, True)
    assert again.receipt.to_json() == first.receipt.to_json()
    assert again.size_bytes == sum(len(out.read(file.key)) for file in first.receipt.files)
    lost = first.receipt.files[0]
    data = out.read(lost.key)
    out.delete(lost.key)
    assert export(store, ORDER, out.url).was_done is False
    out.write(lost.key, data[:-1])
    assert export(store, ORDER, out.url).was_done is False
    assert out.read(lost.key) == data


def test_an_edition_that_has_changed_is_exported_anew(corpus, tmp_path):
    export(corpus, ORDER, str(tmp_path / "out"))
    make_edition(corpus, articles=50)
    made = export(corpus, ORDER, str(tmp_path / "out"))
    assert (made.was_done, made.receipt.rows) == (False, 50)
    assert set(content(tmp_path / "out")) == {file.key for file in made.receipt.files} | {"export.json"}


def test_foreign_files_are_safe(corpus, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text("mine")
    with pytest.raises(FixTheRun, match=r"holds README\.md and no export"):
        export(corpus, ORDER, str(tmp_path / "mine"))
    assert (tmp_path / "mine" / "README.md").read_text() == "mine"
    out = tmp_path / "out"
    export(corpus, ORDER, str(out))
    (out / "LICENSE").write_text("mine")
    (out / ".gitattributes").write_text("mine")
    export(corpus, OLDER, str(out))
    assert (out / "LICENSE").read_text() == (out / ".gitattributes").read_text() == "mine"


@pytest.mark.parametrize(
    "receipt",
    [
        b"",
        b'{"my": "own tool"}',
        b"[1]",
        b"[" * 100_000,
        b'{"fingerprint": "a", "order": {}, "rows": 1, "files": []}',
        b'{"format": 1, "fingerprint": 2, "order": {}, "rows": 1, "files": []}',
    ],
)
@pytest.mark.parametrize("name", ["export.json", "export-unfinished.txt"])
def test_a_file_that_is_named_as_ours_but_is_not_keeps_all_others_safe(corpus, tmp_path, name, receipt):
    mine = {name: receipt, "README.md": b"mine", "articles/2024-01-00000.jsonl.zst": b"mine"}
    out = open_store(str(tmp_path / "out"))
    for key, data in mine.items():
        out.write(key, data)
    with pytest.raises(FixTheRun, match="name an empty place, or one of an earlier export"):
        export(corpus, ORDER, out.url)
    assert content(tmp_path / "out") == mine


def test_an_edition_that_is_replaced_meanwhile_leaves_no_receipt(store, tmp_path, monkeypatch):
    add_shard(store, "a", [article(number, text=f"{text_of(number)}\nWrite to jane@news.example") for number in range(3)])
    curated(store, recipe=EditionRecipe(filters=()))
    write_files = making.write_files

    def after_curate_has_masked_it(*arguments: Any) -> Any:
        curated(store, recipe=EditionRecipe(filters=(), mask=("email",)))
        return write_files(*arguments)

    monkeypatch.setattr(making, "write_files", after_curate_has_masked_it)
    with pytest.raises(FixTheRun, match="is being brought up to date: export again when curate has ended"):
        export(store, ExportOrder("main", "jsonl"), str(tmp_path / "out"))
    assert "export.json" not in content(tmp_path / "out")
    monkeypatch.undo()
    assert export(store, ExportOrder("main", "jsonl"), str(tmp_path / "out")).receipt.rows == 3


def test_what_only_the_run_of_an_edition_had_is_no_other_export(corpus):
    edition = all_editions(corpus)[0]

    def fingerprint(**order: object) -> str:
        return ORDER.fingerprint(replace(edition, order={**edition.order, **order}))

    assert fingerprint(workers=7, into="/another", cluster="slurm.toml", whole=True) == ORDER.fingerprint(edition)
    assert fingerprint(keep="originals") != ORDER.fingerprint(edition)


def test_what_cannot_be_exported(corpus, tmp_path):
    for order, says in (
        (ExportOrder("autumn", "jsonl"), "has no edition 'autumn'; there is spring"),
        (ExportOrder("spring", "jsonl", choice=Choice(languages=("xx",))), "no article of the edition spring is chosen"),
        (ExportOrder("spring", "csv"), "there is no 'csv'"),
    ):
        with pytest.raises(FixTheRun, match=says):
            export(corpus, order, str(tmp_path / "out"))
        assert not (tmp_path / "out").exists()


def test_the_newest_edition_is_the_one_that_was_finished_last(corpus, tmp_path):
    make_edition(corpus, "winter", 20, finished_at="2025-05-01T00:00:00+00:00")
    make_edition(corpus, "zebra", 20, finished_at="2024-05-01T00:00:00+00:00")
    assert [edition.name for edition in all_editions(corpus)] == ["zebra", "spring", "winter"]
    assert newest_edition(corpus) == "winter"
    with pytest.raises(FixTheRun, match="has no edition yet"):
        newest_edition(open_store(str(tmp_path / "nowhere")))
