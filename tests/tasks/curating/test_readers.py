"""Who reads an edition while it is brought up to date finds every article, and none twice."""

import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks.curating import layout
from tasks.storage import open_store
from tests.editions import NOON, add_shard, article, make_edition


class Reader(threading.Thread):
    """Lists an edition's files and reads them all, as tools do, again and again."""

    def __init__(self, folder: Path, known: set[str]) -> None:
        super().__init__(daemon=True)
        self.folder, self.known, self.reads, self.wrong = folder, known, 0, list[str]()
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.is_set():
            found: Counter[str] = Counter()
            for path in sorted(self.folder.glob("month=*/*.parquet")):
                # By one handle: who opens a file twice, before and after it is replaced, reads halves of two.
                with path.open("rb") as stream, pq.ParquetFile(stream) as parquet:
                    found.update(parquet.read(columns=["id"]).column("id").to_pylist())
            self.wrong += [f"{one} is there {times} times" for one, times in found.items() if times > 1]
            self.wrong += [f"{one} is not there" for one in self.known - found.keys()]
            self.reads += 1


@pytest.mark.parametrize("file_chars", [10_000, 10_000_000])
def test_an_article_is_there_once_at_every_moment(tmp_path, monkeypatch, file_chars):
    monkeypatch.setattr(layout, "FILE_CHARS", file_chars)
    store = open_store(str(tmp_path))
    hourly = [article(number, captured_at=NOON + timedelta(hours=5 * number)) for number in range(200)]
    add_shard(store, "s0", hourly[:80])
    make_edition(store)
    reader = Reader(tmp_path / "curated/main/articles", {one.id for one in hourly[:80]})
    reader.start()
    for number, first in enumerate(range(80, 200, 20)):
        add_shard(store, f"s{number + 1}", hourly[first : first + 20])
        edition = make_edition(store)
    reader.stop.set()
    reader.join()
    assert edition.counts.kept == 200
    assert reader.reads > 5
    assert not reader.wrong[:3]
