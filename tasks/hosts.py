"""Lists of hosts: read from where a person keeps them, and kept on the store under their digest for the workers."""

from functools import lru_cache

from tasks.errors import BrokenShard, FixTheRun
from tasks.host_names import Hosts, read_hosts
from tasks.recipe import digest_of
from tasks.storage import NotFound, Store, open_object


def read_hosts_file(address: str) -> tuple[str, ...]:
    """The hosts in a file, sorted; raises FixTheRun for a file that is not there, and for bad lines with their numbers."""
    store, key = open_object(address)
    try:
        return read_hosts(store.read(key).decode())
    except NotFound as error:
        raise FixTheRun(f"there is no list of hosts at {address}") from error
    except UnicodeDecodeError as error:
        raise FixTheRun(f"{address} is no list of hosts: it is not UTF-8") from error
    except FixTheRun as error:
        raise FixTheRun(f"{address}: {error}") from None


def hosts_digest(hosts: tuple[str, ...]) -> str:
    """What a recipe says of its hosts: 16 hex digits; empty where it takes all."""
    return digest_of(hosts) if hosts else ""


def keep_hosts(store: Store, hosts: tuple[str, ...]) -> None:
    """Write a recipe's hosts to the store, where its workers look for them."""
    if hosts:
        store.write(_key(hosts_digest(hosts)), "\n".join(hosts).encode())


def wanted_hosts(store: Store, digest: str) -> Hosts | None:
    """The hosts of a recipe; None where it takes all; raises BrokenShard when their list is lost."""
    return _wanted_hosts(store.url, digest, store) if digest else None


@lru_cache(maxsize=4)
def _wanted_hosts(_: str, digest: str, store: Store) -> Hosts:
    try:
        return Hosts(tuple(store.read(_key(digest)).decode().split("\n")))
    except NotFound as error:
        raise BrokenShard(f"{_key(digest)}, the recipe's list of hosts, is gone: start the backfill again") from error


def _key(digest: str) -> str:
    return f"state/hosts/{digest}.txt"
