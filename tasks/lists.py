"""Lists of captures: shards made of many small files, or of single records out of large ones."""

import gzip
import hashlib
import json
import re
from dataclasses import asdict, dataclass

from tasks.errors import BrokenShard
from tasks.shards import Shard
from tasks.storage import Store

FileOffset = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Listed:
    """One capture of a list: the address of its file, where in the file it lies (bytes), and the file's etag where it counts.

    ``url`` is the address that was captured.
    """

    url: str
    file: str
    offset: int
    length: int
    etag: str = ""


def list_key(source: str, name: str) -> str:
    """Where a list lies, below the root."""
    return f"state/lists/{source}/{name}.jsonl.gz"


def make_list(label: str, source: str, reader: str, rows: list[Listed], access: str = "") -> tuple[Shard, bytes]:
    """A shard of these captures, and the list's bytes; its name follows from the label and the rows alone."""
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", label).strip("-.")[:80]
    name = f"{readable or 'list'}-{_digest(rows)[:8]}"
    return list_shard(name, source, reader, rows, access), gzip.compress(_lines(rows), mtime=0)


def list_shard(name: str, source: str, reader: str, rows: list[Listed], access: str = "") -> Shard:
    """The shard of a list that is there, or will be."""
    options = (("access", access),) if access else ()
    return Shard(name, source, list_key(source, name), sum(row.length for row in rows), _digest(rows), reader, options)


def _lines(rows: list[Listed]) -> bytes:
    return "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows).encode()


def _digest(rows: list[Listed]) -> str:
    return hashlib.sha256(_lines(rows)).hexdigest()[:32]


def read_list(store: Store, shard: Shard) -> list[Listed]:
    """The rows of a shard's list; raises BrokenShard when it is damaged."""
    return parse_list(store.read(shard.url), shard.url)


def parse_list(data: bytes, key: str) -> list[Listed]:
    """The rows in a list's bytes; raises BrokenShard that names ``key``."""
    try:
        return [Listed(**json.loads(line)) for line in gzip.decompress(data).splitlines()]
    except (OSError, EOFError, ValueError, TypeError) as error:
        raise BrokenShard(f"{key} is no list of captures: {error!r}") from error


def places_in(rows: list[Listed]) -> dict[FileOffset, int]:
    """Where in the list each capture stands, by its file and offset."""
    return {(row.file, row.offset): position for position, row in enumerate(rows)}
