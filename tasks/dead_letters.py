"""Dead letters: rejected captures are pressed again with other limits, and only these. The corpus stays one."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from tasks.archive.reading import ReadLimits
from tasks.errors import BrokenShard, RetryLater
from tasks.hosts import wanted_hosts
from tasks.isolation import Pending, warm_page_process
from tasks.lists import FileOffset
from tasks.pages.unpacking import unpack
from tasks.press import check_unchanged, held_shard
from tasks.reading import positions_of, reading_at
from tasks.recipe import Recipe, digest_of
from tasks.records import Article, Capture, Outcome, Rejection, article_row, rejection_row
from tasks.rejected import Row, Wanted, rows_of
from tasks.removals import keep_out, keep_out_article, removed_on
from tasks.rewriting import PartRows, Rewrite, part_anew, read_part, receipt_after, withdraw, write_part
from tasks.shards import Receipt, Shard, all_receipts
from tasks.storage import NotFound, Store


@dataclass(frozen=True, slots=True)
class Limits:
    """What a replay allows a page in place of its recipe; None: as in the recipe."""

    max_cpu_seconds: float | None = None
    max_memory_bytes: int | None = None
    max_payload_bytes: int | None = None

    def given(self) -> dict[str, Any]:
        """The limits that were changed, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(slots=True)
class ReplayReport:
    """Shards rewritten, captures pressed again, outcomes changed, articles among them; ``reasons``: why the others are none."""

    shards: int = 0
    captures: int = 0
    changed: int = 0
    articles: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def replay(store: Store, wanted: Wanted, limits: Limits, tell: Callable[[str], None]) -> ReplayReport:
    """Press the rejections again under other limits and replace their outcomes; ``tell`` gets a line a shard.

    A shard that fails is in the report, the others are finished first. Memory: one shard's new outcomes. Raises FixTheRun.
    """
    report, meant = ReplayReport(), wanted.replayable()
    for receipt in all_receipts(store, wanted.source):
        try:
            if rows := list(rows_of(store, receipt, meant)):
                with held_shard(store, receipt.shard, f"replay-{os.urandom(4).hex()}", lambda: True):
                    tell(_replay_shard(store, receipt, rows, (wanted, limits), report))
        except (RetryLater, BrokenShard, NotFound) as error:
            report.failed[receipt.shard.name] = str(error)
            tell(f"{receipt.shard.name}: failed: {error}")
    return report


def _replay_shard(
    store: Store, receipt: Receipt, rows: list[tuple[str, Row]], asked: tuple[Wanted, Limits], report: ReplayReport
) -> str:
    wanted, limits = asked
    outcomes = _press_again(store, receipt, [row for _, row in rows], limits)
    changes: dict[str, dict[FileOffset, Outcome]] = {}
    for (key, row), outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, Article) or _rejection_row(outcome, receipt) != row:
            changes.setdefault(key, {})[_at(row)] = outcome
    changed = sum(len(found) for found in changes.values())
    if changes:
        rewrites = [_rewrite(store, key, found, receipt) for key, found in changes.items()]
        entry = {"reasons": list(wanted.reasons), "limits": limits.given(), "changed": changed}
        _commit(store, receipt, rewrites, {**entry, "at": datetime.now(UTC).isoformat(timespec="seconds")})
    articles = sum(isinstance(outcome, Article) for outcome in outcomes)
    report.shards += bool(changes)
    report.captures, report.changed, report.articles = (
        report.captures + len(rows),
        report.changed + changed,
        report.articles + articles,
    )
    report.reasons.update(outcome.reason.value for outcome in outcomes if isinstance(outcome, Rejection))
    report.notes += [note for note in version_notes(receipt) if note not in report.notes]
    return f"{receipt.shard.name}: {len(rows)} captures pressed again, {changed} outcomes changed, {articles} are articles now"


def _press_again(store: Store, receipt: Receipt, rows: list[Row], limits: Limits) -> list[Outcome]:
    chosen = {one.name: receipt.recipe[one.name] for one in fields(Recipe) if one.name in receipt.recipe}
    chosen["filters"] = tuple((name, option) for name, option in chosen["filters"])
    recipe = replace(Recipe(**chosen), **limits.given())
    recipe.check()
    check_unchanged(receipt.shard)
    steps = warm_page_process(recipe).press_in_order(_pending(store, receipt.shard, rows, recipe))
    removed = removed_on(store)
    found = [outcome for step in steps if (outcome := keep_out_article(step.outcome, removed)) is not None]
    # Rows keep the id of the shard's recipe: the receipt says with which limits they were replayed.
    own = digest_of(receipt.recipe)
    return [replace(outcome, recipe=own) if isinstance(outcome, Article) else outcome for outcome in found]


def _pending(store: Store, shard: Shard, rows: list[Row], recipe: Recipe) -> Iterator[Pending]:
    # Empty at first, for a page's own digest must not count against it; equal bodies in one replay still give one article.
    seen: set[str] = set()
    positions, hosts, removed = positions_of(store, shard), wanted_hosts(store, recipe.only_hosts), removed_on(store)
    for row in rows:
        reading = reading_at(store, shard, ReadLimits(recipe.max_record_bytes), positions.of(*_at(row)))
        found = reading.found if reading else None
        if reading is None or found is None or (found.at.warc_file, found.at.warc_offset, found.url) != (*_at(row), row["url"]):
            raise BrokenShard(f"{shard.url} holds no record of {row['url']} at {row['warc_offset']}: see `pressrun audit --deep`")
        page = unpack(found, shard.source, seen, recipe, hosts) if isinstance(found, Capture) else found
        yield Pending(reading.record_type, keep_out(page, removed), reading.next_offset)


def _at(row: Row) -> FileOffset:
    return row["warc_file"], row["warc_offset"]


def _rewrite(store: Store, key: str, changes: dict[FileOffset, Outcome], receipt: Receipt) -> Rewrite:
    rows = read_part(store, key, {receipt.fingerprint})
    articles = rows.articles + [article_row(outcome) for outcome in changes.values() if isinstance(outcome, Article)]
    kept = [row for row in (_row_now(row, changes, receipt) for row in rows.rejections) if row]
    return part_anew(key, PartRows(rows.footer, kept, articles), positions_of(store, receipt.shard), receipt.fingerprint)


def _row_now(row: Row, changes: dict[FileOffset, Outcome], receipt: Receipt) -> Row | None:
    outcome = changes.get(_at(row))
    if isinstance(outcome, Rejection):
        return _rejection_row(outcome, receipt)
    return None if outcome else row


def _rejection_row(rejection: Rejection, receipt: Receipt) -> Row:
    return rejection_row(rejection, receipt.shard.source, digest_of(receipt.recipe))


def _commit(store: Store, receipt: Receipt, rewrites: list[Rewrite], entry: dict[str, Any]) -> None:
    """Withdraw the receipt, write the parts, then the receipt anew: a crash leaves a shard that the next backfill finishes."""
    withdraw(store, receipt)
    now = receipt_after(store, receipt, [write_part(store, rewrite) for rewrite in rewrites])
    store.write(now.key, replace(now, run={**receipt.run, "replays": [*receipt.run.get("replays", []), entry]}).to_json())


def version_notes(receipt: Receipt) -> list[str]:
    """Where what is installed now differs from what the shard was pressed with, a line each."""
    now, then = ({"revision": one["revision"], **one["versions"]} for one in (Recipe().described(), receipt.recipe))
    names = sorted(name for name in now | then if now.get(name) != then.get(name))
    return [f"pressed by {name} {then.get(name)}, replayed by {name} {now.get(name)}" for name in names]
