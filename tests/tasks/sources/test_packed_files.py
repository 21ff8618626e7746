"""Pages and texts out of zip and tar files, friendly and hostile."""

import io
import tarfile
import tracemalloc
import zipfile
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.archive.reading import Reading, ReadLimits
from tasks.records import Capture, Rejection
from tasks.sources import packed_files
from tests.archives import PAGE
from tests.tasks.sources.examples import FILES, PACKERS, tar_of, zip_of
from tests.tasks.sources.test_conformance import assert_damage_ends_well, captures, put, read

NAMES = ["a.html", "b.html", "c.html", "d.html"]
PAGES = {name: PAGE * 30 + name.encode() for name in NAMES}


def readings_of(folder: Path, data: bytes, **options: str) -> list[Reading]:
    return read(packed_files, put(str(folder), "x", data, tuple(options.items())))


def outcomes(readings: list[Reading]) -> list[str | None]:
    """Names of captures, reasons of rejections."""
    return [
        r.found.url.rpartition("/")[2] if isinstance(r.found, Capture) else r.found.reason.value if r.found else None
        for r in readings
    ]


def details(readings: list[Reading]) -> list[str]:
    return [r.found.detail or "" for r in readings if isinstance(r.found, Rejection)]


@pytest.mark.parametrize("data", [zip_of(FILES), tar_of(FILES)])
def test_what_an_entry_is_follows_from_its_first_bytes_and_its_name(data: bytes, tmp_path: Path) -> None:
    readings = readings_of(tmp_path, data)
    assert outcomes(readings) == [None, "index.html", "%C3%BCber%20uns.HTM", "notes.txt", "view", "not_html", "last.xhtml"]
    assert details(readings) == ["site/logo.png"]
    found = captures(readings)
    assert [capture.is_plain_text for capture in found] == [False, False, True, False, False]
    assert [capture.header("Content-Type") for capture in found][1:3] == ["text/html", "text/plain"]
    assert {(capture.captured_at, capture.record_type, capture.http_status) for capture in found} == {(None, "entry", None)}
    assert [capture.payload for capture in found] == [data for data in FILES.values() if data and not data.startswith(b"\x89")]


def test_a_text_that_is_html_and_a_text_that_speaks_of_it(tmp_path: Path) -> None:
    files = {
        "a.txt": b"\xef\xbb\xbf <!-- x --><HTML lang=de>",
        "b.txt": b"Write <html> first.",
        "c.text": "<html>".encode("utf-16"),
    }
    assert [c.is_plain_text for c in captures(readings_of(tmp_path, zip_of(files)))] == [False, True, False]


def test_addresses_stand_behind_a_prefix_or_in_the_packed_file(tmp_path: Path) -> None:
    data = tar_of({"./a b/c#1.html": PAGE})
    assert captures(readings_of(tmp_path, data))[0].url == f"{tmp_path}/x!/a%20b/c%231.html"
    prefixed = readings_of(tmp_path, data, url_prefix="https://news.example.org/")
    assert captures(prefixed)[0].url == "https://news.example.org/a%20b/c%231.html"


HOSTILE_NAMES = ["../a.html", "a/../../b.html", "/etc/a.html", "C:\\a.html", "..\\a.html"]


@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_names_that_lead_out_are_rejected_by_name(make: "type[bytes]", tmp_path: Path) -> None:
    readings = readings_of(tmp_path, make({**dict.fromkeys(HOSTILE_NAMES, PAGE), "good.html": PAGE}))
    assert outcomes(readings) == ["damaged_record"] * 5 + ["good.html"]
    assert all(detail.startswith(name) for detail, name in zip(details(readings), HOSTILE_NAMES, strict=True))


def test_names_in_no_alphabet_are_rejected_those_of_old_zips_are_read(tmp_path: Path) -> None:
    utf8 = zip_of({"ü.html": PAGE, "z.html": PAGE}).replace("ü".encode(), b"\xff\xfe")
    assert outcomes(readings_of(tmp_path, utf8)) == ["damaged_record", "z.html"]
    old = zip_of({"xx.html": PAGE}).replace(b"xx.html", b"\x81x.html")
    assert captures(readings_of(tmp_path, old))[0].url.endswith("/%C3%BCx.html")
    tar = tar_of({"xy.html": PAGE, "z.html": PAGE}, tarfile.GNU_FORMAT)
    header = tar[:512].replace(b"xy", b"\xffy")
    checksum = f"{sum(header[:148]) + 256 + sum(header[156:]):06o}\0 ".encode()
    assert outcomes(readings_of(tmp_path, header[:148] + checksum + header[156:] + tar[512:])) == ["damaged_record", "z.html"]


def test_folders_links_and_devices_are_no_captures(tmp_path: Path) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo("a.html")
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
        tar.addfile(tarfile.TarInfo("b.html"))
    assert outcomes(readings_of(tmp_path, made.getvalue())) == [None] * 5 + ["b.html"]
    link = zipfile.ZipInfo("a.html")
    link.external_attr, link.create_system = 0o120777 << 16, 3
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as target:
        target.writestr(link, "/etc/passwd")
    assert outcomes(readings_of(tmp_path, zipped.getvalue())) == [None]


@pytest.mark.parametrize("make", ["zip", *PACKERS])
def test_a_bomb_is_rejected_within_bounds(make: str, tmp_path: Path) -> None:
    files = {"bomb.html": PAGE + bytes(60_000_000), "bomb.bin": bytes(60_000_000), "good.html": PAGE}
    data = zip_of(files) if make == "zip" else PACKERS[make](tar_of(files))
    tracemalloc.start()
    started = perf_counter()
    readings = list(packed_files.read(None, put(str(tmp_path), "x", data), ReadLimits(1_000_000), 0))  # type: ignore[arg-type]
    assert outcomes(readings) == ["payload_too_big", "not_html", "good.html"]
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()
    assert perf_counter() - started < 20


_SEEDS = [zip_of(PAGES), zip_of(PAGES, zipfile.ZIP_BZIP2), tar_of(PAGES), *(PACKERS[end](tar_of(PAGES)) for end in PACKERS)]


@given(st.sampled_from(_SEEDS), st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4))
@settings(max_examples=300)
def test_any_damage_ends_in_readings_or_in_one_of_our_errors(
    tmp_path: Path, data: bytes, places: list[tuple[float, bytes]]
) -> None:
    assert_damage_ends_well(packed_files, tmp_path, data, places)
