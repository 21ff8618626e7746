"""From what a person types to stores and keys: paths, file:// and s3:// addresses, globs."""

import glob
import os
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fsspec.utils import glob_translate

from tasks.errors import FixTheRun
from tasks.storage.base import Store, shown
from tasks.storage.folder import FolderStore

GLOB = re.compile(r"[*?\[]")
HIDDEN = re.compile(r"(^|/)\.")
ACCESS_MODES = ("anonymous", "requester-pays")


def open_store(url: str, access: str = "") -> Store:
    """The store at a path or address; raises FixTheRun for an address that cannot be one. Nothing is asked of it yet.

    ``access``: "" with the credentials of the environment, "anonymous" without any, "requester-pays" at our own cost.
    """
    if not url.strip() or url == "file://":
        raise FixTheRun("the address of a folder is empty: name a folder, or s3://bucket/prefix")
    scheme, _, rest = url.partition("://") if "://" in url else ("", "", url)
    _check_user(url)
    _check_access(scheme, url, access)
    if not scheme:
        return FolderStore(url)
    if scheme == "file":
        return FolderStore(unquote(urlsplit(url).path))
    if not rest.strip("/"):
        raise FixTheRun(f"{url} names no bucket: it should look like {scheme}://bucket/prefix")
    return _object_store(scheme.replace("s3a", "s3") + "://" + rest.rstrip("/"), access, os.getpid())


def _check_user(url: str) -> None:
    scheme, sign, rest = url.partition("://")
    # A glob's ? and # are no query: only the part before the path is looked at.
    if sign and "@" in rest.split("/", 1)[0]:
        instead = ": set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" if scheme in {"s3", "s3a"} else ""
        raise FixTheRun(f"{scheme}:// addresses take no user or password{instead}")


def _check_access(scheme: str, url: str, access: str) -> None:
    if access not in {"", *ACCESS_MODES}:
        raise FixTheRun(f"{access!r} is no way of access: leave it out, or say {' or '.join(ACCESS_MODES)}")
    if access and scheme not in {"s3", "s3a"}:
        raise FixTheRun(f"{shown(url)}: {access} access is for s3:// addresses only")


@lru_cache(maxsize=64)
def _object_store(url: str, access: str, _process: int) -> Store:
    # s3fs takes a second to import, which a folder need not wait for; an instance does not survive a fork.
    from tasks.storage.objects import ObjectStore  # noqa: PLC0415
    from tasks.storage.web import WebStore  # noqa: PLC0415

    return WebStore(url) if url.startswith(("http://", "https://")) else ObjectStore(url, access=access)


def open_object(url: str, access: str = "") -> tuple[Store, str]:
    """The store of an object's parent folder, and its key there; ``access`` as in ``open_store``."""
    parent, _, key = url.rpartition("/")
    _check_user(url)
    if key in {"", ".", ".."} or "\0" in url:
        raise FixTheRun(f"{shown(url)!r} names no file")
    return open_store(parent or ("/" if url.startswith("/") else "."), access), key


def expand(pattern: str, access: str = "") -> list[str]:
    """Addresses of the files that a file, folder or glob stands for, sorted; raises FixTheRun when there are none."""
    if not pattern.strip():
        raise FixTheRun("the name of what is to be read is empty: name a file, folder or glob")
    is_path = "://" not in pattern or pattern.startswith("file://")
    found = _expand_path(pattern) if is_path else _expand_address(pattern, access)
    if not found:
        raise FixTheRun(f"nothing found at {pattern}: there is no such file, folder or match")
    return sorted(found)


def is_glob(pattern: str) -> bool:
    """Whether a pattern stands for more than one name."""
    return GLOB.search(pattern) is not None


def short_name(address: str) -> str:
    """What the name of a run repeats of an address: its end, and of a glob the folder, too; never a signature."""
    ends = shown(address).rstrip("/").rsplit("/", 2)[-2:]
    return "/".join(ends) if is_glob(ends[-1]) else ends[-1]


def folder_of(pattern: str) -> str:
    """The folder that a folder's address or a glob speaks of, as it stands in the addresses that ``expand`` gives."""
    magic = GLOB.search(pattern)
    fixed = pattern[: magic.start()].rpartition("/")[0] if magic else pattern
    is_path = "://" not in fixed or fixed.startswith("file://")
    return _absolute(fixed) if is_path else fixed.rstrip("/")


def _absolute(path: str) -> str:
    plain = unquote(urlsplit(path).path) if path.startswith("file://") else os.path.expanduser(path)  # noqa: PTH111
    return os.path.abspath(plain)  # noqa: PTH100  (Path.resolve would follow links, and so change names)


def _expand_path(pattern: str) -> list[str]:
    absolute = _absolute(pattern)
    if Path(absolute).is_dir():
        return [f"{absolute}/{found.key}" for found in FolderStore(absolute).list("")]
    if Path(absolute).is_file():
        return [absolute]
    return [found for found in glob.glob(absolute, recursive=True) if Path(found).is_file()]  # noqa: PTH207


def _expand_address(pattern: str, access: str) -> list[str]:
    if pattern.startswith(("http://", "https://")):
        return [pattern]  # the web has no listings
    magic = GLOB.search(pattern)
    if magic:
        folder = pattern[: magic.start()].rpartition("/")[0]
        return _below(open_store(folder, access), _matcher(pattern[len(folder) + 1 :]))
    if not pattern.endswith("/") and pattern.partition("://")[2].count("/"):
        store, key = open_object(pattern, access)
        if store.exists(key):
            return [f"{store.url}/{key}"]
    return _below(open_store(pattern, access), re.compile(""))


def _matcher(pattern: str) -> re.Pattern[str]:
    """As in a local glob: * and ? stay within a folder, ** is any number of them."""
    try:
        return re.compile(glob_translate(f"{pattern}**" if pattern.endswith("/") else pattern))
    except ValueError as error:
        raise FixTheRun(f"{pattern}: ** stands for folders and must be alone between slashes") from error


def _below(store: Store, matches: re.Pattern[str]) -> list[str]:
    keys = (found.key for found in store.list(""))
    return [f"{store.url}/{key}" for key in keys if matches.match(key) and not HIDDEN.search(key)]
