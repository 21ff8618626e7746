"""Both indexes of one crawl, on every kind of store: the same rows, gaps by name, damage by name."""

import io
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from fastwarc.warc import ArchiveIterator

from tasks.common_crawl import Hosts, IndexRow, read_hosts, select_cdx, select_columnar
from tasks.errors import BrokenShard, FixTheRun, RetryLater
from tasks.storage import Store, open_store
from tasks.storage.retrying import RetryPolicy
from tasks.storage.web import WebStore
from tests.mirror import Page, Placed, surt_of, write_ccnews, write_crawl
from tests.servers.web import WebServer

CRAWL = "CC-MAIN-2024-10"
TABLE = f"cc-index/table/cc-main/warc/crawl={CRAWL}/subset=warc/part-0000"
INDEXES = f"cc-index/collections/{CRAWL}/indexes"
HOSTS = ["example.org", "news.example.com", "xn--zrich-kva.example", "192.0.2.7", "www.paper.example", "zz.example"]
OTHERS = ["notexample.org", "example.org.uk", "example-a.org", "examplea.org", "example.com", "xnews.example.com", "192.0.2.77"]
OTHERS += ["paper.example", "www2.paper.example", "xn--zrich-kvb.example", "aa.example", "zzz.example", "org.example"]
BELOW = ["www.example.org", "www3.example.org", "a.b.example.org", "example.org:8080", "a.www.paper.example"]
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
SELECTORS = pytest.mark.parametrize("select", [select_columnar, select_cdx])


def made_up_pages() -> list[Page]:
    every = [*HOSTS, *OTHERS, *BELOW]
    pages = [Page(f"https://{host}/{number}?Q={number}", NOON + timedelta(hours=number)) for host in every for number in range(9)]
    pages += [Page("http://example.org/gone", status=404), Page("https://example.org/robots.txt", detected="text/html")]
    pages += [Page("https://example.org/a.pdf", detected="application/pdf"), Page("https://example.org/x", declared="x/y")]
    pages += [Page("https://example.org/x.html", detected="application/xhtml+xml", declared="Text/HTML; charset=utf-8")]
    pages += [
        Page("https://example.org/old.html", detected=None),
        Page("https://example.org/old.gif", NOON, b"", 200, "image/gif", None),
    ]
    return [*pages, Page("https://example.org/unknown", detected=None, declared="unk")]


def is_wanted(page: Page) -> bool:
    host = page.url.split("/")[2].partition(":")[0]
    below = any(host == name or host.endswith(f".{name}") for name in HOSTS)
    kind = page.detected or page.declared
    return below and page.status == 200 and "robots" not in page.url and (kind == "unk" or "html" in kind)


def rows_of(placed: list[Placed]) -> list[IndexRow]:
    return [IndexRow(p.page.url, p.page.captured_at, p.file, p.offset, p.length, p.digest) for p in placed if is_wanted(p.page)]


def ordered(rows) -> list[IndexRow]:
    return sorted(rows, key=lambda row: (surt_of(row.url), row.captured_at))


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "mirror"
    return folder, write_crawl(folder, CRAWL, made_up_pages(), parts=3)


@pytest.fixture
def web(mirror):
    with WebServer(mirror[0]) as server:
        yield server


def bases(folder, web) -> list[Store]:
    return [open_store(str(folder)), WebStore(web.url, RetryPolicy((0.01,) * 5))]


@SELECTORS
def test_both_indexes_give_the_captures_of_hosts_and_all_below(mirror, web, select):
    folder, placed = mirror
    for base in bases(folder, web):
        selection = select(base, CRAWL, Hosts(HOSTS))
        assert ordered(selection) == rows_of(placed)
        assert selection.tally.gaps == []
        assert selection.tally.rows_matched == len(rows_of(placed)) > 80
        assert len(rows_of(placed)) < selection.tally.rows_seen <= len(placed)
        assert selection.tally.bytes_fetched > 0


@SELECTORS
def test_each_row_leads_to_its_record(mirror, select):
    base = open_store(str(mirror[0]))
    for row in list(select(base, CRAWL, Hosts(HOSTS)))[::10]:
        data = base.read_range(row.warc_file, row.offset, row.length)
        assert len(data) == row.length
        records = list(ArchiveIterator(io.BytesIO(data)))
        assert [record.headers["WARC-Target-URI"] for record in records] == [row.url]


@SELECTORS
@pytest.mark.parametrize("host", [*HOSTS, *OTHERS, "uk", "none.example"])
def test_each_host_alone(mirror, select, host):
    folder, placed = mirror
    found = list(select(open_store(str(folder)), CRAWL, Hosts([host])))
    hosts = [p.page.url.split("/")[2].partition(":")[0] for p in placed if p.subset == "warc"]
    names = [name for name in hosts if name == host or name.endswith(f".{host}")]
    assert abs(len(names) - len(found)) <= 2 * (host == "example.org")
    assert bool(found) == (host != "none.example")


@SELECTORS
@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ((2024, 3, 1), (2024, 4, 1), (1, 2)),
        ((2024, 2, 1), (2024, 3, 1), ()),
        ((2024, 3, 2), None, (2,)),
        (None, (2024, 3, 2), (1,)),
    ],
)
def test_days_are_half_open_and_utc(tmp_path, select, since, until, days):
    moments = [datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 1, 23, 59, 59, tzinfo=UTC), datetime(2024, 3, 2, tzinfo=UTC)]
    write_crawl(tmp_path, CRAWL, [Page(f"https://example.org/{moment:%d%H}", moment) for moment in moments])
    span = [date(*day) if day else None for day in (since, until)]
    found = [row.captured_at for row in select(open_store(str(tmp_path)), CRAWL, Hosts(HOSTS), *span)]
    assert sorted(found) == [moment for moment in moments if moment.day in days]


