"""What every source promises: a source that is found by its file is tested here, and fails without an example."""

import io
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

import pytest

from tasks.archive.reading import HEAD_BYTES, Reading, ReadLimits
from tasks.components import component_names, load_component
from tasks.errors import PressError, RetryLater
from tasks.reasons import Reason
from tasks.records import Capture, Rejection
from tasks.shards import Shard
from tasks.storage import Store, open_object, open_store
from tasks.storage.folder import FolderStore
from tests.tasks.sources.examples import EXAMPLES, Example

LIMITS = ReadLimits(max_record_bytes=1_000_000)
SOURCES = {name: load_component("sources", name) for name in component_names("sources")}
# Sources whose shards are lists have no file of their own kind: test_listed.py is theirs.
READERS = {name: source for name, source in SOURCES.items() if hasattr(source, "read") and not hasattr(source, "places")}
CASES = [pytest.param(name, example, id=f"{name}-{example.name}") for name in READERS for example in EXAMPLES.get(name, list)()]


def put(folder: str, name: str, data: bytes, options: tuple[tuple[str, str], ...] = ()) -> Shard:
    """The shard of a whole file."""
    open_store(folder).write(name, data)
    store, key = open_object(f"{folder}/{name}")
    info = store.info(key)
    return Shard("a-file", "tests", f"{folder}/{name}", info.size_bytes, info.etag, "", options)


def parts_of(source: ModuleType, shard: Shard) -> list[Shard]:
    """The shards that a file makes."""
    return list(source.shards(shard)) if hasattr(source, "shards") else [shard]


def read(source: ModuleType, shard: Shard, start: int = 0) -> list[Reading]:
    return list(source.read(nowhere(), shard, LIMITS, start))


def nowhere() -> Store:
    """The corpus' own store, in which files lie that are not read."""
    return open_store("nowhere")


def captures(readings: list[Reading]) -> list[Capture]:
    return [reading.found for reading in readings if isinstance(reading.found, Capture)]


def without_place(readings: list[Reading]) -> list[tuple[object, ...]]:
    return [(r.record_type, type(r.found), getattr(r.found, "payload", None), r.next_offset) for r in readings]


def assert_damage_ends_well(source: ModuleType, folder: Path, data: bytes, places: list[tuple[float, bytes]]) -> None:
    """Bytes written over a file (where, as a share of it) end in one of our errors, or in readings that go on from everywhere."""
    for where, value in places:
        at = int(where * len(data))
        data = data[:at] + value + data[at + len(value) :]
    shard = put(str(folder), "x", data)
    try:
        readings = read(source, shard)
    except PressError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    offsets = [reading.next_offset for reading in readings]
    assert offsets == sorted(set(offsets))
    for at, offset in enumerate(offsets):
        assert read(source, shard, offset) == readings[at + 1 :]
    assert all(r.found.reason in set(Reason) for r in readings if isinstance(r.found, Rejection))


@contextmanager
def ended_after(seconds: int) -> Iterator[None]:
    def hangs(*_: object) -> None:
        raise AssertionError(f"still busy after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", READERS)
def test_every_source_has_an_example_and_says_what_it_reads(name: str) -> None:
    assert EXAMPLES[name]()
    assert READERS[name].ABOUT


@pytest.mark.parametrize(("name", "example"), CASES)
def test_it_and_no_other_source_recognises_its_file_under_any_name(name: str, example: Example) -> None:
    recognisers = {name: source for name, source in SOURCES.items() if hasattr(source, "recognise")}
    for file_name in (example.name, "download", "x.bin"):
        claims = [name for name, source in recognisers.items() if source.recognise(example.data[:HEAD_BYTES], file_name)]
        assert claims == [name]


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("head", [b"", b"\n", b"PK", b"%PDF-1.4", bytes(4096), b"BZh", b"\x1f\x8b\x08", b"(\xb5/\xfd", b"<html>"])
def test_what_is_none_of_its_files_is_not_recognised(name: str, head: bytes) -> None:
    if hasattr(READERS[name], "recognise"):
        assert not READERS[name].recognise(head, "download")


