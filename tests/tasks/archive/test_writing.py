"""Archives of our own: each is read by warcio, by FastWARC and by ours, and its digests are checked."""

import gzip
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import brotli
import pytest
from fastwarc.warc import ArchiveIterator as FastwarcIterator
from fastwarc.warc import WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from tasks.archive.reading import ReadLimits, read_archive
from tasks.archive.writing import Earlier, WarcTape
from tasks.fetching.answers import Answer
from tasks.records import Capture, Rejection

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
DATE = "2026-01-02T03:04:05Z"
PAGE = b"<html><title>A</title><p>Some words of a page, caf\xc3\xa9.</p></html>"
HTML = ("Content-Type", "text/html; charset=utf-8")
ANSWER = Answer(
    url="https://news.example/a.html?q=1#part",
    status=200,
    phrase="OK",
    headers=(HTML, ("Content-Length", str(len(PAGE)))),
    body=PAGE,
    truncated=None,
    ip="192.0.2.7",
    asked_at=AT,
    seconds=0.25,
    request_headers=(("Host", "news.example"), ("User-Agent", "pressrun-test/1")),
)


@dataclass
class Record:
    """A record as warcio reads it."""

    type: str
    fields: dict[str, str]
    http: Any
    body: bytes
    offset: int
    length: int


def tape() -> WarcTape:
    numbers = itertools.count(1)
    return WarcTape("news.warc.gz", {"software": "pressrun"}, new_id=lambda: f"urn:uuid:{next(numbers):032x}", now=lambda: AT)


def by_warcio(file: bytes, *, digests: str = "raise") -> list[Record]:
    records = []
    reader = WarcioIterator(BytesIO(file), no_record_parse=False, check_digests=digests)
    for record in reader:
        # Of a revisit the payload is elsewhere, and so is what its digest is of.
        if record.rec_type == "revisit":
            record.digest_checker.kind = "none"
        body = record.raw_stream.read()
        fields = dict(record.rec_headers.headers)
        records.append(Record(record.rec_type, fields, record.http_headers, body, 0, 0))
        records[-1].offset, records[-1].length = reader.get_record_offset(), reader.get_record_length()
        assert record.digest_checker.passed is not False
    return records


def read_all(file: bytes) -> list[Record]:
    """Read the file in three ways, and have their digests checked."""
    records = by_warcio(file)
    types = [record.type for record in records]
    assert sum(record.length for record in records) == len(file)
    fast = FastwarcIterator(BytesIO(file), parse_http=False)
    blocks = [(str(record.record_type), record.verify_block_digest(consume=False)) for record in fast]
    assert blocks == [(kind, True) for kind in types]
    parsed = FastwarcIterator(BytesIO(file), record_types=WarcRecordType.response)
    payloads = [record.verify_payload_digest() for record in parsed]
    assert payloads == [True] * types.count("response")
    readings = list(read_archive(BytesIO(file), "news.warc.gz", ReadLimits(1 << 24)))
    assert [reading.record_type for reading in readings] == types
    assert readings[-1].next_offset == len(file)
    return records


def captures(file: bytes) -> list[Capture | Rejection]:
    found = (reading.found for reading in read_archive(BytesIO(file), "news.warc.gz", ReadLimits(1 << 24)))
    return [each for each in found if each is not None]


def written(answer: Answer, **options: Mapping[str, str]) -> list[Record]:
    out = tape()
    out.add(answer, **options)
    return read_all(out.close())


