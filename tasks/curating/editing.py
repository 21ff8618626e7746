"""An edition from its plan to its manifest: which orders there are, step by step, and what is made of what came of them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tasks.audit_editions import at_work_key
from tasks.curating.batches import BatchPlan, inputs_of, known_batches, plan_batches
from tasks.curating.cutting import Cutting
from tasks.curating.doubting import PAIRS_AT_ONCE
from tasks.curating.grouping import Groups
from tasks.curating.joining import (
    ROWS_AT_ONCE,
    Join,
    Stretch,
    finish_join,
    forget_joins,
    forget_unfinished,
    joined_before,
)
from tasks.curating.layout import leaves_of, packed
from tasks.curating.orders import (
    CompareOrder,
    CutOrder,
    DoubtOrder,
    GroupOrder,
    JoinOrder,
    ShinglesOrder,
    SignOrder,
    WriteOrder,
)
from tasks.curating.places import ALL_BANDS, LINE_BUCKETS, ROOT, ROWS, WORK
from tasks.curating.publishing import publish
from tasks.curating.recipe import EditionRecipe
from tasks.curating.signing import forget_batch
from tasks.curating.tables import delete_below
from tasks.curating.writing import Press
from tasks.editions import Edition, EditionCounts, EditionFile, edition_names, read_edition
from tasks.errors import BrokenShard, FixTheRun
from tasks.recipe import digest_of
from tasks.shards import all_receipts
from tasks.storage import Store

# Articles whose lines are one order: some seconds.
CUT_ARTICLES = 20_000

Run = tuple[str, datetime, dict[str, Any]]  # its id, when it began, its order


@dataclass(frozen=True, slots=True)
class Plan:
    """An edition that is to be made: out of which batches, on the base of which edition.

    ``is_done``: it is there already, and all is cleaned up. ``is_whole``: nothing of the edition before is taken over.
    """

    store_url: str
    name: str
    recipe: EditionRecipe
    batches: BatchPlan
    base: Edition | None
    is_done: bool = False
    is_whole: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all batches, sorted."""
        return tuple(sorted(batch.name for batch in self.batches.all))

    @property
    def articles(self) -> int:
        """Articles in all batches."""
        return sum(batch.rows for batch in self.batches.all)

    @property
    def work(self) -> str:
        """The folder of what is only needed now; it follows from what decides it, so that a stopped run goes on."""
        overrules = self.recipe.described()["overrules"]
        return digest_of([self.names, overrules])


def plan_edition(store: Store, name: str, recipe: EditionRecipe, *, is_whole: bool = False) -> Plan:
    """See what there is to do; raises FixTheRun where there is no article. Nothing is written."""
    batches = plan_batches(inputs_of(all_receipts(store)), known_batches(store))
    if not batches.all:
        raise FixTheRun(f"there are no articles at {store.url}: `pressrun backfill` or `pressrun collect` first")
    editions = [read_edition(store, found) for found in edition_names(store)]
    same = [edition for edition in editions if edition.name == name]
    base = same[0] if same else max(editions, key=lambda edition: edition.finished_at, default=None)
    plan = Plan(store.url, name, recipe, batches, base, is_whole=is_whole)
    wanted = (name, list(plan.names), _plain(recipe.described()))
    is_there = base is not None and (base.name, sorted(base.batches), base.recipe) == wanted
    return replace(plan, is_done=is_there and not is_whole and not _is_left_open(store) and _is_complete(store, base))


def _is_left_open(store: Store) -> bool:
    """Whether a run was stopped before it had cleaned up, or is at work."""
    return any(True for folder in (WORK, ROWS) for _ in store.list(folder))


def _is_complete(store: Store, edition: Edition | None) -> bool:
    """Whether all of its files are there, by their size."""
    if edition is None:
        return False
    there = {found.key: found.size_bytes for found in store.list(f"curated/{edition.name}/")}
    return all(there.get(stored.key) == stored.size_bytes for stored in edition.objects)


def forget_all(store: Store) -> None:
    """Delete all that is kept between editions: the next one looks at every article again."""
    delete_below(store, f"{ROOT}batches/")
    delete_below(store, ROOT)


def sign_orders(plan: Plan, store: Store) -> list[SignOrder]:
    """Look at what is new, after letting go of what is not there any more as it was."""
    if plan.batches.outdated:
        forget_joins(store)
        for name in plan.batches.outdated:
            forget_batch(store, name)
    return [SignOrder(plan.store_url, batch) for batch in plan.batches.new]


