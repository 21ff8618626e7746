"""One shard under the audit: its objects, their footers, their rows, and the records that the rows point at."""

import io
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from heapq import nsmallest
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.archive.reading import ReadLimits
from tasks.errors import BrokenShard, PressError, first_line
from tasks.parts import PartFooter, part_keys, read_footer_of
from tasks.press import check_unchanged
from tasks.reading import Positions, positions_of, read_shard, reading_at
from tasks.reasons import Reason
from tasks.recipe import RECORD_HEAD_BYTES, digest_of
from tasks.records import Capture, Rejection
from tasks.removals import Removed
from tasks.shards import Counts, Receipt, StoredObject, add_counts
from tasks.storage import NotFound, Store

SAMPLE_ROWS = 5
MOST_FAULTS = 20
REASONS = {reason.value for reason in Reason}
COLUMNS = ("url", "source", "recipe", "warc_file", "warc_offset", "warc_record_id")
Columns = dict[str, list[Any]]


class Spot(NamedTuple):
    """A row's coordinates: at which position of the shard its record has to be, and whose it has to be."""

    key: str
    position: int
    url: str | None
    record_id: str | None
    is_removed: bool = False


class ShardAudit:
    """Checks one receipt against the store; what is wrong comes in ``faults``, what cannot be checked in ``notes``.

    ``deep`` reads every byte of the objects and the whole archive. Memory: one object, and in deep the shard's coordinates.
    """

    def __init__(self, store: Store, receipt: Receipt, *, deep: bool, removed: Removed | None = None) -> None:
        """Nothing is read yet. ``removed``: what must not be there any more."""
        self.store, self.receipt, self.deep, self.removed = store, receipt, deep, removed or Removed(())
        self.name, self.recipe_id = receipt.shard.name, digest_of(receipt.recipe)
        self.faults: list[str] = []
        self.notes: list[str] = []
        self.ids: set[str] = set()
        self._footers: list[Counts] = []
        self._reasons: Counter[str] = Counter()
        self._articles = 0
        self._spots: list[Spot] = []
        self._at = Positions(None)

    def fault(self, what: str) -> None:
        """Note a fault; beyond ``MOST_FAULTS`` the first ones say enough."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(f"{self.name}: {what}")
        elif len(self.faults) == MOST_FAULTS:
            self.faults.append(f"{self.name}: and more faults of this shard")

    def run(self) -> "ShardAudit":
        """Check everything; raises only what the store raises."""
        shard, counts = self.receipt.shard, self.receipt.counts
        if shard.fingerprint(self.recipe_id) != self.receipt.fingerprint:
            self.fault("the receipt's fingerprint is not that of its archive and recipe")
        if not counts.closes:
            self.fault(f"{counts.captures} captures read, but {counts.articles} articles + {counts.rejected} rejections")
        try:
            self._at = positions_of(self.store, shard)
        except (NotFound, BrokenShard) as error:
            # Without its list nothing else of the shard can be judged, and the other shards still can.
            self.fault(f"its list of captures is gone: {error}")
            return self
        self._parts()
        if self._articles != counts.articles:
            self.fault(f"the receipt counts {counts.articles} articles, the store holds {self._articles}")
        if self._reasons != counts.rejections:
            self.fault(f"the receipt counts the rejections {counts.rejections}, the store holds {dict(self._reasons)}")
        footers = add_counts(self._footers)
        if (footers.captures, footers.records) != (counts.captures, counts.records):
            said = f"{counts.captures} captures of the records {counts.records}"
            self.fault(f"the receipt counts {said}, the footers {footers.captures} of {footers.records}")
        self._records()
        return self

    def _parts(self) -> None:
        stored = {one.key: one for one in self.receipt.objects}
        number, begin = 0, self.receipt.shard.span[0] if self.receipt.shard.span else 0
        while stored:
            keys = part_keys(self.receipt.shard, self.receipt.month, number)
            if not set(keys) <= stored.keys():
                self.fault(f"the receipt names {min(stored)}, which does not follow on {number} whole parts of this shard")
                return
            begin = self._part(number, [stored.pop(key) for key in keys], begin)
            number += 1

    def _part(self, number: int, objects: list[StoredObject], begin: int) -> int:
        """Check a part's two objects; returns the offset at which the next part has to begin."""
        footers, positions = [], Counter[int]()
        for stored in objects:
            opened = self._open(stored)
            if opened is None:
                continue
            footer, columns = opened
            footers.append(footer)
            self._columns(stored.key, columns, footer)
            positions.update(self._positions(stored.key, columns, range(begin, footer.next_offset)))
            if len(columns["url"]) != stored.rows:
                self.fault(f"{stored.key} has {len(columns['url'])} rows, its receipt says {stored.rows}")
        if twice := [position for position, times in positions.items() if times > 1]:
            self.fault(f"{objects[0].key} and its articles: the record at {twice[0]} has more than one outcome")
        if not footers:
            return begin
        last = footers[-1]
        if last != footers[0] or last.part != number or not last.counts.closes or last.next_offset <= begin:
            self.fault(f"{objects[-1].key}: its footer does not fit the one of its rejections or of the part before")
        self._footers.append(last.counts)
        return last.next_offset

    def _open(self, stored: StoredObject) -> tuple[PartFooter, Columns] | None:
        try:
            size = self.store.info(stored.key).size_bytes
            if size != stored.size_bytes:
                self.fault(f"{stored.key} has {size} bytes, its receipt says {stored.size_bytes}")
            with self._stream(stored) as stream, pq.ParquetFile(stream) as parquet:
                of_articles = ("id", "canonical_url") if self.removed else ("id",)
                names = (*COLUMNS, *(("reason",) if stored.key.startswith("rejections/") else of_articles))
                if absent := set(names) - set(parquet.schema_arrow.names):
                    self.fault(f"{stored.key} has no column {min(absent)}")
                    return None
                footer = read_footer_of(parquet.schema_arrow)
                columns: Columns = parquet.read(columns=list(names)).to_pydict()
        except NotFound:
            self.fault(f"{stored.key} is missing")
            return None
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            self.fault(f"{stored.key} is damaged: {first_line(error)}")
            return None
        if footer is None or footer.fingerprint != self.receipt.fingerprint:
            self.fault(f"{stored.key} was pressed from another input or by another recipe")
            return None
        return footer, columns

    def _stream(self, stored: StoredObject) -> BinaryIO:
        if not self.deep:
            return self.store.open(stored.key)
        data = self.store.read(stored.key)
        if sha256(data).hexdigest() != stored.sha256:
            self.fault(f"{stored.key} has other bytes than its receipt says (sha256)")
        return io.BytesIO(data)

    def _columns(self, key: str, columns: Columns, footer: PartFooter) -> None:
        """Check what every row has in common, ids and reasons, and the footer's counts."""
        shard = self.receipt.shard
        alike = {"recipe": self.recipe_id, "source": shard.source} | ({} if shard.is_list else {"warc_file": shard.url})
        for name, value in alike.items():
            if others := [found for found in columns[name] if found != value]:
                self.fault(f"{key} has the {name} {others[0]} in {len(others)} rows, its receipt says {value}")
        if "id" in columns:
            self._articles += len(columns["id"])
            times = Counter(columns["id"])
            if again := [found for found, number in times.items() if number > 1 or found in self.ids]:
                self.fault(f"{key} has the id {again[0]} a second time")
            self.ids.update(times)
            self._removed(key, columns)
            if len(columns["id"]) != footer.articles:
                self.fault(f"{key} has {len(columns['id'])} articles, its footer says {footer.articles}")
            return
        reasons = Counter(columns["reason"])
        self._reasons += reasons
        if unknown := set(reasons) - REASONS:
            self.fault(f"{key} has the reason {min(map(str, unknown))}, which there is not")
        if reasons != footer.rejections:
            self.fault(f"{key} has the rejections {dict(reasons)}, its footer says {footer.rejections}")

    def _removed(self, key: str, columns: Columns) -> None:
        names = zip(*(columns[name] for name in ("url", "id", "canonical_url")), strict=True) if self.removed else ()
        for url, article_id, canonical_url in names:
            if removal := self.removed.matches(url, article_id, canonical_url):
                self.fault(f"{key} has {url}, which removal {removal} takes out: start that `pressrun remove` again")

    def _positions(self, key: str, columns: Columns, allowed: range) -> list[int]:
        positions = [self._at.of(*at) for at in zip(columns["warc_file"], columns["warc_offset"], strict=True)]
        if outside := [position for position in positions if position not in allowed]:
            self.fault(f"{key} has a row at {outside[0]}, but its part is from {allowed.start} to {allowed.stop}")
        if positions != sorted(positions):
            self.fault(f"{key} has rows in another order than its archive")
        is_removed = [reason == Reason.REMOVED.value for reason in columns.get("reason", [""] * len(positions))]
        rows = zip(positions, columns["url"], columns["warc_record_id"], is_removed, strict=True)
        self._keep(Spot(key, *row) for row in rows if row[0] in allowed)
        return positions

    def _keep(self, spots: Iterable[Spot]) -> None:
        """Keep all in deep, or else few that are the same in every audit and lie anywhere in the shard."""
        if self.deep:
            self._spots.extend(spots)
        else:
            self._spots = nsmallest(SAMPLE_ROWS, [*self._spots, *spots], key=lambda spot: digest_of([self.name, spot.position]))

    def _records(self) -> None:
        try:
            check_unchanged(self.receipt.shard)
            self._walk() if self.deep else self._look_up()
        except PressError as error:
            self.notes.append(f"{self.name}: the coordinates cannot be checked: {error}")

    def _limits(self) -> ReadLimits:
        return ReadLimits(self.receipt.recipe["max_payload_bytes"] + RECORD_HEAD_BYTES)

    def _look_up(self) -> None:
        for spot in self._spots:
            reading = reading_at(self.store, self.receipt.shard, self._limits(), spot.position)
            self._compare(spot, reading.found if reading else None)

    def _walk(self) -> None:
        spots = {spot.position: spot for spot in self._spots}
        for reading in read_shard(self.store, self.receipt.shard, self._limits()):
            if reading.found is None:
                continue
            spot = spots.pop(self._position(reading.found), None)
            if spot is None:
                self.fault(f"the capture of {reading.found.url} at {reading.found.at.warc_offset} has no outcome")
            else:
                self._compare(spot, reading.found)
        for spot in spots.values():
            self._compare(spot, None)

    def _position(self, found: Capture | Rejection) -> int:
        return self._at.of(found.at.warc_file, found.at.warc_offset)

    def _compare(self, spot: Spot, found: Capture | Rejection | None) -> None:
        if spot.is_removed and (found is None or self._is_own()):
            if found:
                self.fault(f"the capture of {spot.url} at {spot.position} was to be taken out: start `pressrun remove` again")
            return
        here = (self._position(found), found.url, found.at.warc_record_id) if found else None
        if here != (spot.position, spot.url, spot.record_id):
            self.fault(f"{spot.key}: the archive holds no record of {spot.url} at {spot.position}")

    def _is_own(self) -> bool:
        """Whether its archive is one of collect's below this root: there, what is taken out is blanked."""
        return self.receipt.shard.url.startswith(f"{self.store.url}/captures/")
