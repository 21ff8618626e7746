"""From what a person names to shards: every file is looked at, and the source that knows its kind makes shards of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType

from tasks.components import component_names, load_component
from tasks.errors import BrokenShard, FixTheRun, PressError
from tasks.memory import Memory
from tasks.selection import Found, Selection
from tasks.shards import Shard, shard_name
from tasks.sources import page_files, warc_files
from tasks.storage import ObjectInfo, Store, expand, folder_of, is_glob, open_object

HEAD_BYTES = 65_536
LOOKS_AT_ONCE = 16
# Reads what could not be looked at: its error is then the shard's.
UNKNOWN_READER = warc_files


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that was looked at; ``shards`` are those that it makes, ``page`` what it is as a loose page or text.

    ``folder`` is what its pattern speaks of; ``is_from_folder``: a folder was named, and neither this file nor a glob.
    """

    url: str
    folder: str
    is_from_folder: bool
    shards: tuple[Shard, ...] = ()
    page: ObjectInfo | None = None


def finds_itself(name: str) -> bool:
    """Whether a source of this name finds its files itself."""
    module = name.replace("-", "_")
    return module in component_names("sources") and hasattr(load_component("sources", module), "find")


def find(memory: Memory, selection: Selection) -> Found:
    """All shards of a selection; raises FixTheRun for what is not there or cannot be read."""
    first = selection.what[0]
    if finds_itself(first):
        if len(selection.what) > 1:
            raise FixTheRun(f"{first} stands alone: it finds its files itself")
        found: Found = load_component("sources", first.replace("-", "_")).find(memory, selection)
        return found
    if selection.since or selection.until:
        raise FixTheRun("--since and --until are for ccnews, whose files have dates in their names; see --published-since")
    return find_files(memory.store, selection)


def find_files(store: Store, selection: Selection) -> Found:
    """Shards of the files that the selection names; a file named by itself must be of a kind that can be read."""
    seen, found = list(_look(selection)), Found()
    # A crawl's logs and seed lists lie beside its archives: they are no articles, unless somebody names them.
    crawls = {one.folder for one in seen if one.shards and one.is_from_folder}
    pages = [one for one in seen if one.page and not (one.is_from_folder and one.folder in crawls)]
    found.shards = [shard for one in seen for shard in one.shards]
    pressed = {one.url for one in pages} | {one.url for one in seen if one.shards}
    found.left_alone = [one.url for one in seen if one.url not in pressed]
    if pages:
        prefix = dict(selection.reader_options).get("url_prefix", "")
        rows = {one.url: page_files.listed(one.url, one.page, prefix, one.folder) for one in pages if one.page}
        page_files.add_lists(store, found, selection.source or page_files.READER, rows, selection.access)
    if not found.shards:
        raise FixTheRun(f"nothing to press among the {len(seen)} files found, e.g. {seen[0].url}; {_kinds()}")
    return found


def _look(selection: Selection) -> Iterator[Seen]:
    patterns: dict[str, str] = {}
    for pattern in selection.what:
        patterns |= dict.fromkeys(expand(pattern, selection.access), pattern)
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
        yield from pool.map(lambda url: _look_at(url, patterns[url], selection), sorted(patterns))


def _look_at(url: str, pattern: str, selection: Selection) -> Seen:
    """One file; where it was found below a folder or a glob, it stops nobody else: what is wrong with it fails its shard."""
    folder = folder_of(pattern)
    is_named = folder == url
    seen = Seen(url, folder, is_from_folder=not is_named and not is_glob(pattern))
    if any("\ud800" <= letter <= "\udfff" for letter in url):
        # Its name is no UTF-8: no column could hold it, and no terminal shows it.
        return replace(seen, url=url.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    try:
        store, key = open_object(url, selection.access)
        head, info = store.read_range(key, 0, HEAD_BYTES), store.info(key)
    except PressError:
        if is_named:
            raise
        return replace(seen, shards=(_shard_of(url, ObjectInfo("", 0, ""), UNKNOWN_READER, selection),))
    source = next((module for module in _readers() if module.recognise(head, key)), None)
    if source is page_files:
        return replace(seen, page=info)
    if source is None and is_named:
        raise FixTheRun(f"{url}: its first bytes are of no kind that can be read; {_kinds()}")
    return replace(seen, shards=_shards_of(url, info, source, selection, is_named=is_named)) if source else seen


def _shards_of(url: str, info: ObjectInfo, source: ModuleType, selection: Selection, *, is_named: bool) -> tuple[Shard, ...]:
    """What a file makes, none where it is a table without a page or text that only lies beside others."""
    whole = _shard_of(url, info, source, selection)
    try:
        if check := getattr(source, "check_columns", None):
            check(whole)
        return tuple(getattr(source, "shards", lambda shard: [shard])(whole))
    except FixTheRun:
        if is_named or any(name.startswith("column.") for name, _ in selection.reader_options):
            raise
        return ()
    except BrokenShard:
        return (whole,)


def _shard_of(url: str, info: ObjectInfo, source: ModuleType, selection: Selection) -> Shard:
    reader = source.__name__.rsplit(".", 1)[-1]
    wanted = getattr(source, "OPTIONS", ())
    options = tuple(one for one in selection.reader_options if one[0].partition(".")[0] in wanted)
    options += (("access", selection.access),) if selection.access else ()
    return Shard(shard_name(url), selection.source or reader, url, info.size_bytes, info.etag, reader, options)


@cache
def _readers() -> list[ModuleType]:
    """Sources that know files by their bytes; page files come last, for HTML may stand at the start of anything."""
    modules = [load_component("sources", name) for name in component_names("sources")]
    return sorted((one for one in modules if hasattr(one, "recognise")), key=lambda one: one is page_files)


def _kinds() -> str:
    return f"these can: {', '.join(module.ABOUT for module in _readers())}"
