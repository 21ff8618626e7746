"""A small file of every kind for every source: the conformance tests run through all of them."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from tests.archives import PAGE, gzip_members, gzip_whole, pages, warcinfo

Options = tuple[tuple[str, str], ...]
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    ".gz": lambda data: gzip.compress(data, mtime=0),
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


@dataclass(frozen=True)
class Example:
    """A file, the readings that it must give (one for each of its entries), and how many of them are captures."""

    name: str
    data: bytes
    readings: int
    captures: int
    options: Options = ()


def warc_examples() -> list[Example]:
    records = [warcinfo(), *pages(5)]
    return [Example("a.warc.gz", gzip_members(records), 6, 5), Example("a.warc", b"".join(records), 6, 5)]


def wacz(members: dict[str, bytes], method: int = zipfile.ZIP_STORED, *, forced64: bool = False) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as zipped:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            with zipped.open(info, "w", force_zip64=forced64) as entry:
                entry.write(data)
    return made.getvalue()


def wacz_members() -> dict[str, bytes]:
    return {
        "pages/pages.jsonl": b'{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}\n',
        "archive/rec-1.warc.gz": gzip_members([warcinfo(), *pages(3)]),
        "archive/rec-2.warc.gz": gzip_members([warcinfo(), *pages(4)]),
        "indexes/index.cdx.gz": gzip.compress(b"org,example)/ 20260102030405 {}\n", mtime=0),
        "datapackage.json": b'{"profile": "data-package", "wacz_version": "1.1.1", "resources": []}',
    }


def wacz_examples() -> list[Example]:
    members = wacz_members()
    records = [warcinfo(), *pages(3)]
    kinds = {
        "archive/whole.warc.gz": gzip_whole(records),
        "archive/plain.warc": b"".join(records),
        "archive/packed.warc.zst": PACKERS[".zst"](b"".join(records)),
    }
    return [
        Example("kinds.wacz", wacz(kinds), 12, 9),
        Example("kinds-deflated.wacz", wacz(kinds, zipfile.ZIP_DEFLATED), 12, 9),
        Example("stored.wacz", wacz(members), 9, 7),
        Example("deflated.wacz", wacz(members, zipfile.ZIP_DEFLATED), 9, 7),
        Example("zip64.wacz", wacz(members, forced64=True), 9, 7),
    ]


FILES = {
    "site/": None,
    "site/index.html": PAGE,
    "site/über uns.HTM": PAGE,
    "site/notes.txt": b"Some words.\n",
    "site/cgi/view": b"<!DOCTYPE html>" + PAGE,
    "site/logo.png": b"\x89PNG\r\n\x1a\n" + bytes(3000),
    "site/last.xhtml": PAGE * 20,
}


def zip_of(files: dict[str, bytes | None], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as zipped:
        for name, data in files.items():
            zipped.writestr(name, data or b"", method)
    return made.getvalue()


def tar_of(files: dict[str, bytes | None], kind: int = tarfile.PAX_FORMAT) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=kind) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name.rstrip("/"))
            info.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
            info.size = len(data or b"")
            tar.addfile(info, io.BytesIO(data or b""))
    return made.getvalue()


def packed_examples() -> list[Example]:
    tars = {"pax": tarfile.PAX_FORMAT, "gnu": tarfile.GNU_FORMAT}
    long = {**FILES, f"site/{'long-' * 40}.html": PAGE}
    return [
        Example("deflated.zip", zip_of(FILES), 7, 5),
        Example("stored.zip", zip_of(FILES, zipfile.ZIP_STORED), 7, 5),
        *[Example(f"{name}.tar", tar_of(long, kind), 8, 6) for name, kind in tars.items()],
        *[Example(f"site.tar{end}", pack(tar_of(FILES)), 7, 5) for end, pack in PACKERS.items() if end],
    ]


ROWS = [
    {"url": f"https://news.example.org/{at}", "html": f"<html><p>Page {at}</p></html>", "captured_at": "2026-01-02T03:04:05Z"}
    for at in range(6)
]


def json_lines(rows: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def parquet(rows: list[dict[str, object]], group_rows: int = 4, **options: object) -> bytes:
    made = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), made, row_group_size=group_rows, **options)
    return made.getvalue()


def table_examples() -> list[Example]:
    rows = [*ROWS, {**ROWS[0], "html": None}]
    texts = [{"body": f"Words {at}."} for at in range(5)]
    named = (("column.text", "body"),)
    return [
        *[Example(f"pages.jsonl{end}", pack(json_lines(rows)), 7, 6) for end, pack in PACKERS.items()],
        Example("pages.parquet", parquet(rows), 7, 6),
        Example("texts.jsonl", json_lines(texts), 5, 5, named),
        Example("texts.parquet", parquet(texts), 5, 5, named),
    ]


EXAMPLES: dict[str, Callable[[], list[Example]]] = {
    "warc_files": warc_examples,
    "wacz_files": wacz_examples,
    "packed_files": packed_examples,
    "table_files": table_examples,
}
