"""Archives that are wrong in one way each: nothing whole is lost, nothing lost is silent."""

import random
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.archive.reading import Reading, ReadLimits, read_archive
from tasks.reasons import Reason
from tasks.records import Capture, Rejection
from tests.archives import arc_head, arc_record, gzip_members, gzip_whole, http_answer, pages, warc_record, warcinfo

LIMITS = ReadLimits(max_record_bytes=1_000_000)
NOISE = random.Random(7).randbytes(2_000).hex().encode()
PAGES = pages(6, [NOISE + b"%d" % at for at in range(6)])


def read(data: bytes, start: int = 0) -> list[Reading]:
    return list(read_archive(BytesIO(data), "a.warc.gz", LIMITS, start))


def numbers(readings: list[Reading]) -> list[int]:
    """Which of ``pages`` were read whole."""
    return [int(r.found.url.rsplit("/")[-1]) for r in readings if isinstance(r.found, Capture)]


def damages(readings: list[Reading]) -> list[Rejection]:
    found = [r.found for r in readings if isinstance(r.found, Rejection)]
    assert all(rejection.reason is Reason.DAMAGED_RECORD for rejection in found)
    return found


def check(data: bytes, whole: list[int], url_of_damage: str | None = None, count: int = 1) -> Rejection:
    readings = read(data)
    assert numbers(readings) == whole
    assert len(damages(readings)) == count
    assert damages(readings)[0].url == url_of_damage
    for at, reading in enumerate(readings):
        assert read(data, reading.next_offset) == readings[at + 1 :]
    return damages(readings)[0]


def url(number: int) -> str:
    return f"https://news.example.org/{number}"


def test_cut_in_a_member() -> None:
    data = gzip_members(PAGES)[:-500]
    rejection = check(data, [0, 1, 2, 3, 4], url(5))
    assert rejection.detail is not None
    assert "bytes are missing" in rejection.detail
    assert rejection.captured_at is not None


def test_cut_in_a_plain_record() -> None:
    check(b"".join(PAGES)[:-500], [0, 1, 2, 3, 4], url(5))


def test_cut_in_a_plain_record_and_another_file_behind() -> None:
    check(b"".join(PAGES[:3])[:-500] + b"".join(PAGES[3:]), [0, 1, 3, 4, 5], url(2))


@pytest.mark.parametrize("left", [3, 12, 40])
def test_cut_in_the_head_of_a_member(left: int) -> None:
    check(gzip_members(PAGES[:5]) + gzip_members(PAGES[5:])[:left], [0, 1, 2, 3, 4])


def test_cut_in_the_head_of_a_plain_record() -> None:
    check(b"".join(PAGES[:5]) + PAGES[5][:60], [0, 1, 2, 3, 4])


def test_cut_in_a_whole_file_member() -> None:
    check(gzip_whole(PAGES)[:-15], [0, 1, 2, 3, 4], url(5))


def test_cut_member_and_another_file_behind() -> None:
    check(gzip_members(PAGES[:3])[:-500] + gzip_members(PAGES[3:]), [0, 1, 3, 4, 5], url(2))


@pytest.mark.parametrize("missing", [30, 60])
def test_every_member_is_cut(missing: int) -> None:
    data = b"".join(gzip_members([page])[:-missing] for page in pages(6))
    assert [rejection.url for rejection in damages(read(data))] == [url(number) for number in range(6)]


@pytest.mark.parametrize("at", range(6))
def test_flipped_byte_in_a_member(at: int) -> None:
    before = len(gzip_members(PAGES[:at]))
    data = bytearray(gzip_members(PAGES))
    data[before + 1_500] ^= 0x55
    check(bytes(data), [number for number in range(6) if number != at], url(at))


def test_flipped_byte_in_the_checksum_of_a_member() -> None:
    data = bytearray(gzip_members(PAGES))
    data[len(gzip_members(PAGES[:3])) - 6] ^= 0x55
    check(bytes(data), [0, 1, 3, 4, 5], url(2))


def test_flipped_byte_in_the_magic_of_a_member() -> None:
    data = bytearray(gzip_members(PAGES))
    data[len(gzip_members(PAGES[:3]))] ^= 0x55
    rejection = check(bytes(data), [0, 1, 2, 4, 5])
    assert rejection.at.warc_offset == len(gzip_members(PAGES[:3]))
    assert rejection.at.warc_length == len(gzip_members(PAGES[3:4]))


@pytest.mark.parametrize(
    "junk", [b"x", b"garbage" * 9, NOISE, bytes(600_000), b"\x1f\x8b\x08", b"\x1f\x8b" * 99, b"WARC/1.0\r\n" * 9]
)
@pytest.mark.parametrize("packed", [True, False])
def test_junk_between_records(junk: bytes, packed: bool) -> None:
    parts = [gzip_members(PAGES[:3]), gzip_members(PAGES[3:])] if packed else [b"".join(PAGES[:3]), b"".join(PAGES[3:])]
    rejection = check(junk.join(parts), [0, 1, 2, 3, 4, 5])
    assert rejection.at.warc_offset == len(parts[0])
    assert rejection.at.warc_length == len(junk)
    assert rejection.detail is not None
    assert rejection.detail.startswith(f"skipped {len(junk)} bytes at {len(parts[0])}..{len(parts[0]) + len(junk)}")


