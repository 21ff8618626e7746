"""The URL index: a host's blocks and no others, neighbours in one request, odd lines by name."""

import gzip
import random

import pytest

from tasks.common_crawl import Hosts, select_cdx
from tasks.common_crawl.cluster import PAGE_BYTES, Block
from tasks.common_crawl.members import RUN_BYTES, runs_of
from tasks.errors import BrokenShard
from tasks.storage import open_store
from tests.mirror import Page, Placed, surt_of, write_cdx, write_crawl
from tests.servers.web import WebServer

CRAWL = "CC-MAIN-2024-10"
INDEXES = f"cc-index/collections/{CRAWL}/indexes"
PAGES = [Page(f"https://site{site}.example.org/{number}") for site in range(20) for number in range(10)]


def urls(folder, *hosts: str) -> list[str]:
    return sorted(row.url for row in select_cdx(open_store(str(folder)), CRAWL, Hosts(hosts)))


@pytest.mark.parametrize("block_lines", [1, 3, 10, 1000])
@pytest.mark.parametrize("parts", [1, 4])
def test_no_row_is_missed_however_the_blocks_fall(tmp_path, block_lines, parts):
    write_crawl(tmp_path, CRAWL, PAGES, parts=parts, block_lines=block_lines)
    for sites in ([0], [19], [3, 4], [1, 10, 11, 2]):
        hosts = [f"site{site}.example.org" for site in sites]
        assert urls(tmp_path, *hosts) == sorted(page.url for page in PAGES if page.url.split("/")[2] in hosts)
    assert len(urls(tmp_path, "example.org")) == len(PAGES)


def test_the_same_key_over_many_blocks(tmp_path):
    pages = [Page("https://a.org/"), *[Page("https://b.org/")] * 25, Page("https://c.org/")]
    write_crawl(tmp_path, CRAWL, pages, block_lines=4)
    assert urls(tmp_path, "b.org") == ["https://b.org/"] * 25


def many_pages() -> list[Placed]:
    draw = random.Random(11)
    pages = [
        Page(f"https://site{site:03d}.example.org/{number}-{draw.randbytes(20).hex()}")
        for site in range(300)
        for number in range(200)
    ]
    file = f"crawl-data/{CRAWL}/segments/1/warc/a.warc.gz"
    places = [Placed(page, surt_of(page.url), draw.randbytes(16).hex(), file, draw.randrange(10**9), 9) for page in pages]
    return sorted(places, key=lambda each: each.surt)


def blocks_with(folder, name: bytes) -> int:
    """Bytes of the blocks that hold a line of a host, and of the one before."""
    total, before = 0, 0
    for line in (folder / INDEXES / "cluster.idx").read_bytes().splitlines():
        _, file, offset, length, _ = line.decode().split("\t")
        packed = (folder / INDEXES / file).read_bytes()[int(offset) :][: int(length)]
        holds = name in gzip.decompress(packed)
        total += (int(length) + before) * holds
        before = 0 if holds else int(length)
    return total


def test_little_more_comes_than_the_blocks_of_a_host(tmp_path):
    write_crawl(tmp_path, CRAWL, PAGES[:1])
    write_cdx(tmp_path, CRAWL, many_pages(), parts=3, block_lines=100)
    with WebServer(tmp_path) as web:
        selection = select_cdx(open_store(web.url), CRAWL, Hosts(["site123.example.org"]))
        assert len(list(selection)) == 200
        sent = web.bytes_sent()
        requests = [seen for seen in web.log if seen.path.endswith(".gz") and "cdx-" in seen.path and seen.method == "GET"]
    parts = sum(count for path, count in sent.items() if "/cdx-" in path)
    needed = blocks_with(tmp_path, b"site123.")
    print(
        f"needed={needed} sent={parts} ratio={parts / needed:.3f} requests={len(requests)} contents={sent[f'/{INDEXES}/cluster.idx']}"
    )
    assert parts < 1.2 * needed
    assert len(requests) == 1
    assert sent[f"/{INDEXES}/cluster.idx"] <= 6 * PAGE_BYTES
    assert selection.tally.bytes_fetched == sum(sent.values())


def test_neighbours_come_together_up_to_a_bound():
    big = RUN_BYTES // 2
    places = [("a", 0, 10), ("a", 10, 5), ("a", 20, 5), ("b", 25, 5), *(("c", at * big, big) for at in range(3))]
    blocks = [Block(*place, at, b"") for at, place in enumerate(places)]
    assert [[block.place for block in run] for run in runs_of(blocks)] == [[0, 1], [2], [3], [4, 5], [6]]
    assert list(runs_of([])) == []


FACTS = '{"url": "https://a.org/", "status": "200", "filename": "x", "offset": "y", "length": "1"}'


@pytest.mark.parametrize("rest", ["20240301000000", "20240301000000 {", "2024 {}", "20241301000000 {}", f"20240301000000 {FACTS}"])
def test_a_line_that_cannot_be_read_is_named(tmp_path, rest):
    write_crawl(tmp_path, CRAWL, [Page("https://a.org/")], parts=1)
    packed = gzip.compress(f"org,a)/ {rest}\n".encode())
    (tmp_path / INDEXES / "cdx-00000.gz").write_bytes(packed)
    (tmp_path / INDEXES / "cluster.idx").write_text(f"org,a)/ 20240301000000\tcdx-00000.gz\t0\t{len(packed)}\t1\n")
    with pytest.raises(BrokenShard, match=r"cdx-00000\.gz holds a line") as broken:
        urls(tmp_path, "a.org")
    assert "\n" not in str(broken.value)


def test_a_table_of_contents_of_another_index_is_noticed(tmp_path):
    write_crawl(tmp_path, CRAWL, PAGES, parts=1)
    path = tmp_path / INDEXES / "cluster.idx"
    whole = path.read_text()
    for spoilt, why in ((whole.replace("site1)", "site10)"), "does not begin with"), (whole.replace("site1)", "site9)"), "order")):
        assert spoilt != whole
        path.write_text(spoilt)
        with pytest.raises(BrokenShard, match=why):
            urls(tmp_path, "example.org")


def test_a_table_of_contents_that_is_not_there_is_a_gap(tmp_path):
    write_crawl(tmp_path, CRAWL, PAGES)
    (tmp_path / INDEXES / "cluster.idx").unlink()
    selection = select_cdx(open_store(str(tmp_path)), CRAWL, Hosts(["example.org"]))
    assert list(selection) == []
    assert selection.tally.gaps == [f"{INDEXES}/cluster.idx"]
