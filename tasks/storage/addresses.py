"""From what a person types to stores and keys: paths, file:// and s3:// addresses, globs."""

import glob
import os
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fsspec.utils import glob_translate

from tasks.errors import FixTheRun
from tasks.storage.base import Store
from tasks.storage.folder import FolderStore

GLOB = re.compile(r"[*?\[]")
HIDDEN = re.compile(r"(^|/)\.")


def open_store(url: str) -> Store:
    """The store at a path or address; raises FixTheRun for an address that cannot be one. Nothing is asked of it yet."""
    if "://" not in url:
        return FolderStore(url)
    # A glob's ? and # are no query: only the part before the path is looked at.
    scheme, _, rest = url.partition("://")
    if "@" in rest.split("/", 1)[0]:
        raise FixTheRun(f"{scheme}:// addresses take no user or password: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    if scheme == "file":
        return FolderStore(unquote(urlsplit(url).path))
    if not rest.strip("/"):
        raise FixTheRun(f"{url} names no bucket: it should look like {scheme}://bucket/prefix")
    return _object_store(scheme.replace("s3a", "s3") + "://" + rest.rstrip("/"), os.getpid())


@lru_cache(maxsize=64)
def _object_store(url: str, _process: int) -> Store:
    # s3fs takes a second to import, which a folder need not wait for; an instance does not survive a fork.
    from tasks.storage.objects import ObjectStore  # noqa: PLC0415

    return ObjectStore(url)


def open_object(url: str) -> tuple[Store, str]:
    """The store of an object's parent folder, and its key there."""
    parent, _, key = url.rpartition("/")
    if not key:
        raise FixTheRun(f"{url} names no file")
    return open_store(parent or ("/" if url.startswith("/") else ".")), key


def expand(pattern: str) -> list[str]:
    """Addresses of the files that a file, folder or glob stands for, sorted; raises FixTheRun when there are none."""
    found = _expand_path(pattern) if "://" not in pattern or pattern.startswith("file://") else _expand_address(pattern)
    if not found:
        raise FixTheRun(f"nothing found at {pattern}: there is no such file, folder or match")
    return sorted(found)


def _expand_path(pattern: str) -> list[str]:
    path = unquote(urlsplit(pattern).path) if pattern.startswith("file://") else os.path.expanduser(pattern)  # noqa: PTH111
    absolute = os.path.abspath(path)  # noqa: PTH100  (Path.resolve would follow links, and so change names)
    if Path(absolute).is_dir():
        return [f"{absolute}/{found.key}" for found in FolderStore(absolute).list("")]
    if Path(absolute).is_file():
        return [absolute]
    return [found for found in glob.glob(absolute, recursive=True) if Path(found).is_file()]  # noqa: PTH207


def _expand_address(pattern: str) -> list[str]:
    if pattern.startswith(("http://", "https://")):
        return [pattern]  # the web has no listings
    magic = GLOB.search(pattern)
    if magic:
        folder = pattern[: magic.start()].rpartition("/")[0]
        return _below(open_store(folder), _matcher(pattern[len(folder) + 1 :]))
    if not pattern.endswith("/") and pattern.partition("://")[2].count("/"):
        store, key = open_object(pattern)
        if store.exists(key):
            return [f"{store.url}/{key}"]
    return _below(open_store(pattern), re.compile(""))


def _matcher(pattern: str) -> re.Pattern[str]:
    """As in a local glob: * and ? stay within a folder, ** is any number of them."""
    try:
        return re.compile(glob_translate(f"{pattern}**" if pattern.endswith("/") else pattern))
    except ValueError as error:
        raise FixTheRun(f"{pattern}: ** stands for folders and must be alone between slashes") from error


def _below(store: Store, matches: re.Pattern[str]) -> list[str]:
    keys = (found.key for found in store.list(""))
    return [f"{store.url}/{key}" for key in keys if matches.match(key) and not HIDDEN.search(key)]
