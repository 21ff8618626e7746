"""A corpus to take things out of: an archive from elsewhere, captures of its own, one of them not pressed yet, and an edition."""

import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.archive.writing import WarcTape
from tasks.audit import audit
from tasks.collecting.orders import VisitOrder, VisitReceipt
from tasks.collecting.tapes import PAGES, Taken, write_tapes
from tasks.press import Order, Watch, press_shard
from tasks.recipe import Recipe
from tasks.records import Headers
from tasks.removals import Removal, removal_of
from tasks.shards import Receipt, Shard, shard_name
from tasks.storage.base import Store
from tasks.taking_out.removing import RemovalReport, remove
from tests.archives import gzip_members, http_answer, warc_record, warcinfo
from tests.corpora import SENTENCES, press_archives
from tests.editions import make_edition

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
MARKER = "Zephyrine Quillfeather paid the fine on Tuesday morning"
RECIPE = Recipe(part_articles=3)
HTML: Headers = (("Content-Type", "text/html"),)
IN_ARCHIVE, IN_CAPTURES, WAITING = "https://a.example.org/3", "https://news.example.net/4", "https://late.example.net/1"
MARKED = (IN_ARCHIVE, IN_CAPTURES, WAITING)
NOW = datetime(2026, 2, 1, tzinfo=UTC)
ALL = removal_of(MARKED, (), ())


@dataclass(frozen=True)
class Page:
    """An exchange as a fetch has it."""

    url: str
    body: bytes
    asked_at: datetime = NOON
    status: int = 200
    phrase: str = "OK"
    headers: Headers = HTML
    truncated: str | None = None
    ip: str | None = "192.0.2.1"
    request_headers: Headers = (("User-Agent", "examplebot"),)


def html(number: int, *, marked: bool = False, canonical: str = "") -> bytes:
    """A page unlike the others, with the marker in title, description and text where it is to be taken out."""
    marker = f"{MARKER}. " if marked else ""
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    head = f'<title>{marker}Meeting {number}</title><meta name="description" content="{marker}Of {number}">{link}'
    body = "".join(f"<p>{SENTENCES} {marker}It was meeting {number}, paragraph {line}.</p>" for line in range(4))
    return f"<html><head>{head}</head><body><article>{body}</article></body></html>".encode()


def pages(host: str, numbers: Iterable[int], first: int) -> Iterator[Page]:
    """Pages of a host, those in ``MARKED`` with the marker; bodies differ by ``first``."""
    for number in numbers:
        url = f"https://{host}/{number}"
        yield Page(url, html(first + number, marked=url in MARKED), NOON + timedelta(minutes=number))


def write_captures(store: Store, name: str, exchanges: Iterable[Page]) -> str:
    """A file of captures as a visit leaves it, with its receipt and the note that it waits; gives its key."""
    key, numbers = f"captures/collect/2026-01-02/collect-20260102120000-{name}-0001.warc.gz", count()
    tape = WarcTape(
        key.rpartition("/")[2],
        {"software": "tests"},
        new_id=lambda: f"urn:uuid:{name}-{next(numbers):032x}",
        now=lambda: NOON,
    )
    written = [tape.add(one, notes={"via": "https://feeds.example/"}) for one in exchanges]
    archived = write_tapes(store, "collect", [Taken(PAGES, key, tape.close(), len(written))])
    order = VisitOrder(store.url, f"run-{name}", "fetch", 1, (0,), NOON, "collect")
    outcomes = {"site": {"fetched": len(written)}}
    receipt = VisitReceipt(order, outcomes, tuple(archived), run={"taken": len(written), "requests": 0, "bytes_received": 0})
    store.write(order.receipt_key, receipt.to_json())
    return key


def press_captures(store: Store, key: str) -> None:
    """Press a file of captures, which waits no more then."""
    url, info = f"{store.url}/{key}", store.info(key)
    press_shard(store, Order(store.url, Shard(shard_name(url), "collect", url, info.size_bytes, info.etag), RECIPE), Watch())
    store.delete(f"state/to-press/collect/{key.rpartition('/')[2]}.todo")


def make_corpus(store: Store, crawl: Path) -> None:
    """20 articles and an edition of them; 3 pages wait to be pressed. Every source has one page with the marker."""
    crawl.mkdir(exist_ok=True)
    found = [warc_record(url=one.url, block=http_answer(body=one.body)) for one in pages("a.example.org", range(8), 0)]
    found.insert(4, warc_record(url=f"{IN_ARCHIVE}/gone", block=http_answer(404)))
    (crawl / "a.warc.gz").write_bytes(gzip_members([warcinfo(), *found]))
    press_archives(store, crawl, RECIPE)
    press_captures(store, write_captures(store, "one", pages("news.example.net", range(8), 100)))
    press_captures(store, write_captures(store, "two", pages("other.example.net", range(4), 200)))
    make_edition(store)
    write_captures(store, "three", pages("late.example.net", range(3), 300))


def everything(store: Store) -> dict[str, bytes]:
    """All objects of a store, those of leases left out."""
    return {found.key: store.read(found.key) for found in store.list("") if not found.key.startswith("state/leases/")}


def holders(store: Store, marker: str = MARKER) -> set[str]:
    """Keys of the objects in which the marker is: as bytes, in a gzip member, or in a cell of Parquet."""
    return {key for key, data in everything(store).items() if marker.encode() in _plain(key, data)}


def _plain(key: str, data: bytes) -> bytes:
    if key.endswith(".gz"):
        return data + gzip.decompress(data)
    if key.endswith(".parquet"):
        table = pq.read_table(io.BytesIO(data))
        return data + str(table.to_pylist()).encode() + str(table.schema.metadata).encode()
    return data


def rows_in(store: Store, kind: str) -> list[dict]:
    """All rows below a folder, by object."""
    keys = [found.key for found in store.list(f"{kind}/") if found.key.endswith(".parquet")]
    return [row for key in keys for row in pq.read_table(pa.BufferReader(store.read(key))).to_pylist()]


def run(store: Store, removal: Removal = ALL, **options: bool) -> RemovalReport:
    report = remove(store, removal, NOW, lambda _: None, **options)
    assert report.failed == {}
    return report


def check(store: Store, *, waiting: bool = True) -> None:
    for deep in (False, True):
        report = audit(store, deep=deep)
        assert (report.faults, report.unfinished) == ([], [])
    assert [found.key for found in store.list("state/removing/")] == []
    assert len(list(store.list("state/to-press/"))) == waiting


def press_anew(store: Store, receipt: Receipt) -> None:
    """Forget a shard of captures, and press it."""
    for stored in receipt.objects:
        store.delete(stored.key)
    store.delete(receipt.key)
    press_captures(store, receipt.shard.url.removeprefix(f"{store.url}/"))