@pytest.mark.parametrize(("name", "example"), CASES)
def test_every_entry_has_one_reading_at_a_position_of_its_own(name: str, example: Example, tmp_path: Path) -> None:
    source = READERS[name]
    shards = parts_of(source, put(str(tmp_path), "download", example.data, example.options))
    assert len({shard.name for shard in shards}) == len(shards)
    readings = [read(source, shard) for shard in shards]
    assert sum(map(len, readings)) == example.readings
    assert sum(len(captures(some)) for some in readings) == example.captures
    for shard, some in zip(shards, readings, strict=True):
        offsets = [reading.next_offset for reading in some]
        assert offsets == sorted(set(offsets))
        assert {capture.at.warc_file for capture in captures(some)} == {shard.url}
        assert all(reading.found.at.warc_offset < reading.next_offset for reading in some if reading.found)
        places = [capture.at.warc_offset for capture in captures(some)]
        assert places == sorted(set(places))


@pytest.mark.parametrize(("name", "example"), CASES)
def test_reading_goes_on_from_every_position(name: str, example: Example, tmp_path: Path) -> None:
    source = READERS[name]
    for shard in parts_of(source, put(str(tmp_path), "download", example.data, example.options)):
        readings = read(source, shard)
        for at, reading in enumerate(readings):
            assert read(source, shard, reading.next_offset) == readings[at + 1 :]
            if isinstance(reading.found, Capture):
                assert read(source, shard, reading.found.at.warc_offset) == readings[at:]


@pytest.mark.parametrize(("name", "example"), CASES)
def test_a_cut_file_ends_in_readings_or_in_one_of_our_errors(name: str, example: Example, tmp_path: Path) -> None:
    source = READERS[name]
    for step in range(20):
        shard = put(str(tmp_path), f"cut-{step}", example.data[: len(example.data) * step // 20], example.options)
        with ended_after(20), suppress(PressError):
            for part in parts_of(source, shard):
                readings = read(source, part)
                for at, reading in enumerate(readings):
                    assert read(source, part, reading.next_offset) == readings[at + 1 :]


def test_a_folder_and_s3_give_the_same(bucket: str, tmp_path: Path) -> None:
    for name, source in READERS.items():
        for example in EXAMPLES[name]():
            both = []
            for folder in (str(tmp_path), f"{bucket}/{name}"):
                shards = parts_of(source, put(folder, example.name, example.data, example.options))
                readings = [read(source, shard) for shard in shards]
                both.append([without_place(some) for some in readings])
                middle = readings[0][len(readings[0]) // 2].next_offset
                assert read(source, shards[0], middle) == readings[0][len(readings[0]) // 2 + 1 :]
            assert both[0] == both[1]


class Failing(io.RawIOBase):
    """A store that is lost on the way: the first bytes come, then none."""

    def __init__(self, stream: BinaryIO, error: Exception, allowed_bytes: int) -> None:
        self._stream, self._error, self._left = stream, error, allowed_bytes

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise self._error
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


@pytest.mark.parametrize("error", [RetryLater("the store is gone"), OSError("connection lost")])
@pytest.mark.parametrize(("name", "example"), CASES)
def test_a_store_that_fails_is_not_mistaken_for_damage(
    name: str, example: Example, error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = READERS[name]
    shards = parts_of(source, put(str(tmp_path), "download", example.data, example.options))
    whole = [read(source, shard) for shard in shards]
    opened = FolderStore.open
    for allowed in (0, 10, len(example.data) // 3, len(example.data) - 10):
        monkeypatch.setattr(FolderStore, "open", lambda self, key, allowed=allowed: Failing(opened(self, key), error, allowed))
        for shard, readings in zip(shards, whole, strict=True):
            try:
                assert read(source, shard) == readings
            except type(error) as failure:
                assert failure is error  # noqa: PT017
