"""Removals: what somebody asked to be taken out, kept on the store, so that it stays out of all that comes later."""

import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlsplit

from tasks.errors import BrokenShard, FixTheRun
from tasks.host_names import read_hosts
from tasks.reasons import Reason, Stage
from tasks.recipe import digest_of
from tasks.records import Article, Outcome, Page, Rejection, reject, reject_article
from tasks.storage import Store
from tasks.urls import url_key

FOLDER = "state/removed/"
FORMAT = 1
READS_AT_ONCE = 16
ARTICLE_ID = re.compile(r"[0-9a-f]{32}")
# What has no scheme and host would match nothing, and pass for done.
WHOLE = re.compile(r"(?:https?|ftp)://[^/?#\s]", re.IGNORECASE)
# Spelled as most are: the host can be told without taking the address apart, which costs fifty times as much.
PLAIN = re.compile(r"https?://([a-z0-9._-]+)(?:[/?#]|$)")


@dataclass(frozen=True, slots=True)
class Removal:
    """What is taken out: ``urls`` as ``url_key`` has them, ``hosts`` with all below them, ``ids`` of articles.

    ``asked_at``: UTC, ISO 8601. ``taken``: how much of which kind so far. ``is_done``: false until all that was there is out.
    """

    urls: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    why: str = ""
    asked_at: str = ""
    taken: dict[str, int] = field(default_factory=dict)
    is_done: bool = False

    @property
    def id(self) -> str:
        """16 hex digits that follow from what it names alone."""
        return digest_of([self.urls, self.hosts, self.ids])

    @property
    def key(self) -> str:
        """Where its record lies, below the root."""
        return f"{FOLDER}{self.id}.json"

    def write(self, store: Store) -> None:
        """Put the record on the store as readable JSON."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        store.write(self.key, text.encode() + b"\n")


def removal_of(urls: Iterable[str], hosts: Iterable[str], ids: Iterable[str]) -> Removal:
    """The removal of these; raises FixTheRun where nothing is named, or what is no whole address, host or id."""
    urls = [url.strip() for url in urls]
    if half := [url for url in urls if url and not WHOLE.match(url)]:
        raise FixTheRun(f"{half[0]!r} is no whole address: write it with https:// or http://, either stands for both")
    names, found = tuple(hosts), tuple(sorted({one.strip().lower() for one in ids}))
    if wrong := [one for one in found if not ARTICLE_ID.fullmatch(one)]:
        raise FixTheRun(f"{wrong[0]!r} is no id of an article: 32 hex digits, as `pressrun show` prints them")
    keys = {url_key(url) for url in urls}
    if "" in keys or not (keys or names or found):
        raise FixTheRun("say what to remove: --url, --host or --id")
    return Removal(tuple(sorted(keys)), read_hosts("\n".join(names)) if names else (), found)


def read_removals(store: Store) -> list[Removal]:
    """All records on the store, the oldest first; raises BrokenShard for one that is damaged."""
    return _read(store, [found.key for found in store.list(FOLDER) if found.key.endswith(".json")])


def _read(store: Store, keys: Iterable[str]) -> list[Removal]:
    with ThreadPoolExecutor(READS_AT_ONCE) as pool:
        found = list(pool.map(lambda key: _parsed(store.read(key), key), keys))
    return sorted(found, key=lambda one: (one.asked_at, one.id))


def _parsed(data: bytes, key: str) -> Removal:
    try:
        raw = json.loads(data)
        urls, hosts, ids = (tuple(map(str, raw[name])) for name in ("urls", "hosts", "ids"))
        removal = Removal(urls, hosts, ids, raw["why"], raw["asked_at"], dict(raw["taken"]), bool(raw["is_done"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenShard(f"{key} is no record of a removal: {error!r}; what it names would come back without it") from error
    if removal.key != key:
        raise BrokenShard(f"{key} does not name what it did when it was made: what it named would come back")
    return removal


class Removed:
    """Asks whether an address or an article was taken out; false where there is no removal at all."""

    def __init__(self, removals: Iterable[Removal]) -> None:
        """``removals``: of two that name the same, the first counts."""
        self._urls, self._hosts, self._ids = dict[str, str](), dict[str, str](), dict[str, str]()
        for removal in removals:
            for known, names in ((self._urls, removal.urls), (self._hosts, removal.hosts), (self._ids, removal.ids)):
                for name in names:
                    known.setdefault(name, removal.id)
        self._url_hosts = {_host_in(url) for url in self._urls}

    def __bool__(self) -> bool:
        """Whether anything was ever taken out."""
        return bool(self._urls or self._hosts or self._ids)

    @property
    def has_ids(self) -> bool:
        """Whether an article was ever taken out by its id."""
        return bool(self._ids)

    def matches(self, url: str | None, article_id: str | None = None, canonical_url: str | None = None) -> str | None:
        """The id of the removal that names this; None: nobody asked for it to be taken out.

        ``canonical_url``: what the page calls its own address; a removal of that address means the page, too.
        """
        if not self:
            return None
        if found := self._ids.get(article_id or ""):
            return found
        if found := self._by_address(url or "", self._hosts):
            return found
        # Of a host only its own pages: others may call an address of it their own, and are not its.
        return self._by_address(canonical_url, {}) if canonical_url and canonical_url != url else None

    def _by_address(self, url: str, hosts: dict[str, str]) -> str | None:
        plain = PLAIN.match(url)
        if plain:
            host = plain[1].rstrip(".")
            if found := _of_host(host, hosts):
                return found
            return self._urls.get(url_key(url)) if host in self._url_hosts else None
        key = url_key(url) if url else ""
        return self._urls.get(key) or _of_host(_host_in(key), hosts)


def _of_host(host: str, hosts: dict[str, str]) -> str | None:
    while hosts and host:
        if found := hosts.get(host):
            return found
        host = host.partition(".")[2]
    return None


def _host_in(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def removed_on(store: Store) -> Removed:
    """All that was ever taken out of a corpus; one listing, and where that is as before, nothing more."""
    return _removed(store, tuple(found.key for found in store.list(FOLDER) if found.key.endswith(".json")))


@lru_cache(maxsize=4)
def _removed(store: Store, keys: tuple[str, ...]) -> Removed:
    # A record's key follows from what it names: the same keys name the same.
    return Removed(_read(store, keys))


def keep_out(found: Page | Rejection, removed: Removed) -> Page | Rejection:
    """What is to go on its way: the page, or its rejection where its address was taken out."""
    removal = removed.matches(found.capture.url if isinstance(found, Page) else found.url)
    if not removal:
        return found
    if isinstance(found, Page):
        return reject(found.capture, Stage.CLASSIFY, Reason.REMOVED, removal, found.payload_digest)
    return replace(found, stage=Stage.CLASSIFY, reason=Reason.REMOVED, detail=removal)


def keep_out_article(outcome: Outcome | None, removed: Removed) -> Outcome | None:
    """The outcome, or a rejection for an article that was taken out by its id or by the address that it calls its own."""
    if not isinstance(outcome, Article):
        return outcome
    removal = removed.matches(outcome.url, outcome.id, outcome.canonical_url)
    return replace(reject_article(outcome, Reason.REMOVED, removal), stage=Stage.CLASSIFY) if removal else outcome


def removals_of(store: Store, wanted: str) -> Iterator[Removal]:
    """The removals that name an address or an id."""
    return (one for one in read_removals(store) if Removed([one]).matches(wanted, wanted))
