"""A removal from its record to its end: articles, captures, editions, in this order, each so that who is stopped goes on."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from tasks.audit_editions import strays
from tasks.curating.publishing import alone
from tasks.editions import edition_names, read_edition
from tasks.errors import BrokenShard, FixTheRun, RetryLater
from tasks.leases import Lease
from tasks.removals import Removal, Removed, read_removals
from tasks.shards import Receipt, all_receipts, check_corpus
from tasks.storage import NotFound, Store
from tasks.taking_out.captures import Captures
from tasks.taking_out.editions import find_in_edition, forget_kept, take_out_of_edition, take_out_stray
from tasks.taking_out.finding import Hits, hits_in, loose_parts
from tasks.taking_out.shards import Taking, drop_loose_parts, finish_left, take_out

READS_AT_ONCE = 8
Tell = Callable[[str], None]


@dataclass(slots=True)
class RemovalReport:
    """What was found and taken out; in a dry run what would be. ``parts``: parts of unfinished shards, that are pressed again.

    ``editions``: rows by edition. ``elsewhere``: archives outside the root that hold what was taken out, and are not changed.
    ``waiting``: files of captures that are not pressed yet.
    """

    removal: Removal
    is_dry: bool
    articles: int = 0
    rejections: int = 0
    captures: int = 0
    shards: int = 0
    unfinished: list[str] = field(default_factory=list)
    editions: dict[str, int] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    at_work: list[str] = field(default_factory=list)
    waiting: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def taken(self) -> dict[str, int]:
        """Numbers by kind, those that are not none."""
        rows = sum(self.editions.values())
        every = {"articles": self.articles, "rejections": self.rejections, "captures": self.captures, "edition rows": rows}
        return {name: number for name, number in every.items() if number}


def remove(store: Store, asked: Removal, now: datetime, tell: Tell, *, is_dry: bool = False) -> RemovalReport:
    """Take out what is asked for, and finish what an earlier removal was stopped at; ``tell`` gets a line a shard.

    What fails is in the report, all else is done first. Raises FixTheRun where there is no corpus, or somebody curates.
    """
    check_corpus(store)
    known = read_removals(store)
    before = next((one for one in known if one.id == asked.id), None)
    removal = _recorded(asked, before, now)
    removed = Removed([*known, removal])
    taking = Taking(store, removed, removal.id, Captures(store, removed, is_dry=is_dry))
    report = RemovalReport(removal, is_dry)
    if is_dry:
        _Work(taking, report, tell).do()
        return report
    with alone(store, f"remove-{os.urandom(4).hex()}") as lease:
        if removal != before:
            removal.write(store)
        _Work(replace(taking, beat=partial(_beat, lease)), report, tell).do()
        _close(store, report)
    return report


def _beat(lease: Lease) -> None:
    if not lease.beat():
        raise RetryLater("another run took the corpus over while this one made no progress: start the same command again")


def _recorded(asked: Removal, before: Removal | None, now: datetime) -> Removal:
    """The record as it is to lie on the store: the first to ask says when."""
    if before is None:
        return replace(asked, asked_at=now.isoformat(timespec="seconds"))
    return replace(before, why=asked.why or before.why)


def _close(store: Store, report: RemovalReport) -> None:
    """Write into the record what was taken out, and whether that is all."""
    sums = Counter(report.removal.taken)
    sums.update(report.taken)
    removal = replace(report.removal, taken=dict(sorted(sums.items())), is_done=not report.failed)
    if removal != report.removal:
        removal.write(store)
    report.removal = removal


@dataclass(slots=True)
class _Work:
    taking: Taking
    report: RemovalReport
    tell: Tell

    def do(self) -> None:
        """All steps, in the order that lets whoever was stopped find again what is left."""
        store, is_dry = self.taking.store, self.report.is_dry
        if not is_dry:
            self.report.unfinished += finish_left(self.taking)
            self._tried("captures", self._finish_files)
        receipts = list(all_receipts(store))
        self._shards(receipts)
        self._loose(receipts)
        for name in edition_names(store):
            self._tried(f"edition {name}", partial(self._edition, name))
        for name, keys in strays(store).items():
            self._tried(f"edition {name}, files in no manifest", partial(self._strays, name, keys))
        if not is_dry and (self.report.taken or not self.report.removal.is_done):
            forget_kept(store)
        self.report.at_work = _at_work(store)

    def _tried(self, what: str, step: Callable[[], None]) -> None:
        """Do a step; what fails is told at the end, and the others are done first."""
        self.taking.beat()
        try:
            step()
        except (RetryLater, BrokenShard, NotFound, FixTheRun) as error:
            self.report.failed[what] = str(error)
            self.tell(f"{what}: failed: {error}")

    def _finish_files(self) -> None:
        for key in self.taking.captures.left():
            self.taking.captures.blank(key)

    def _shards(self, receipts: list[Receipt]) -> None:
        with ThreadPoolExecutor(READS_AT_ONCE) as pool:
            hits = dict(zip((one.key for one in receipts), self._beating(pool.map(self._hits, receipts)), strict=True))
        own = {file for found in hits.values() for file in found.records if self.taking.captures.is_own(file)}
        for receipt in receipts:
            found = hits[receipt.key]
            if found.records or receipt.shard.url in own:
                self._tried(receipt.shard.name, partial(self._shard, receipt, found))

    def _hits(self, receipt: Receipt) -> Hits:
        try:
            return self.taking.hits(receipt)
        except (RetryLater, BrokenShard) as error:
            self.report.failed[receipt.shard.name] = str(error)
            return Hits()

    def _beating(self, found: Iterator[Hits]) -> Iterator[Hits]:
        for one in found:
            self.taking.beat()
            yield one

    def _shard(self, receipt: Receipt, hits: Hits) -> None:
        report, files = self.report, self.taking.captures
        if report.is_dry:
            keys = {file: files.key_of(file) for file in hits.records}
            captures = sum(files.blank(key, hits.records[file]) for file, key in keys.items() if key)
        else:
            taken = take_out(self.taking, receipt.key)
            hits, captures = taken.hits, taken.captures
            report.failed |= {f"{receipt.shard.name}, captures": trouble for trouble in taken.troubles}
        report.articles, report.rejections = report.articles + hits.articles, report.rejections + hits.rejections
        report.captures, report.shards = report.captures + captures, report.shards + bool(hits.rows)
        report.elsewhere |= {file for file in hits.records if not files.is_own(file)}
        if hits.rows or captures:
            told = f"{hits.articles} articles, {hits.rejections} rejections, {captures} captures"
            self.tell(f"{receipt.shard.name}: {told}{'' if report.is_dry else ' taken out'}")

    def _loose(self, receipts: list[Receipt]) -> None:
        """What has no receipt: captures first, so that whoever is stopped finds them again by the parts that name them."""
        done = {f"{one.shard.source}/{one.month}/{one.shard.name}" for one in receipts}
        found: dict[str, tuple[list[str], Hits]] = {}
        for folder, keys in loose_parts(self.taking.store, done).items():
            self._tried(folder, partial(self._look, folder, keys, found))
        files, records = self.taking.captures, dict[str, set[str]]()
        waiting = files.unpressed(one.shard.url for one in receipts)
        for _, hits in found.values():
            self.report.elsewhere |= {file for file in hits.records if not files.is_own(file)}
            for file, ids in hits.records.items():
                if key := files.key_of(file):
                    records.setdefault(key, set()).update(ids)
        for key in sorted({*waiting, *records}):
            self._tried(key, partial(self._blank, key, records.get(key, set())))
        for folder, (keys, hits) in found.items():
            if hits.rows:
                self._tried(folder, partial(self._drop, folder, keys, hits))
        self.report.waiting = len(waiting)

    def _look(self, folder: str, keys: list[str], found: dict[str, tuple[list[str], Hits]]) -> None:
        hits = hits_in(self.taking.store, keys, self.taking.removed, self.taking.removal_id)
        if hits.records:
            found[folder] = keys, hits

    def _drop(self, folder: str, keys: list[str], hits: Hits) -> None:
        if not self.report.is_dry:
            hits = drop_loose_parts(self.taking, folder, keys)
        self.report.articles += hits.articles
        self.report.rejections += hits.rejections
        self.report.unfinished.append(folder)

    def _blank(self, key: str, record_ids: set[str]) -> None:
        files = self.taking.captures
        self.report.captures += files.blank(key, record_ids | files.named_by_id(key))

    def _edition(self, name: str) -> None:
        store, removed = self.taking.store, self.taking.removed
        if self.report.is_dry:
            rows = sum(find_in_edition(store, read_edition(store, name), removed).values())
        else:
            rows = take_out_of_edition(store, name, removed, self.taking.beat)
        if rows:
            self.report.editions[name] = rows
            self.tell(f"edition {name}: {rows} rows{'' if self.report.is_dry else ' taken out'}")

    def _strays(self, name: str, keys: list[str]) -> None:
        """What a run that was stopped has left in the folders of an edition: nothing else would look there."""
        is_dry, rows = self.report.is_dry, 0
        for key in keys:
            self.taking.beat()
            rows += take_out_stray(self.taking.store, key, self.taking.removed, is_dry=is_dry)
        if rows:
            self.report.editions[name] = self.report.editions.get(name, 0) + rows
            self.tell(f"edition {name}, files in no manifest: {rows} rows{'' if is_dry else ' taken out'}")


def _at_work(store: Store) -> list[str]:
    """Shards and lanes that somebody holds now: who began before the record was there does not know of it."""
    keys = (found.key.removeprefix("state/leases/") for found in store.list("state/leases/"))
    return sorted({key.rpartition("/")[0] for key in keys if not key.startswith("curate/")})
