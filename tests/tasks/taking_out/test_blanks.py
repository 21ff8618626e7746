"""Blanks: as long as what stood there, readable by everybody, and everything beside them as it was."""

import io

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from tasks.archive.reading import ReadLimits, read_archive
from tasks.errors import BrokenShard
from tasks.taking_out.blanks import BLANK, blanked
from tests.archives import gzip_members, gzip_whole, http_answer, warc_record, warcinfo

LIMITS = ReadLimits(10_000_000)
URL = "https://a.example/{}"


def records(sizes: list[int]) -> list[bytes]:
    """Records with bodies that cannot be packed, of these sizes."""
    bodies = [b"".join((number * 7919 + at).to_bytes(4, "big")[1:] for at in range(size // 3)) for number, size in enumerate(sizes)]
    fields = [("WARC-Record-ID", "<urn:uuid:00000000-0000-4000-8000-00000000000{}>")]
    return [warcinfo()] + [
        warc_record(
            url=URL.format(number), block=http_answer(body=body), fields=[(name, value.format(number)) for name, value in fields]
        )
        for number, body in enumerate(bodies)
    ]


def is_even(head) -> bool:
    return (head.value("warc-target-uri") or "1")[-1] in "02468"


def seen_by_fastwarc(data: bytes) -> list[tuple[str, str | None]]:
    every = ArchiveIterator(io.BytesIO(data), record_types=WarcRecordType.any_type, parse_http=False)
    return [
        (record.headers["WARC-Type"], record.headers.get("WARC-Target-URI")) for record in every if record.reader.read() is not None
    ]


def seen_by_warcio(data: bytes) -> list[tuple[str, str | None]]:
    found = []
    for record in WarcioIterator(io.BytesIO(data)):
        record.raw_stream.read()
        found.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI")))
    return found


@settings(max_examples=40)
@given(
    st.lists(st.one_of(st.integers(150, 3_000), st.integers(65_400, 66_000), st.integers(130_900, 131_300)), min_size=1, max_size=6)
)
def test_a_blank_takes_just_the_place_of_its_record(sizes):
    for data in (gzip_members(records(sizes)), b"".join(records(sizes))):
        after, captures = blanked(data, is_even)
        assert len(after) == len(data)
        assert captures == (len(sizes) + 1) // 2
        readings = [list(read_archive(io.BytesIO(one), "x", LIMITS)) for one in (data, after)]
        assert [one.next_offset for one in readings[0]] == [one.next_offset for one in readings[1]]
        wanted = [("warcinfo", None)]
        wanted += [("response" if number % 2 else "metadata", URL.format(number)) for number in range(len(sizes))]
        assert [one.record_type for one in readings[1]] == [kind for kind, _ in wanted]
        assert [one.found for one in readings[1]] == [
            one.found if kind == "response" else None for one, (kind, _) in zip(readings[0], wanted, strict=True)
        ]
        assert seen_by_fastwarc(after) == seen_by_warcio(after) == wanted
        assert blanked(after, lambda _: False) == (after, 0)
        assert blanked(after, is_even) == (after, 0)


def test_every_length_can_be_had():
    filler = bytes(range(33, 127)) * 20
    for size in range(100, 1_300):
        record = warc_record(block=filler[:size])
        after, _ = blanked(record, lambda _: True)
        assert len(after) == len(record)
        assert filler[:40] not in after
        (reading,) = read_archive(io.BytesIO(after), "x", LIMITS)
        assert (reading.record_type, reading.found) == ("metadata", None)


def test_a_blank_says_what_it_is_and_whose_place_it_has():
    after, _ = blanked(gzip_members(records([2_000])), is_even)
    every = ArchiveIterator(io.BytesIO(after), record_types=WarcRecordType.any_type)
    (_, (fields, block)) = [(dict(record.headers), record.reader.read()) for record in every]
    assert fields[BLANK] == "true"
    assert fields["WARC-Record-ID"].endswith("-000000000000>")
    assert fields["WARC-Date"] == "2026-01-02T03:04:05Z"
    assert block.startswith(b"removed: somebody asked")


def test_a_damaged_record_goes_as_well():
    data = gzip_members(records([2_000, 2_000, 2_000]))
    cut = data[:-400]
    after, captures = blanked(cut, is_even)
    assert (len(after), captures) == (len(cut), 2)
    assert seen_by_warcio(after)[-1] == ("metadata", URL.format(2))


def test_records_that_share_a_gzip_member_and_records_without_room_are_refused():
    with pytest.raises(BrokenShard, match="share a gzip member"):
        blanked(gzip_whole(records([500, 500])), is_even)
    with pytest.raises(BrokenShard, match="too small"):
        blanked(b"WARC/1.0\r\nWARC-Type: x\r\nContent-Length: 0\r\n\r\n\r\n\r\n", lambda _: True)
