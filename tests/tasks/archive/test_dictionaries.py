"""WARC files packed with a dictionary, as the IIPC describes them."""

import random
import tracemalloc
from io import BytesIO

import pytest
import zstandard

from tasks.archive.frames import bzip2_frame, deflate_frame, gzip_frame, xz_frame, zstd_frame
from tasks.archive.reading import HEAD_BYTES, Reading, ReadLimits, read_archive, recognise
from tasks.archive.repacked import Repacked
from tasks.reasons import Reason
from tasks.records import Capture, Rejection
from tests.archives import pages, warcinfo

LIMITS = ReadLimits(max_record_bytes=1_000_000)
BODIES = [random.Random(at).randbytes(1_500).hex().encode() for at in range(8)]
RECORDS = [warcinfo(), *pages(8, BODIES)]
TRAINED = zstandard.train_dictionary(16_000, pages(400, BODIES))


def packed(records: list[bytes], *, pack_dictionary: bool = False, dictionary: zstandard.ZstdCompressionDict = TRAINED) -> bytes:
    raw = dictionary.as_bytes()
    payload = zstandard.ZstdCompressor().compress(raw) if pack_dictionary else raw
    frame = b"\x5d\x2a\x4d\x18" + len(payload).to_bytes(4, "little") + payload
    return frame + b"".join(
        zstandard.ZstdCompressor(dict_data=dictionary, write_checksum=True).compress(record) for record in records
    )


def read(data: bytes, start: int = 0) -> list[Reading]:
    return list(read_archive(BytesIO(data), "a.warc.zst", LIMITS, start))


@pytest.mark.parametrize("pack_dictionary", [False, True])
def test_records_are_read_as_if_there_were_no_dictionary(pack_dictionary: bool) -> None:
    data = packed(RECORDS, pack_dictionary=pack_dictionary)
    readings = read(data)
    assert readings == list(read_archive(BytesIO(b"".join(RECORDS)), "a.warc.zst", LIMITS))
    assert len([r for r in readings if isinstance(r.found, Capture)]) == 8
    for at, reading in enumerate(readings):
        assert read(data, reading.next_offset) == readings[at + 1 :]


def test_it_is_recognised_even_where_the_dictionary_is_longer_than_what_is_looked_at() -> None:
    long = zstandard.ZstdCompressionDict(TRAINED.as_bytes() + random.Random(1).randbytes(200_000))
    for data in (packed(RECORDS), packed(RECORDS, dictionary=long)):
        assert recognise(data[:HEAD_BYTES]) == "warc"
        assert len([r for r in read(data) if isinstance(r.found, Capture)]) == 8
    assert recognise(b"\x5d\x2a\x4d\x18" + bytes(100)) is None


@pytest.mark.parametrize("at", [0, 3, 6, 9, 500, 16_100])
def test_a_cut_is_one_damage_and_nothing_hangs(at: int) -> None:
    readings = read(packed(RECORDS)[:at])
    damages = [r.found for r in readings if isinstance(r.found, Rejection)]
    assert len(damages) == (at > 0)
    assert all(damage.reason is Reason.DAMAGED_RECORD for damage in damages)


def test_what_stands_before_the_damage_is_read() -> None:
    data = bytearray(packed(RECORDS))
    data[-10] ^= 0x55
    readings = read(bytes(data))
    assert len([r for r in readings if isinstance(r.found, Capture)]) == 7
    assert isinstance(readings[-1].found, Rejection)
    assert "cannot be unpacked" in str(readings[-1].found.detail)
    for at, reading in enumerate(readings):
        assert read(bytes(data), reading.next_offset) == readings[at + 1 :]


def test_the_wrong_dictionary_is_damage() -> None:
    other = zstandard.train_dictionary(8_000, [page[::-1] for page in pages(400, BODIES)])
    frame = packed([], dictionary=other)
    readings = read(frame + packed(RECORDS)[len(packed([])) :])
    assert [type(reading.found) for reading in readings] == [Rejection]


def test_the_memory_of_a_bomb_is_bounded() -> None:
    data = packed([*RECORDS[:2], warcinfo()[:-20] + bytes(120_000_000)])
    tracemalloc.start()
    read(data)
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


def test_frames_of_every_kind_behind_each_other_filled_up_with_zeros() -> None:
    import bz2
    import gzip
    import lzma
    import zlib

    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    bare = deflater.compress(BODIES[0]) + deflater.flush()
    kinds = [
        (gzip_frame, gzip.compress(BODIES[0], mtime=0)),
        (bzip2_frame, bz2.compress(BODIES[0])),
        (xz_frame, lzma.compress(BODIES[0])),
        (zstd_frame, zstandard.ZstdCompressor().compress(BODIES[0])),
        (deflate_frame, bare),
    ]
    from tasks.archive.frames import Frames

    for make, frame in kinds:
        stream = BytesIO(frame + bytes(9) + frame + bytes(70_000))
        unpacked = Repacked(stream, lambda packed, make=make: Frames(packed, make))
        assert [unpacked.read(7), unpacked.seek(0, 2), unpacked.trouble] == [BODIES[0][:7], 6_000, None]
        for cut in (1, len(frame) // 2, len(frame) - 1):
            cut_short = Repacked(BytesIO(frame[:cut]), lambda packed, make=make: Frames(packed, make))
            assert cut_short.seek(0, 2) <= 3_000
            assert cut_short.trouble == "the packed bytes end early"