def join_orders(plan: Plan, store: Store) -> tuple[Join, list[JoinOrder]]:
    """Compare what has not been compared yet with everything; no orders where there is nothing new."""
    before = joined_before(store)[1]
    join = Join(tuple(name for name in plan.names if name not in before), tuple(name for name in plan.names if name in before))
    forget_unfinished(store, join)
    pieces = -(-plan.articles // ROWS_AT_ONCE)
    stretches = [Stretch(band, number, pieces) for band in ALL_BANDS for number in range(pieces)]
    return join, [JoinOrder(plan.store_url, join, stretch) for stretch in stretches] if join.new else []


def doubt_orders(plan: Plan, join: Join) -> list[DoubtOrder]:
    """List what the signatures leave in doubt."""
    return [DoubtOrder(plan.store_url, join)] if join.new else []


def shingle_orders(plan: Plan, join: Join, doubts: int) -> list[ShinglesOrder]:
    """Read the shingles of what is in doubt."""
    return [ShinglesOrder(plan.store_url, join, name) for name in plan.names] if doubts else []


def compare_orders(plan: Plan, join: Join, doubts: int) -> list[CompareOrder]:
    """Compare what is in doubt."""
    return [CompareOrder(plan.store_url, join, piece) for piece in range(-(-doubts // PAIRS_AT_ONCE))]


def group_orders(plan: Plan, store: Store, join: Join) -> list[GroupOrder]:
    """Make clusters of all that was found to be alike, ever; from now on files of the edition change, as the audit has to know."""
    if join.new:
        finish_join(store, join)
    store.write(at_work_key(plan.work, plan.name), b"{}\n")
    return [GroupOrder(plan.store_url, plan.work, plan.names, tuple(sorted(joined_before(store)[0])))]


def cut_orders(plan: Plan) -> list[CutOrder]:
    """Look for the repeated lines of all sites."""
    if not plan.recipe.cuts_lines:
        return []
    pieces = min(LINE_BUCKETS, 4 + plan.articles // CUT_ARTICLES)
    shares = [tuple(range(first, LINE_BUCKETS, pieces)) for first in range(pieces)]
    cutting = Cutting(plan.work, plan.names, plan.recipe.overrules)
    return [CutOrder(plan.store_url, cutting, buckets) for buckets in shares]


def write_orders(plan: Plan, groups: Groups) -> list[WriteOrder]:
    """Write every file that changes, the newest first: where little is new it is there."""
    base = plan.base.files if plan.base else ()
    standing = base if plan.base and plan.base.name == plan.name else ()
    orders = []
    for leaves in packed(reversed(leaves_of(groups.hours, standing)), groups.hours):
        months = {leaf.month for leaf in leaves}
        own = () if plan.is_whole else tuple(file for file in base if file.month in months)
        orders.append(WriteOrder(plan.store_url, Press(plan.name, plan.work, plan.names, plan.recipe, own), leaves))
    return orders


def finish_edition(
    store: Store, plan: Plan, run: Run, groups: Groups, found: list[EditionFile], beat: Callable[[], object]
) -> Edition:
    """Count, write the manifest, and clean up; raises BrokenShard when the sum is off. ``beat``: see ``publish``."""
    run_id, started, order = run
    set_aside: Counter[str] = Counter()
    files = sorted(found, key=lambda file: file.key)
    for file in files:
        set_aside.update(file.set_aside)
    counts = EditionCounts(
        read=groups.articles,
        kept=sum(file.rows for file in files),
        set_aside=dict(sorted(set_aside.items())),
        clusters=groups.clusters,
        clustered=groups.clustered,
        cut_lines=sum(file.cut_lines for file in files),
    )
    if not counts.closes:
        raise BrokenShard(f"{counts.read} articles were read, {counts.kept} are kept and {sum(set_aside.values())} set aside")
    edition = Edition(
        name=plan.name,
        run_id=run_id,
        started_at=started.isoformat(timespec="seconds"),
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        base=plan.base.name if plan.base else "",
        order=order,
        recipe=plan.recipe.described(),
        batches=plan.names,
        counts=counts,
        files=tuple(files),
    )
    publish(store, edition, beat)
    beat()
    _clean_up(store, plan, {stored.key for stored in edition.objects})
    return edition


def _clean_up(store: Store, plan: Plan, kept: set[str]) -> None:
    """What only this edition needed, and files of it that have no articles any more."""
    for folder in ("articles", "set_aside"):
        for found in list(store.list(f"curated/{plan.name}/{folder}/")):
            if found.key not in kept:
                store.delete(found.key)
    delete_below(store, ROWS)
    delete_below(store, WORK)


def _plain(value: Any) -> Any:
    """The value as it comes out of JSON."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