def test_an_exchange_is_three_records_tied_to_each_other():
    info, response, request, metadata = written(ANSWER, fields={"Robots-Allowed": "true"}, notes={"fetchTimeMs": "250", "via": "é"})
    assert [each.type for each in (info, response, request, metadata)] == ["warcinfo", "response", "request", "metadata"]
    assert info.fields["WARC-Filename"] == "news.warc.gz"
    assert info.body == b"software: pressrun\r\n"
    answer_id = response.fields["WARC-Record-ID"]
    assert answer_id == "<urn:uuid:00000000000000000000000000000002>"
    for each in (response, request, metadata):
        assert each.fields["WARC-Warcinfo-ID"] == info.fields["WARC-Record-ID"]
        assert (each.fields["WARC-Date"], each.fields["WARC-Target-URI"]) == (DATE, ANSWER.url)
    for each in (request, metadata):
        assert each.fields["WARC-Concurrent-To"] == answer_id
    assert response.fields["WARC-IP-Address"] == request.fields["WARC-IP-Address"] == "192.0.2.7"
    assert response.fields["Robots-Allowed"] == "true"
    assert "WARC-Truncated" not in response.fields
    assert response.http.get_statuscode() == "200"
    assert (tuple(response.http.headers), response.body) == (ANSWER.headers, PAGE)
    assert request.http.statusline.endswith("/a.html?q=1 HTTP/1.1")
    assert tuple(request.http.headers) == ANSWER.request_headers
    assert metadata.body == "fetchTimeMs: 250\r\nvia: é\r\n".encode()


def test_what_is_written_is_what_a_backfill_reads():
    out = tape()
    told = out.add(ANSWER, notes={"fetchTimeMs": "250"})
    (capture,) = captures(out.close())
    assert isinstance(capture, Capture)
    assert (capture.url, capture.captured_at, capture.record_type) == (ANSWER.url, AT.replace(microsecond=0), "response")
    assert (capture.http_status, capture.http_headers, capture.payload) == (200, ANSWER.headers, PAGE)
    assert (capture.at.warc_offset, capture.at.warc_length, capture.at.warc_record_id) == (told.offset, told.length, told.record_id)


def test_the_place_of_each_record_is_told():
    out = tape()
    told = [out.add(replace(ANSWER, body=PAGE * times, headers=(HTML,))) for times in (1, 50, 0)]
    told.append(out.add_note("https://news.example/b", AT, {"reason": "robots"}))
    told.append(out.add_revisit(replace(ANSWER, status=304, body=b""), earlier(told[0])))
    size = out.size_bytes
    file = out.close()
    assert len(file) == size
    for each in told:
        (record,) = by_warcio(file[each.offset : each.offset + each.length])
        assert record.fields["WARC-Record-ID"] == each.record_id
        assert record.fields.get("WARC-Payload-Digest", each.payload_digest) == each.payload_digest


def earlier(told, url: str = ANSWER.url) -> Earlier:
    return Earlier(url, AT - timedelta(hours=2), told.record_id, told.payload_digest)


@pytest.mark.parametrize("cut", ["length", "time", "disconnect", "unspecified"])
def test_a_cut_body_says_what_cut_it(cut):
    body = b"" if cut == "unspecified" else PAGE[:20]
    out = tape()
    out.add(replace(ANSWER, body=body, truncated=cut))
    file = out.close()
    record = read_all(file)[1]
    assert (record.fields["WARC-Truncated"], record.body) == (cut, body)
    assert record.http.get_header("Content-Length") == str(len(body))
    assert record.http.get_header("X-Crawler-Content-Length") == str(len(PAGE))
    assert captures(file)[0].truncated == cut