@SELECTORS
def test_a_span_without_a_day_is_refused(mirror, select):
    with pytest.raises(FixTheRun, match="no day lies between"):
        select(open_store(str(mirror[0])), CRAWL, Hosts(HOSTS), date(2024, 3, 1), date(2024, 3, 1))


def spoilt(select) -> str:
    return f"{TABLE}1-made-up.c000.gz.parquet" if select is select_columnar else f"{INDEXES}/cdx-00001.gz"


@SELECTORS
def test_a_missing_part_is_a_gap_and_the_others_are_read(mirror, web, select):
    folder, placed = mirror
    key = spoilt(select)
    web.answers[f"/{key}"] = 403
    shutil.move(folder / key, folder / "elsewhere")
    for base in bases(folder, web):
        selection = select(base, CRAWL, Hosts(HOSTS))
        found = list(selection)
        assert selection.tally.gaps == [key]
        assert 0 < len(found) < len(rows_of(placed))
        assert set(found) < set(rows_of(placed))


@SELECTORS
def test_a_part_that_does_not_come_is_no_gap(mirror, web, select):
    key = spoilt(select)
    web.answers[f"/{key}"] = 503
    with pytest.raises(RetryLater, match="answered 503"):
        list(select(bases(mirror[0], web)[1], CRAWL, Hosts(HOSTS)))


@SELECTORS
def test_trouble_in_the_middle_of_a_part_is_neither_damage_nor_a_gap(mirror, web, select):
    folder, _ = mirror
    selection = select(bases(folder, web)[1], CRAWL, Hosts([*HOSTS, *OTHERS]))
    next(selection.rows)
    web.answers |= {f"/{file.relative_to(folder).as_posix()}": 503 for file in folder.rglob("*.gz*")}
    with pytest.raises(RetryLater, match="answered 503"):
        list(selection)
    assert selection.tally.gaps == []


@SELECTORS
def test_a_damaged_part_is_named(mirror, select):
    folder, _ = mirror
    path, base = folder / spoilt(select), open_store(str(folder))
    whole = path.read_bytes()
    for start, length in [(len(whole) // 3, 400), (0, len(whole))] if select is select_cdx else [(4, 400), (len(whole) - 300, 200)]:
        path.write_bytes(whole[:start] + b"\xa5" * length + whole[start + length :])
        with pytest.raises(BrokenShard, match=path.name) as broken:
            list(select(base, CRAWL, Hosts([*HOSTS, *OTHERS])))
        assert "\n" not in str(broken.value)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenShard, match=path.name):
        list(select(base, CRAWL, Hosts([*HOSTS, *OTHERS])))


@SELECTORS
def test_a_missing_listing_is_a_gap_where_there_is_a_crawl(mirror, web, select):
    folder, _ = mirror
    web.missing = 403
    listing = "cc-index-table.paths.gz" if select is select_columnar else "cc-index.paths.gz"
    (folder / f"crawl-data/{CRAWL}/{listing}").unlink()
    for base in bases(folder, web):
        selection = select(base, CRAWL, Hosts(HOSTS))
        assert list(selection) == []
        assert selection.tally.gaps == [f"crawl-data/{CRAWL}/{listing}"]
        with pytest.raises(FixTheRun, match=r"no crawl CC-MAIN-2024-11 .*collinfo\.json"):
            select(base, "CC-MAIN-2024-11", Hosts(HOSTS))


@SELECTORS
@pytest.mark.parametrize(
    "crawl", ["", "CC-MAIN-2024", "cc-main-2024-10", "CC-MAIN-2024-10/x", "CC-NEWS", "CC-MAIN-2024-10\n", "../x"]
)
def test_a_name_that_is_no_crawl_is_refused(mirror, select, crawl):
    with pytest.raises(FixTheRun, match=r"is no crawl.*collinfo\.json"):
        select(open_store(str(mirror[0])), crawl, Hosts(HOSTS))


@SELECTORS
def test_a_damaged_listing_is_named(mirror, select):
    folder, _ = mirror
    for name in ("cc-index-table.paths.gz", "cc-index.paths.gz"):
        path = folder / f"crawl-data/{CRAWL}/{name}"
        path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(BrokenShard, match=r"paths\.gz is damaged"):
        select(open_store(str(folder)), CRAWL, Hosts(HOSTS))


@SELECTORS
def test_a_crawl_in_a_bucket(mirror, bucket, select):
    folder, placed = mirror
    base = open_store(f"{bucket}/commoncrawl")
    for file in folder.rglob("*"):
        if file.is_file():
            base.write(file.relative_to(folder).as_posix(), file.read_bytes())
    assert ordered(select(base, CRAWL, Hosts(read_hosts("\n".join(HOSTS))))) == rows_of(placed)


def test_a_month_of_news_is_as_common_crawl_has_it(tmp_path):
    day = datetime(2024, 2, 29, 23, 0, 5, tzinfo=UTC)
    paths = write_ccnews(tmp_path, {day: [("https://a.org/", b"x")], day + timedelta(hours=2): [("https://b.org/", b"y")]})
    assert paths[0] == "crawl-data/CC-NEWS/2024/02/CC-NEWS-20240229230005-00000.warc.gz"
    assert (tmp_path / paths[1]).is_file()
    assert (tmp_path / "crawl-data/CC-NEWS/2024/03/warc.paths.gz").is_file()
