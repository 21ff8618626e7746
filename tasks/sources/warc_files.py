"""Archives by address: WARC and ARC files in folders, globs and buckets."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from tasks.archive.reading import recognise
from tasks.errors import FixTheRun
from tasks.shards import Shard, shard_name
from tasks.storage import expand, open_object

HEAD_BYTES = 65_536


def find_shards(patterns: Iterable[str], source: str) -> tuple[list[Shard], list[str]]:
    """One shard an archive, sorted by address, and the addresses of files in folders and globs that are no archives.

    Raises FixTheRun for an address that is not there, for a file named by itself that is no archive, and when nothing is left.
    """
    named, found = set[str](), set[str]()
    for pattern in patterns:
        urls = expand(pattern)
        found.update(urls)
        if len(urls) == 1 and urls[0].rsplit("/", 1)[-1] == pattern.rstrip("/").rsplit("/", 1)[-1]:
            named.update(urls)
    shards, others = [], []
    for url, shard in _looked_at(sorted(found), source):
        if shard:
            shards.append(shard)
        elif url in named:
            raise FixTheRun(f"{url} is no WARC or ARC archive: its first bytes are of another kind")
        else:
            others.append(url)
    if not shards:
        raise FixTheRun(f"no WARC or ARC archive among the {len(others)} files found")
    return shards, others


def _looked_at(urls: list[str], source: str) -> Iterator[tuple[str, Shard | None]]:
    with ThreadPoolExecutor(16) as pool:
        yield from zip(urls, pool.map(lambda url: _shard_of(url, source), urls), strict=True)


def _shard_of(url: str, source: str) -> Shard | None:
    store, key = open_object(url)
    if recognise(store.read_range(key, 0, HEAD_BYTES)) is None:
        return None
    info = store.info(key)
    return Shard(shard_name(url), source, url, info.size_bytes, info.etag)
