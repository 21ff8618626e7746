"""A mirror of Common Crawl in a folder, for tests: the files, the two indexes and the lists that the real one has."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from tests.archives import PAGE, gzip_members, http_answer, warc_record, warcinfo

WHEN = datetime(2024, 3, 1, 12, 0, 0, tzinfo=UTC)
SEGMENT = "1707947473360.9"
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("url_surtkey", "url", "url_host_name", "url_host_tld", "url_host_2nd_last_part")),
        *((name, pa.string()) for name in ("url_host_registered_domain", "url_host_name_reversed", "url_protocol")),
        ("url_port", pa.int32()),
        ("url_path", pa.string()),
        ("url_query", pa.string()),
        ("fetch_time", pa.timestamp("ms", "UTC")),
        ("fetch_status", pa.int16()),
        *((name, pa.string()) for name in ("content_digest", "content_mime_type", "content_mime_detected", "content_charset")),
        *((name, pa.string()) for name in ("content_languages", "content_truncated", "warc_filename")),
        ("warc_record_offset", pa.int32()),
        ("warc_record_length", pa.int32()),
        *((name, pa.string()) for name in ("warc_segment", "crawl", "subset")),
    ]
)


@dataclass(frozen=True)
class Page:
    """One capture of a made-up crawl; ``detected`` is the media type found by content, None where old crawls have none."""

    url: str
    captured_at: datetime = WHEN
    body: bytes = PAGE
    status: int = 200
    declared: str = "text/html"
    detected: str | None = "text/html"


@dataclass(frozen=True)
class Placed:
    """A page with what the indexes say of it."""

    page: Page
    surt: str
    digest: str
    file: str
    offset: int
    length: int

    @property
    def subset(self) -> str:
        return self.file.split("/")[4]


def surt_of(url: str) -> str:
    """The key of a URL, as Common Crawl makes it."""
    parts = urlsplit(url)
    host = re.sub(r"^www\d*\.", "", parts.hostname or "")
    port = f":{parts.port}" if parts.port else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}{port}){(parts.path or '/').lower()}{query.lower()}"


def write_ccnews(folder: Path, files: Mapping[datetime, Sequence[tuple[str, bytes]]]) -> list[str]:
    """CC-NEWS: one file for each moment, with these URLs and bodies, and the month's list; the paths of the files."""
    paths = []
    for number, (moment, pages) in enumerate(sorted(files.items())):
        path = f"crawl-data/CC-NEWS/{moment:%Y/%m}/CC-NEWS-{moment:%Y%m%d%H%M%S}-{number:05d}.warc.gz"
        date = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        records = [warc_record(url=url, block=http_answer(body=body), date=date) for url, body in pages]
        _write(folder / path, gzip_members([warcinfo(), *records]))
        paths.append(path)
    for month in {path.rpartition("/")[0] for path in paths}:
        _write_list(folder / month / "warc.paths.gz", [path for path in paths if path.startswith(f"{month}/")])
    return paths


def write_crawl(
    folder: Path,
    crawl: str,
    pages: Iterable[Page],
    *,
    parts: int = 2,
    group_rows: int = 20,
    block_lines: int = 10,
    without: Sequence[str] = (),
    **parquet: object,
) -> list[Placed]:
    """A crawl with both indexes, each in so many parts; ``without`` leaves columns out, ``parquet`` goes to its writer."""
    placed = sorted(_write_archives(folder, crawl, pages), key=lambda each: (each.surt, each.page.captured_at))
    _write_list(folder / f"crawl-data/{crawl}/warc.paths.gz", sorted({each.file for each in placed if each.subset == "warc"}))
    write_columnar(folder, crawl, placed, parts=parts, group_rows=group_rows, without=without, **parquet)
    write_cdx(folder, crawl, placed, parts=parts, block_lines=block_lines)
    return placed


def _write_archives(folder: Path, crawl: str, pages: Iterable[Page]) -> list[Placed]:
    files: dict[str, list[Page]] = {}
    for page in pages:
        subset = "warc" if page.status == 200 else "crawldiagnostics"
        subset = "robotstxt" if page.url.endswith("/robots.txt") else subset
        stem = f"CC-MAIN-{page.captured_at:%Y%m%d}000000-{page.captured_at:%Y%m%d}030000-00000"
        files.setdefault(f"crawl-data/{crawl}/segments/{SEGMENT}/{subset}/{stem}.warc.gz", []).append(page)
    return [placed for path, held in files.items() for placed in _write_archive(folder, path, held)]


