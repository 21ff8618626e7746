"""Whole archives: every packing, every record, from any record on."""

from io import BytesIO

import pytest

from tasks.archive.reading import Reading, ReadLimits, read_archive, recognise
from tasks.reasons import Reason
from tasks.records import Capture, Rejection
from tests.archives import arc_head, arc_record, gzip_members, gzip_whole, http_answer, pages, warc_record, warcinfo

LIMITS = ReadLimits(max_record_bytes=1_000_000)
RECORDS = [warcinfo(), *pages(5), warc_record("request", block=b"GET / HTTP/1.1\r\n\r\n"), warc_record("metadata", block=b"a: b")]
ARC = [arc_head(), *(arc_record(f"http://news.example.org/{number}") for number in range(4))]
SHAPES = {
    "plain": b"".join(RECORDS),
    "members": gzip_members(RECORDS),
    "stored members": gzip_members(RECORDS, level=0),
    "whole": gzip_whole(RECORDS),
    "two wholes": gzip_whole(RECORDS) + gzip_whole(RECORDS),
    "members then plain": gzip_members(RECORDS) + b"".join(RECORDS),
    "plain then members": b"".join(RECORDS) + gzip_members(RECORDS),
    "members then whole": gzip_members(RECORDS) + gzip_whole(RECORDS) + gzip_members(RECORDS),
    "empty members between": gzip_members([RECORDS[0], b"", *RECORDS[1:], b""]),
    "line ends between": b"\r\n\r\n".join(gzip_members([record]) for record in RECORDS),
    "line ends before": b"\r\n\n" + b"".join(RECORDS),
    "bare LF": b"".join([warcinfo(), *(warc_record(newline=b"\n") for _ in range(3))]),
    "arc": b"".join(ARC),
    "arc members": gzip_members(ARC),
    "arc whole": gzip_whole(ARC),
}


def read(data: bytes, start: int = 0, limits: ReadLimits = LIMITS) -> list[Reading]:
    return list(read_archive(BytesIO(data), "a.warc.gz", limits, start))


def captures(data: bytes) -> list[Capture]:
    return [reading.found for reading in read(data) if isinstance(reading.found, Capture)]


def rejections(data: bytes, limits: ReadLimits = LIMITS) -> list[Rejection]:
    return [reading.found for reading in read(data, limits=limits) if isinstance(reading.found, Rejection)]


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_is_read_whole_and_goes_on_from_every_record(data: bytes) -> None:
    readings = read(data)
    assert not [r.found for r in readings if isinstance(r.found, Rejection)]
    assert len(captures(data)) in (3, 4, 5, 10, 15)
    for at, reading in enumerate(readings):
        assert read(data, reading.next_offset) == readings[at + 1 :]


def test_copies_are_read_in_order_with_their_urls() -> None:
    urls = [capture.url for capture in captures(SHAPES["members then whole"])]
    assert urls == [f"https://news.example.org/{number}" for number in range(5)] * 3


def test_types_that_are_no_captures_are_named_but_empty() -> None:
    readings = read(SHAPES["members"])
    assert [r.record_type for r in readings if r.found is None] == ["warcinfo", "request", "metadata"]


@pytest.mark.parametrize("shape", ["plain", "members"])
def test_coordinates_cut_out_the_record(shape: str) -> None:
    data = SHAPES[shape]
    for capture in captures(data):
        assert capture.at.warc_length is not None
        record = data[capture.at.warc_offset : capture.at.warc_offset + capture.at.warc_length]
        assert captures(record)[0].url == capture.url
    assert read(data)[-1].next_offset == len(data)


def test_coordinates_in_one_member_are_those_of_the_unpacked_stream() -> None:
    plain = [(c.at.warc_offset, c.at.warc_length) for c in captures(SHAPES["plain"])]
    assert [(c.at.warc_offset, c.at.warc_length) for c in captures(SHAPES["whole"])] == plain


def test_offsets_grow() -> None:
    for data in SHAPES.values():
        offsets = [reading.next_offset for reading in read(data)]
        assert offsets == sorted(set(offsets))


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n"])
def test_an_empty_file_has_no_readings(data: bytes) -> None:
    assert read(data) == []


def test_arc_pages_are_responses_with_dates_and_spaces_in_the_url() -> None:
    data = arc_head() + arc_record("http://news.example.org/a b?c= d")
    readings = read(data)
    assert [reading.record_type for reading in readings] == ["warcinfo", "response"]
    capture = captures(data)[0]
    assert capture.url == "http://news.example.org/a b?c= d"
    assert capture.captured_at is not None
    assert capture.captured_at.isoformat() == "2026-01-02T03:04:05+00:00"
    assert capture.at.warc_record_id is None


def test_arc_of_version_2() -> None:
    line = b"http://news.example.org/ 192.0.2.7 20260102030405 text/html 200 SUM - 99 a.arc.gz %d\n" % len(http_answer())
    assert captures(arc_head() + line + http_answer())[0].http_status == 200


@pytest.mark.parametrize("pack", [b"".join, gzip_members, gzip_whole])
def test_a_record_over_the_limit_is_not_loaded(pack: "type[bytes]") -> None:
    data = pack([warcinfo(), warc_record(block=http_answer(body=b"a" * 50_000)), *pages(1)])
    found = read(data, limits=ReadLimits(max_record_bytes=10_000))
    assert [r.found.reason for r in found if isinstance(r.found, Rejection)] == [Reason.PAYLOAD_TOO_BIG]
    assert isinstance(found[-1].found, Capture)
    assert len(found) == 3


def test_the_memory_of_a_huge_member_is_bounded() -> None:
    import tracemalloc  # starts to count only here

    data = gzip_members([warc_record(block=bytes(200_000_000))]) + gzip_members(pages(1))
    tracemalloc.start()
    found = read(data)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert [type(reading.found) for reading in found] == [Rejection, Capture]


def test_a_stream_that_fails_is_not_mistaken_for_damage() -> None:
    class Failing(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 100_000:
                raise OSError("connection lost")
            return super().read(size)

    with pytest.raises(OSError, match="connection lost"):
        list(read_archive(Failing(b"".join(pages(2_000))), "a", LIMITS))


@pytest.mark.parametrize(
    ("shape", "kind"), [("plain", "warc"), ("members", "warc"), ("whole", "warc"), ("arc", "arc"), ("arc members", "arc")]
)
def test_archives_are_recognised_by_their_first_bytes(shape: str, kind: str) -> None:
    assert recognise(SHAPES[shape]) == kind
    assert recognise(SHAPES[shape][:300]) == kind


@pytest.mark.parametrize(
    "head", [b"", b"<html>", b"\x1f\x8b\x08", gzip_members([b"a,b\n" * 99]), bytes(4096), b"%PDF-1.4", b"WARC/"]
)
def test_what_is_no_archive_is_not_recognised(head: bytes) -> None:
    assert recognise(head) is None