RIGHT, WRONG, CHUNKS = ("Content-Length", "9"), ("Content-Length", "12"), ("Transfer-Encoding", "gzip, chunked")
WAS_WRONG, WERE_CHUNKS = ("X-Crawler-Content-Length", "12"), ("X-Crawler-Transfer-Encoding", "gzip, chunked")
LENGTHS = {
    "right": ([("content-length", "9")], [("content-length", "9")]),
    "missing": ([], []),
    "wrong": ([WRONG], [WAS_WRONG, RIGHT]),
    "wrong and right": ([WRONG, RIGHT], [WAS_WRONG, RIGHT]),
    "chunked": ([CHUNKS], [WERE_CHUNKS, RIGHT]),
    "chunked and right": ([CHUNKS, RIGHT], [WERE_CHUNKS, RIGHT]),
    "lower case": ([("transfer-encoding", "chunked")], [("X-Crawler-transfer-encoding", "chunked"), RIGHT]),
    "no number": ([("Content-Length", "nine")], [("X-Crawler-Content-Length", "nine"), RIGHT]),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_the_head_tells_of_the_body_as_it_is_stored(name):
    sent, stored = LENGTHS[name]
    record = written(replace(ANSWER, body=b"nine long", headers=(HTML, *sent)))[1]
    assert (record.http.headers, record.body) == ([HTML, *stored], b"nine long")


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_packed_body_is_stored_as_it_was_sent_and_read_by_all(encoding, pack):
    packed = pack(PAGE * 20)
    out = tape()
    out.add(replace(ANSWER, body=packed, headers=(HTML, ("Content-Encoding", encoding), ("Transfer-Encoding", "chunked"))))
    file = out.close()
    assert read_all(file)[1].body == packed
    assert captures(file)[0].payload == packed
    if encoding == "gzip":  # warcio 1.8 cannot unpack br by brotli 1.2, whose objects take no attributes
        unpacked = [each.content_stream().read() for each in WarcioIterator(BytesIO(file)) if each.rec_type == "response"]
        assert unpacked == [PAGE * 20]
    fast = FastwarcIterator(BytesIO(file), auto_decode="all")
    assert [each.reader.read() for each in fast if str(each.record_type) == "response"] == [PAGE * 20]


@pytest.mark.parametrize("size", [0, 1, 60_000, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("sent", [(HTML, ("Content-Encoding", "br")), (HTML,)])
def test_a_packed_body_of_any_size_is_stored_in_about_its_size_and_a_plain_one_in_less(size, sent):
    body = (PAGE * (size // len(PAGE) + 1))[:size]
    out = tape()
    told = out.add(replace(ANSWER, body=body, headers=sent))
    file = out.close()
    assert read_all(file)[1].body == body
    is_packed = len(sent) > 1
    assert told.length < size + 1_000 if is_packed else told.length < size // 10 + 1_000
    assert not is_packed or told.length > size


def test_an_unchanged_answer_is_a_revisit():
    out = tape()
    told = out.add(ANSWER)
    again = replace(ANSWER, url="https://news.example/b", status=304, phrase="Not Modified", body=b"")
    revisit = out.add_revisit(replace(again, headers=(("ETag", '"a"'), ("Content-Length", "500"))), earlier(told), {"via": "feed"})
    file = out.close()
    record = read_all(file)[3]
    assert [each.type for each in by_warcio(file)[3:]] == ["revisit", "request", "metadata"]
    assert (record.offset, record.length) == (revisit.offset, revisit.length)
    assert record.fields["WARC-Profile"].endswith("/revisit/server-not-modified")
    assert (record.http.get_statuscode(), record.http.headers) == ("304", [("ETag", '"a"'), ("Content-Length", "500")])
    assert_refers(record, told)
    refused = captures(file)[1]
    assert (refused.reason, refused.url, refused.http_status) == ("revisit", again.url, 304)


def test_the_same_body_again_is_a_revisit_without_it():
    out = tape()
    told = out.add(ANSWER)
    out.add_revisit(replace(ANSWER, url="https://mirror.example/a"), earlier(told))
    record = read_all(out.close())[3]
    assert record.fields["WARC-Profile"].endswith("/revisit/identical-payload-digest")
    assert (record.body, record.http.headers) == (b"", list(ANSWER.headers))
    assert_refers(record, told)


def assert_refers(record: Record, told) -> None:
    assert record.fields["WARC-Refers-To"] == told.record_id
    assert record.fields["WARC-Refers-To-Target-URI"] == ANSWER.url
    assert record.fields["WARC-Refers-To-Date"] == "2026-01-02T01:04:05Z"
    assert record.fields["WARC-Payload-Digest"] == told.payload_digest


def test_a_note_stands_alone():
    out = tape()
    told = out.add_note("https://news.example/b", AT.astimezone(timezone(timedelta(hours=5))), {"reason": "robots", "rule": "/b"})
    record = read_all(out.close())[1]
    assert (record.type, record.fields["WARC-Date"], record.body) == ("metadata", DATE, b"reason: robots\r\nrule: /b\r\n")
    assert "WARC-Concurrent-To" not in record.fields
    assert (told.record_id, told.payload_digest) == (record.fields["WARC-Record-ID"], record.fields["WARC-Block-Digest"])


def test_odd_heads_are_kept():
    odd = (("X-Odd", "caf\xe9 \x01\x7f\xff"), ("Set-Cookie", "a=b"), ("set-cookie", "c=d"), ("X-Empty", ""), ("X-Colon", "a: b: c"))
    out = tape()
    out.add(replace(ANSWER, status=999, phrase="Go away\xe9", headers=odd))
    file = out.close()
    head = b"HTTP/1.1 999 Go away\xe9\r\nX-Odd: caf\xe9 \x01\x7f\xff\r\nSet-Cookie: a=b\r\nset-cookie: c=d\r\n"
    assert head in gzip.decompress(file)
    assert captures(file)[0].http_headers == odd
    assert len(by_warcio(file)) == 3


def test_nothing_can_be_put_between_the_lines():
    evil = "x\r\nEvil: 1\r\n\r\n\n\r\0 \ud800 中"
    answer = replace(ANSWER, url=f"http://a.example/{evil}", phrase=evil, ip=evil, truncated=evil)
    answer = replace(answer, headers=((evil, evil), ("Content-Length", evil)), request_headers=((evil, evil),))
    out = WarcTape(evil, {evil: evil}, now=lambda: AT)
    told = out.add(answer, {evil: evil}, {evil: evil})
    out.add_revisit(answer, Earlier(evil, AT, told.record_id, told.payload_digest), {evil: evil})
    out.add_note(evil, AT, {evil: evil})
    file = out.close()
    records = read_all(file)
    kinds = "warcinfo response request metadata revisit request metadata metadata"
    assert [each.type for each in records] == kinds.split()
    assert not re.search(rb"^Evil", gzip.decompress(file), re.MULTILINE)
    assert records[1].body == PAGE
    assert not any("Evil" in each.fields for each in records)


def test_the_same_exchanges_make_the_same_file():
    def make() -> bytes:
        out = tape()
        out.add_revisit(ANSWER, earlier(out.add(ANSWER, notes={"a": "b"})))
        return out.close()

    assert make() == make()


def test_names_of_records_differ():
    out = WarcTape("news.warc.gz", {})
    for _ in range(5):
        out.add(ANSWER)
    ids = [record.fields["WARC-Record-ID"] for record in read_all(out.close())]
    assert len(set(ids)) == len(ids) == 11
    assert all(re.fullmatch(r"<urn:uuid:[0-9a-f-]{36}>", each) for each in ids)


token = st.text(st.sampled_from("abcXYZ019-_.!#$%&'*+^`|~"), min_size=1, max_size=12)
value = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=30)
answers = st.builds(
    replace,
    st.just(ANSWER),
    url=st.text(max_size=30).map("http://news.example/{}".format),
    status=st.integers(200, 999),
    phrase=value,
    headers=st.lists(st.tuples(token | st.sampled_from(["Content-Length", "Transfer-Encoding"]), value), max_size=6).map(tuple),
    body=st.binary(max_size=3000),
    truncated=st.sampled_from([None, "length", "time", "disconnect"]),
    ip=st.sampled_from([None, "192.0.2.1", "2001:db8::1"]),
)


@settings(max_examples=150)
@given(st.lists(st.tuples(answers, st.dictionaries(token, st.text(max_size=20), max_size=3)), max_size=3))
def test_whatever_is_written_is_read_again(exchanges):
    out = tape()
    told = [out.add(answer, notes=notes) for answer, notes in exchanges]
    file = out.close()
    found = captures(file)
    assert [capture.payload for capture in found] == [answer.body for answer, _ in exchanges]
    assert [(capture.at.warc_offset, capture.at.warc_length) for capture in found] == [(each.offset, each.length) for each in told]
    for capture, (answer, _) in zip(found, exchanges, strict=True):
        assert capture.http_status == answer.status
        kept = [(name.removeprefix("X-Crawler-"), value) for name, value in capture.http_headers]
        sent = [(name, value.strip()) for name, value in answer.headers]
        assert kept[: len(sent)] == sent
    fast = FastwarcIterator(BytesIO(file), parse_http=False)
    assert all(record.verify_block_digest() for record in fast)
    records = WarcioIterator(BytesIO(file), no_record_parse=True)
    assert len(list(records)) == 1 + sum(3 if notes else 2 for _, notes in exchanges)
