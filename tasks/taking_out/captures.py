"""Captures below the root: their records are blanked, and the visit that vouches for the file vouches for what it is now."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

from tasks.archive.heads import Head
from tasks.archive.reading import ReadLimits, read_archive
from tasks.collecting.orders import VisitReceipt, read_visit_receipt
from tasks.errors import BrokenShard
from tasks.pages.unpacking import unpack
from tasks.pressing import article_id
from tasks.recipe import Recipe
from tasks.records import Capture, Page
from tasks.removals import Removed
from tasks.storage import Store
from tasks.taking_out.blanks import blanked

FOLDER = "captures/"
NOTES = "state/removing/captures/"


class Captures:
    """The WARC files of collect runs. ``is_dry``: everything is counted, nothing is written."""

    def __init__(self, store: Store, removed: Removed, *, is_dry: bool) -> None:
        """Nothing is read yet."""
        self.store, self.removed, self.is_dry = store, removed, is_dry
        self._visits: dict[str, list[str]] | None = None

    def key_of(self, address: str) -> str | None:
        """Where a file of captures lies below this root, by its address here or at another place of the corpus; None: not here."""
        own = f"{self.store.url}/"
        if address.startswith(own + FOLDER):
            return address.removeprefix(own)
        places = address.rpartition(f"/{FOLDER}")[2].split("/")
        key = f"{FOLDER}{'/'.join(places)}"
        is_one = f"/{FOLDER}" in address and len(places) == 3 and not {"", ".", ".."} & set(places)
        return key if is_one and self.store.exists(key) else None

    def is_own(self, address: str) -> bool:
        """Whether it is an address of a file of captures below this very root."""
        return address.startswith(f"{self.store.url}/{FOLDER}")

    def blank(self, key: str, record_ids: Iterable[str] = ()) -> int:
        """Blank what removals name by its address, and these records with what was written beside them; gives captures blanked.

        Memory: the file twice (collect writes 64 MB at most). Raises BrokenShard where it cannot be done, NotFound.
        """
        ids = {one for one in record_ids if one}
        before = self.store.read(key)
        try:
            after, captures = blanked(before, lambda head: self._is_meant(head, ids))
        except BrokenShard as error:
            raise BrokenShard(f"{key} cannot be changed in its place: {error}; take the file away, or press it elsewhere") from None
        note = f"{NOTES}{key.removeprefix(FOLDER)}.todo"
        if self.is_dry or (after == before and not self.store.exists(note)):
            return captures
        self.store.write(note, key.encode())
        if after != before:
            self.store.write(key, after)
        self._vouch(key, after)
        self.store.delete(note)
        return captures

    def left(self) -> list[str]:
        """Files that somebody was stopped at."""
        return [self.store.read(found.key).decode() for found in self.store.list(NOTES)]

    def unpressed(self, pressed: Iterable[str]) -> list[str]:
        """Files of pages that stand in no receipt; ``pressed``: addresses out of receipts."""
        names = {address.rpartition("/")[2] for address in pressed}
        found = (info.key for info in self.store.list(FOLDER))
        return [key for key in found if key.rpartition("/")[2] not in names and not _is_of_signs(key)]

    def named_by_id(self, key: str) -> set[str]:
        """WARC-Record-IDs of the captures in a file whose articles are named by id: an id follows from the capture alone.

        Of what no article is made of by a usual recipe (no answer, no text, too large) there is no id. Memory: the file twice.
        """
        if not self.removed.has_ids:
            return set()
        recipe, named = Recipe(), set[str]()
        for reading in read_archive(BytesIO(self.store.read(key)), key, ReadLimits(recipe.max_record_bytes)):
            page = unpack(reading.found, "", set(), recipe) if isinstance(reading.found, Capture) else None
            if isinstance(page, Page) and self.removed.matches("", article_id(page.capture, page.payload_digest)):
                named.add(page.capture.at.warc_record_id or "")
        return named

    def _is_meant(self, head: Head, ids: set[str]) -> bool:
        if ids and ((head.value("warc-record-id") or "") in ids or (head.value("warc-concurrent-to") or "") in ids):
            return True
        target = (head.value("warc-target-uri") or "").strip().removeprefix("<").removesuffix(">")
        return bool(target and self.removed.matches(target))

    def _vouch(self, key: str, data: bytes) -> None:
        digest = sha256(data).hexdigest()
        for visit_key in self._visits_of(key):
            visit = read_visit_receipt(self.store.read(visit_key), visit_key)
            archives = tuple(replace(one, sha256=digest) if one.key == key else one for one in visit.archives)
            if archives != visit.archives:
                self.store.write(visit_key, replace(visit, archives=archives).to_json())

    def _visits_of(self, key: str) -> list[str]:
        if self._visits is None:
            self._visits = {}
            for info in self.store.list("runs/"):
                if "/visits/" in info.key:
                    for one in self._archives(info.key):
                        self._visits.setdefault(one, []).append(info.key)
        return self._visits.get(key, [])

    def _archives(self, visit_key: str) -> list[str]:
        try:
            visit: VisitReceipt = read_visit_receipt(self.store.read(visit_key), visit_key)
        except BrokenShard:
            return []  # the audit names it
        return [one.key for one in visit.archives]


def _is_of_signs(key: str) -> bool:
    """Whether a file holds feeds, sitemaps and robots.txt: these announce addresses, and are no pages."""
    return key.endswith("-signs.warc.gz")
