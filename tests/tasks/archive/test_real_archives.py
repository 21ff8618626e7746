"""Archives that other people's tools wrote, read as warcio and FastWARC read them, or else with the reason why not."""

import gzip
import json
from contextlib import redirect_stderr
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastwarcIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.exceptions import ArchiveLoadFailed

from tasks.archive.reading import HEAD_BYTES, ReadLimits, read_archive, recognise
from tasks.reasons import Reason
from tasks.records import Capture, Rejection

ARCHIVES = Path(__file__).parents[3].parent / "shared" / "data" / "archives"
LIMITS = ReadLimits(max_record_bytes=50_000_000)
pytestmark = pytest.mark.skipif(not ARCHIVES.is_dir(), reason="the archives lie beside the repository, not in it")
REAL = sorted((ARCHIVES / "real").glob("*"))

# Records read by (warcio, FastWARC) where they differ from ours.
_ONE_MEMBER = "one gzip member around all records: warcio stops after the first"
_LZ4 = "warcio knows no LZ4"
_ARC = "FastWARC reads no ARC"
DISAGREEMENTS: dict[str, tuple[int, int, str]] = {
    "chatnoir-resiliparse__block-sized-records.warc.lz4": (0, 3, _LZ4),
    "chatnoir-resiliparse__warcfile.warc.lz4": (0, 50, _LZ4),
    "pywb__example.arc": (2, 0, _ARC),
    "pywb__example.arc.gz": (2, 0, _ARC),
    "pywb__example.warc": (6, 5, "a length that is 7 bytes too short: warcio goes on, FastWARC stops, we name the gap as well"),
    "stormcrawler__unparsable-date.warc.gz": (1, 3, _ONE_MEMBER),
    "warcio__example-bad-non-chunked.warc.gz": (1, 6, _ONE_MEMBER),
    "warcio__example-space-in-url.arc": (2, 0, _ARC),
    "webarchive-discovery__IAH-20080430204825-00000-blackbook-truncated.arc.gz": (9, 0, _ARC),
}
DAMAGED = {
    "pywb__example.warc": "skipped 7 bytes at 4764..4771: no whole record head stands here",
    "warcio__example-space-in-url.arc": "12 of 1591 bytes are missing",
}


def count_by_warcio(data: bytes) -> int:
    count = 0
    with redirect_stderr(StringIO()):
        try:
            for record in WarcioIterator(BytesIO(data), arc2warc=True, no_record_parse=True):
                record.raw_stream.read()
                count += 1
        except ArchiveLoadFailed:
            pass
    return count


def count_by_fastwarc(data: bytes) -> int:
    count = 0
    try:
        for record in FastwarcIterator(BytesIO(data), parse_http=False):
            record.reader.read()
            count += 1
    except OSError:
        pass
    return count


@pytest.mark.parametrize("path", REAL, ids=[path.name for path in REAL])
def test_every_record_is_read(path: Path) -> None:
    data = path.read_bytes()
    readings = list(read_archive(BytesIO(data), path.name, LIMITS))
    records = sum(reading.record_type != "damaged" for reading in readings)
    warcio, fastwarc, _ = DISAGREEMENTS.get(path.name, (records, records, ""))
    assert (count_by_warcio(data), count_by_fastwarc(data)) == (warcio, fastwarc)
    assert records == max(warcio, fastwarc)
    damage = [r.found.detail for r in readings if isinstance(r.found, Rejection) and r.found.reason is Reason.DAMAGED_RECORD]
    assert damage == ([DAMAGED[path.name]] if path.name in DAMAGED else [])


@pytest.mark.parametrize("path", REAL, ids=[path.name for path in REAL])
def test_reading_goes_on_from_any_record(path: Path) -> None:
    data = path.read_bytes()
    readings = list(read_archive(BytesIO(data), path.name, LIMITS))
    for at in range(0, len(readings), 1 + len(readings) // 10):
        assert list(read_archive(BytesIO(data), path.name, LIMITS, readings[at].next_offset)) == readings[at + 1 :]


@pytest.mark.parametrize("path", REAL, ids=[path.name for path in REAL])
def test_it_is_recognised(path: Path) -> None:
    with path.open("rb") as stream:
        assert recognise(stream.read(HEAD_BYTES)) == ("arc" if ".arc" in path.name else "warc")


def test_the_news_archive_is_read_as_its_maker_says() -> None:
    with gzip.open(ARCHIVES / "news.truth.jsonl.gz", "rt") as lines:
        truth = [(page["url"], page["type"], page["status"]) for page in map(json.loads, lines)]
    with (ARCHIVES / "news.warc.gz").open("rb") as stream:
        readings = list(read_archive(stream, "news.warc.gz", LIMITS))
    found = [(r.found.url, r.record_type, r.found.http_status) for r in readings if r.found is not None]
    assert len(readings) == 2_001
    assert found == truth
    assert sum(isinstance(reading.found, Capture) for reading in readings) == 981