def test_junk_before_and_behind() -> None:
    check(b"junk" + gzip_members(PAGES) + b"junk", [0, 1, 2, 3, 4, 5], count=2)


def test_junk_within_a_whole_file_member() -> None:
    check(gzip_whole([*PAGES[:3], b"junk\r\n", *PAGES[3:]]), [0, 1, 2, 3, 4, 5])


def _lying(length: int) -> bytes:
    return warc_record(url="https://news.example.org/9", block=http_answer(body=NOISE), length=length)


@pytest.mark.parametrize("length", [4_200, 10_000, 900_000, 5_000_000, 10**15])
@pytest.mark.parametrize("pack", [b"".join, gzip_members])
def test_length_too_long(length: int, pack: "type[bytes]") -> None:
    data = pack([*PAGES[:3], _lying(length), *PAGES[3:]])
    check(data, [0, 1, 2, 3, 4, 5], "https://news.example.org/9")


def test_length_too_short_in_a_plain_file_leaves_a_gap() -> None:
    readings = read(b"".join([*PAGES[:3], _lying(1_000), *PAGES[3:]]))
    assert numbers(readings) == [0, 1, 2, 9, 3, 4, 5]
    assert len(damages(readings)) == 1


def test_length_too_short_in_a_member_rejects_the_record() -> None:
    check(gzip_members([*PAGES[:3], _lying(1_000), *PAGES[3:]]), [0, 1, 2, 3, 4, 5], "https://news.example.org/9")


@pytest.mark.parametrize("length", ["", "-5", "abc", "1e3", "9" * 40])
def test_length_that_is_no_number(length: str) -> None:
    broken = PAGES[2].replace(b"Content-Length: ", f"Content-Length: {length}\r\nX-".encode())
    check(gzip_members([*PAGES[:2], broken, *PAGES[3:]]), [0, 1, 3, 4, 5], url(2))


def test_missing_line_ends_are_no_damage() -> None:
    data = b"".join(record.removesuffix(b"\r\n\r\n") for record in PAGES)
    assert numbers(read(data)) == [0, 1, 2, 3, 4, 5]
    assert not damages(read(data))


def test_endless_head() -> None:
    endless = PAGES[2].replace(b"WARC-Date", b"X: y\r\n" * 100_000 + b"WARC-Date")
    check(gzip_members([*PAGES[:2], endless, *PAGES[3:]]), [0, 1, 3, 4, 5])
    check(b"".join([*PAGES[:2], endless, *PAGES[3:]]), [0, 1, 3, 4, 5])


def test_damage_in_arc() -> None:
    records = [arc_head(), *(arc_record(f"http://news.example.org/{number}") for number in range(4))]
    for data in (b"junk\n".join(records), b"junk\n".join(gzip_members([record]) for record in records)):
        readings = read(data)
        assert numbers(readings) == [0, 1, 2, 3]
        assert len(damages(readings)) == 4
    lying = [records[0], arc_record("http://news.example.org/9", length=10_000), *records[1:]]
    assert numbers(read(b"".join(lying))) == [0, 1, 2, 3]
    assert numbers(read(gzip_members(lying))) == [0, 1, 2, 3]


def _terminates(data: bytes) -> None:
    readings = read(data)
    offsets = [reading.next_offset for reading in readings]
    assert offsets == sorted(set(offsets))
    for at in {0, len(readings) // 2, len(readings) - 1} if readings else ():
        assert read(data, offsets[at]) == readings[at + 1 :]
    if offsets and offsets[-1] < len(data):
        # Only line ends and empty members may follow the last reading, or offsets count unpacked bytes.
        assert data[:4].startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"\x5d\x2a\x4d\x18"))


@given(st.binary(max_size=4_000))
@settings(max_examples=200)
def test_any_bytes_at_all_are_read_to_their_end(data: bytes) -> None:
    _terminates(data)


_SMALL = [warcinfo(), *pages(3), warc_record("revisit", block=b"")]
_SEEDS = [
    b"".join(_SMALL),
    gzip_members(_SMALL),
    gzip_members(_SMALL, level=0),
    gzip_whole(_SMALL),
    gzip_members(_SMALL[:2]) + gzip_whole(_SMALL) + b"".join(_SMALL),
    arc_head() + arc_record() + arc_record(),
    gzip_members([arc_head(), arc_record(), arc_record()]),
]
_MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(["flip", "cut", "insert", "drop", "repeat"]), st.binary(max_size=40)), max_size=5
)


def _mutate(data: bytes, where: float, how: str, extra: bytes) -> bytes:
    at = int(where * len(data))
    span = 1 + sum(extra) % 300
    match how:
        case "flip":
            return data[:at] + bytes(byte ^ 0x41 for byte in data[at : at + 1]) + data[at + 1 :]
        case "cut":
            return data[:at]
        case "insert":
            return data[:at] + extra + data[at:]
        case "drop":
            return data[:at] + data[at + span :]
        case _:
            return data[:at] + data[max(0, at - span) :]


@given(st.sampled_from(_SEEDS), _MUTATIONS)
@settings(max_examples=400)
def test_any_damage_is_read_past(data: bytes, mutations: list[tuple[float, str, bytes]]) -> None:
    for where, how, extra in mutations:
        data = _mutate(data, where, how, extra)
    _terminates(data)
