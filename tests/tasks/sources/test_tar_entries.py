"""Tars, whole and damaged: read up to the damage, the rest is one rejection."""

import bz2
import gzip
import tarfile
from pathlib import Path

import pytest

from tasks.sources import packed_files
from tests.archives import PAGE
from tests.tasks.sources.examples import PACKERS, tar_of
from tests.tasks.sources.test_conformance import captures, put, read
from tests.tasks.sources.test_packed_files import NAMES, PAGES, details, outcomes, readings_of


@pytest.mark.parametrize("pack", [PACKERS[""], PACKERS[".gz"], PACKERS[".zst"]])
def test_a_tar_is_read_up_to_the_damage_and_the_rest_is_one_rejection(pack: "type[bytes]", tmp_path: Path) -> None:
    tar = bytearray(tar_of(PAGES))
    third = captures(readings_of(tmp_path, bytes(tar)))[2].at.warc_offset
    tar[third + 5] ^= 0xFF
    shard = put(str(tmp_path), "x", pack(bytes(tar)))
    readings = read(packed_files, shard)
    assert outcomes(readings) == ["a.html", "b.html", "damaged_record"]
    assert f"from byte {third} on is lost" in details(readings)[0]
    for at, reading in enumerate(readings):
        assert read(packed_files, shard, reading.next_offset) == readings[at + 1 :]


@pytest.mark.parametrize("end", [".gz", ".bz2", ".xz", ".zst"])
def test_damage_of_the_packing_names_the_entry_in_which_it_is(end: str, tmp_path: Path) -> None:
    import random

    bodies = {name: b"<html>" + random.Random(name).randbytes(300_000) for name in NAMES}
    data = bz2.compress(tar_of(bodies), 1) if end == ".bz2" else PACKERS[end](tar_of(bodies))
    shard = put(str(tmp_path), "x", data[: len(data) * 5 // 8])
    readings = read(packed_files, shard)
    assert outcomes(readings)[-1] == "damaged_record"
    assert len(readings) == 3
    assert "html: its bytes are cut short, and what follows is lost" in details(readings)[0]
    for at, reading in enumerate(readings):
        assert read(packed_files, shard, reading.next_offset) == readings[at + 1 :]


def test_a_wrong_checksum_at_the_very_end_is_told(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(tar_of(PAGES)))
    data[-6] ^= 0xFF
    readings = readings_of(tmp_path, bytes(data))
    assert outcomes(readings) == [*NAMES, "damaged_record"]


def test_tars_behind_each_other_are_all_read(tmp_path: Path) -> None:
    data = gzip.compress(tar_of(PAGES)) + gzip.compress(tar_of({"e.html": PAGE}))
    assert outcomes(readings_of(tmp_path, data)) == [*NAMES, "e.html"]
    assert outcomes(readings_of(tmp_path, tar_of(PAGES) + tar_of({"e.html": PAGE}))) == [*NAMES, "e.html"]


def test_a_hostile_extended_header_loses_the_rest_only(tmp_path: Path) -> None:
    good = tar_of({"a.html": PAGE})[:1024]
    for size, data in ((1 << 33, b""), (20, b"99 path=x\n".ljust(512, b"\0")), (17, b"17 size=-5000000\n".ljust(512, b"\0"))):
        info = tarfile.TarInfo("pax")
        info.type, info.size = tarfile.XHDTYPE, size
        readings = readings_of(tmp_path, good + info.tobuf() + data + good)
        assert outcomes(readings) == ["a.html", "damaged_record"]


def test_a_sparse_file_is_rejected_and_its_neighbour_read(tmp_path: Path) -> None:
    info = tarfile.TarInfo("a.html")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 600
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[482] = 1
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    data = bytes(header) + bytes(512) + bytes(1024) + tar_of({"b.html": PAGE})
    assert outcomes(readings_of(tmp_path, data)) == ["damaged_record", "b.html"]