def _write_archive(folder: Path, path: str, pages: list[Page]) -> list[Placed]:
    packed, placed = gzip_members([warcinfo()]), []
    for page in pages:
        answer = http_answer(page.status, (("Content-Type", page.declared),), page.body)
        member = gzip_members([warc_record(url=page.url, block=answer, date=f"{page.captured_at:%Y-%m-%dT%H:%M:%SZ}")])
        digest = base64.b32encode(hashlib.sha1(page.body).digest()).decode()
        placed.append(Placed(page, surt_of(page.url), digest, path, len(packed), len(member)))
        packed += member
    _write(folder / path, packed)
    return placed


def write_columnar(
    folder: Path, crawl: str, placed: list[Placed], *, parts: int, group_rows: int, without: Sequence[str] = (), **parquet: object
) -> None:
    """The columnar index: for each subset so many parts, in the order of their keys."""
    listed = []
    for subset in sorted({each.subset for each in placed}):
        rows = [each for each in placed if each.subset == subset]
        for number, held in enumerate(_split(rows, parts)):
            path = f"cc-index/table/cc-main/warc/crawl={crawl}/subset={subset}/part-{number:05d}-made-up.c000.gz.parquet"
            table = pa.Table.from_pylist([_columns(each, crawl) for each in held], SCHEMA).drop_columns(list(without))
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, folder / path, row_group_size=group_rows, **{"compression": "gzip", **parquet})
            listed.append(path)
    _write_list(folder / f"crawl-data/{crawl}/cc-index-table.paths.gz", listed)


def _columns(placed: Placed, crawl: str) -> dict[str, object]:
    page, parts = placed.page, urlsplit(placed.page.url)
    labels = (parts.hostname or "").split(".")
    is_number = labels[-1].isdigit()
    return {
        "url_surtkey": placed.surt,
        "url": page.url,
        "url_host_name": parts.hostname,
        "url_host_tld": labels[-1],
        "url_host_registered_domain": None if is_number else ".".join(labels[-2:]),
        "url_host_name_reversed": None if is_number else ".".join(reversed(labels)),
        "url_protocol": parts.scheme,
        "url_port": parts.port,
        "url_path": parts.path,
        "url_query": parts.query or None,
        "fetch_time": page.captured_at,
        "fetch_status": page.status,
        "content_digest": placed.digest,
        "content_mime_type": page.declared,
        "content_mime_detected": page.detected,
        "warc_filename": placed.file,
        "warc_record_offset": placed.offset,
        "warc_record_length": placed.length,
        "warc_segment": SEGMENT,
        "crawl": crawl,
        "subset": placed.subset,
    }


def write_cdx(folder: Path, crawl: str, placed: list[Placed], *, parts: int, block_lines: int) -> None:
    """The URL index: blocks of so many lines, gzipped one by one, and their table of contents."""
    base, contents = f"cc-index/collections/{crawl}/indexes", []
    names = [f"cdx-{number:05d}.gz" for number in range(parts)]
    for name, held in zip(names, _split(placed, parts), strict=True):
        packed = b""
        for start in range(0, len(held), block_lines):
            lines = [_line(each) for each in held[start : start + block_lines]]
            block = gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)
            key = " ".join(lines[0].split(" ", 2)[:2])
            contents.append(f"{key}\t{name}\t{len(packed)}\t{len(block)}\t{len(contents) + 1}\n")
            packed += block
        _write(folder / base / name, packed)
    _write(folder / base / "cluster.idx", "".join(contents).encode())
    _write(folder / base / "metadata.yaml", f"{{crawl: {crawl}}}\n".encode())
    _write_list(
        folder / f"crawl-data/{crawl}/cc-index.paths.gz", [f"{base}/{name}" for name in [*names, "cluster.idx", "metadata.yaml"]]
    )


def _line(placed: Placed) -> str:
    page = placed.page
    facts = {"url": page.url, "mime": page.declared, "mime-detected": page.detected, "status": str(page.status)}
    facts |= {"digest": placed.digest, "length": str(placed.length), "offset": str(placed.offset), "filename": placed.file}
    told = {name: value for name, value in facts.items() if value is not None}
    return f"{placed.surt} {page.captured_at:%Y%m%d%H%M%S} {json.dumps(told)}"


def _split(rows: list[Placed], parts: int) -> list[list[Placed]]:
    size = max(1, -(-len(rows) // parts))
    return [rows[at * size : (at + 1) * size] for at in range(parts)]


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _write_list(path: Path, lines: Sequence[str]) -> None:
    _write(path, gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))
