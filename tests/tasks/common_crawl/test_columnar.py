"""The columnar index: what statistics say is skipped and nothing else, old columns are missed by nobody, and few bytes come."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.common_crawl import Hosts, select_columnar
from tasks.common_crawl.columnar import LISTING
from tasks.errors import BrokenShard
from tasks.storage import open_store
from tests.mirror import Page, Placed, surt_of, write_columnar, write_crawl
from tests.servers.web import WebServer

CRAWL = "CC-MAIN-2024-10"
HOSTS = Hosts(["site3.example.org", "site17.example.org"])
PAGES = [Page(f"https://site{site}.example.org/{number}") for site in range(20) for number in range(10)]
WANTED = sorted(page.url for page in PAGES if HOSTS.takes(page.url.split("/")[2]))


def urls(folder) -> list[str]:
    return sorted(row.url for row in select_columnar(open_store(str(folder)), CRAWL, HOSTS))


def test_row_groups_that_hold_no_key_of_the_hosts_are_not_read(tmp_path):
    write_crawl(tmp_path, CRAWL, PAGES, parts=2, group_rows=10)
    selection = select_columnar(open_store(str(tmp_path)), CRAWL, HOSTS)
    assert sorted(row.url for row in selection) == WANTED
    assert selection.tally.rows_seen == 20


@pytest.mark.parametrize(
    "options",
    [
        {"write_statistics": False},
        {"write_statistics": ["url", "fetch_time"]},
        {"use_deprecated_int96_timestamps": True},
        {"use_dictionary": False, "compression": "zstd", "data_page_size": 100},
        {"dictionary_pagesize_limit": 50, "data_page_size": 60, "compression": "snappy"},
        {"without": ["url_surtkey"]},
        {"without": ["content_mime_detected", "content_truncated", "content_languages", "content_charset"]},
        {"without": ["content_mime_detected", "content_mime_type", "content_digest", "url_host_registered_domain"]},
    ],
    ids=str,
)
def test_no_row_is_missed_whatever_a_part_lacks(tmp_path, options):
    write_crawl(tmp_path, CRAWL, PAGES, group_rows=7, **options)
    assert urls(tmp_path) == WANTED
    moment = next(select_columnar(open_store(str(tmp_path)), CRAWL, HOSTS).rows).captured_at
    assert moment == datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_a_row_group_in_many_batches(tmp_path, monkeypatch):
    monkeypatch.setattr("tasks.common_crawl.row_groups.BATCH_ROWS", 3)
    pages = [Page(page.url, datetime(2024, 3, 1, at // 60, at % 60, tzinfo=UTC)) for at, page in enumerate(PAGES)]
    placed = write_crawl(tmp_path, CRAWL, pages, parts=1, group_rows=150)
    found = {(row.url, row.captured_at, row.offset) for row in select_columnar(open_store(str(tmp_path)), CRAWL, HOSTS)}
    assert found == {(p.page.url, p.page.captured_at, p.offset) for p in placed if p.page.url in WANTED}


def test_keys_with_letters_beyond_ascii(tmp_path):
    pages = [*PAGES, *(Page(f"https://site3.example.org/é{number}/ü") for number in range(30))]
    write_crawl(tmp_path, CRAWL, pages, group_rows=10)
    assert len(urls(tmp_path)) == len(WANTED) + 30


def test_a_part_without_a_column_that_must_be_is_named(tmp_path):
    write_crawl(tmp_path, CRAWL, PAGES, without=["url_host_name"])
    with pytest.raises(BrokenShard, match=r"part-00000.*there is no column url_host_name"):
        urls(tmp_path)


def test_a_column_that_holds_something_else_is_named(tmp_path):
    write_crawl(tmp_path, CRAWL, PAGES, parts=1)
    part = next((tmp_path / f"cc-index/table/cc-main/warc/crawl={CRAWL}/subset=warc").iterdir())
    table = pq.read_table(part, partitioning=None)
    for name in ("url_host_name", "fetch_status", "fetch_time", "content_digest"):
        kind = pa.string() if name == "fetch_status" else pa.binary() if name == "url_host_name" else pa.int64()
        column = table[name].cast(kind) if name != "content_digest" else pa.array(range(len(table)))
        pq.write_table(table.set_column(table.schema.get_field_index(name), name, column), part)
        with pytest.raises(BrokenShard, match=f"the column {name} holds {kind}"):
            urls(tmp_path)


def needed_bytes(folder) -> int:
    """Of the host column where statistics leave a row group open, and of what is read of those that hold a host."""
    total = 0
    columns = {"url_host_name", "fetch_status", "fetch_time", "content_mime_detected", "url", "warc_filename"}
    columns |= {"warc_record_offset", "warc_record_length", "content_digest"}
    for part in (folder / f"cc-index/table/cc-main/warc/crawl={CRAWL}/subset=warc").iterdir():
        file = pq.ParquetFile(part)
        total += file.metadata.serialized_size + 8
        for number in range(file.num_row_groups):
            hosts = file.read_row_group(number, columns=["url_host_name"]).column(0).unique().to_pylist()
            group = file.metadata.row_group(number)
            chunks = [group.column(at) for at in range(group.num_columns)]
            total += sum(c.total_compressed_size for c in chunks if c.path_in_schema in columns) * any(map(HOSTS.takes, hosts))
    return total


def test_little_more_comes_than_is_needed(tmp_path):
    pages = [
        Page(f"https://site{site}.example.org/{number}-{hash((site, number))}") for site in range(20) for number in range(1_500)
    ]
    placed = write_crawl(tmp_path, CRAWL, pages[:1])
    many = [
        Placed(page, surt_of(page.url), f"{number:032x}", placed[0].file, number * 7919 % 10**9, number * 31 % 50_000)
        for number, page in enumerate(pages)
    ]
    many.sort(key=lambda each: each.surt)
    write_columnar(tmp_path, CRAWL, many, parts=2, group_rows=5_000)
    with WebServer(tmp_path) as web:
        selection = select_columnar(open_store(web.url), CRAWL, HOSTS)
        assert len(list(selection)) == 3_000
        sent = sum(count for path, count in web.bytes_sent().items() if path.endswith(".parquet"))
        listing = web.bytes_sent()[f"/crawl-data/{CRAWL}/{LISTING}"]
        requests = [seen.method for seen in web.log]
    print(f"needed={needed_bytes(tmp_path)} sent={sent} ratio={sent / needed_bytes(tmp_path):.3f} requests={len(requests)}")
    assert sent + listing == selection.tally.bytes_fetched
    assert sent < 1.2 * needed_bytes(tmp_path)
