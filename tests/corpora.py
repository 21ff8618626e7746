"""A corpus for tests, made of three small archives, and the means to spoil it by hand."""

import io
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.finding import find_files
from tasks.parts import FOOTER_KEY, PartFooter, read_footer
from tasks.press import Order, Watch, press_shard
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.shards import Receipt, StoredObject, all_receipts
from tasks.storage.base import Store
from tests.archives import gzip_members, http_answer, warc_record, warcinfo

RECIPE = Recipe(part_articles=3)
SENTENCES = "The council met on Tuesday and put off the vote on the new pier until the spring. "
NAMES = ("a", "b", "c")


def html(number: int) -> bytes:
    body = "".join(f"<p>{SENTENCES} It was meeting {number}, paragraph {line}.</p>" for line in range(4))
    return f"<html><head><title>Meeting {number}</title></head><body><article>{body}</article></body></html>".encode()


def make_crawl(folder: Path) -> None:
    """Three archives of 8 articles each, a duplicate, two errors and a stretch of damage; three parts."""
    folder.mkdir()
    for name in NAMES:
        urls = [f"https://{name}.example.org/{number}" for number in range(8)]
        found = [warc_record(url=url, block=http_answer(body=html(number))) for number, url in enumerate(urls)]
        found.insert(1, warc_record(url=f"https://{name}.example.org/gone", block=http_answer(404)))
        found.insert(4, warc_record(url=f"https://{name}.example.org/again", block=http_answer(body=html(1))))
        found.append(warc_record(url=f"https://{name}.example.org/broken", block=http_answer(500)))
        members = [gzip_members([record]) for record in [warcinfo(), *found]]
        members.insert(7, b"\x00garbage between members" * 9)
        (folder / f"{name}.warc.gz").write_bytes(b"".join(members))


def press_archives(store: Store, crawl: Path, recipe: Recipe = RECIPE) -> list[Receipt]:
    """Press every archive of a folder that has no receipt yet."""
    done = {receipt.shard.name for receipt in all_receipts(store)}
    shards = find_files(store, Selection((str(crawl),))).shards
    return [press_shard(store, Order(store.url, shard, recipe), Watch()) for shard in shards if shard.name not in done]


def press_all(store: Store, crawl: Path) -> None:
    """Press a folder and write the manifest of that run."""
    keys = [receipt.key for receipt in press_archives(store, crawl)]
    store.write("runs/one/manifest.json", json.dumps({"format": 1, "receipts": keys}).encode())


def receipt_of(store: Store, name: str = "b") -> Receipt:
    return next(receipt for receipt in all_receipts(store) if receipt.shard.name.startswith(f"{name}-"))


def key_of(store: Store, kind: str, part: int = 1, name: str = "b") -> str:
    keys = [stored.key for stored in receipt_of(store, name).objects if stored.key.startswith(kind)]
    return keys[part]


def put(store: Store, key: str, data: bytes) -> None:
    """Write an object and let its receipt vouch for it, as a careful forger would."""
    store.write(key, data)
    now = StoredObject(key, pq.read_metadata(io.BytesIO(data)).num_rows, len(data), sha256(data).hexdigest())
    receipt = receipt_of(store)
    objects = tuple(now if stored.key == key else stored for stored in receipt.objects)
    store.write(receipt.key, replace(receipt, objects=objects).to_json())


def change(store: Store, key: str, rows: Callable[[list[dict]], list[dict]], **footer: object) -> None:
    """Change an object's rows, and its footer where asked; the receipt vouches for what is there now."""
    data = store.read(key)
    table, note = pq.read_table(io.BytesIO(data)), read_footer(data)
    assert note is not None
    text = json.dumps(asdict(replace(note, **footer)), sort_keys=True).encode()
    sink = io.BytesIO()
    schema = table.schema.with_metadata({FOOTER_KEY: text})
    pq.write_table(pa.Table.from_pylist(rows(table.to_pylist()), schema=schema), sink)
    put(store, key, sink.getvalue())


def recount(store: Store, **counts: object) -> None:
    receipt = receipt_of(store)
    store.write(receipt.key, replace(receipt, counts=replace(receipt.counts, **counts)).to_json())


def set_first(**values: object) -> Callable[[list[dict]], list[dict]]:
    return lambda rows: [{**rows[0], **values}, *rows[1:]]


def footer_of(store: Store, key: str) -> PartFooter:
    footer = read_footer(store.read(key))
    assert footer is not None
    return footer
