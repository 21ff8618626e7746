"""What a run leaves in the Prefect UI when it ends: its sums, why captures were rejected, what failed, and what to do."""

import logging
from contextlib import suppress

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.monitor import MOST_SHARDS_NAMED, Failed
from tasks.collecting.ledger import Fate
from tasks.collecting.orders import VisitReceipt, outcomes_by_site
from tasks.editions import Edition
from tasks.errors import BrokenShard, FixTheRun, PressError
from tasks.manifests import Manifest
from tasks.press import Order
from tasks.reasons import Reason
from tasks.report.making import make_report
from tasks.storage import Store

log = logging.getLogger(__name__)

MOST_HOSTS = 100
MOST_SHARDS_REPORTED = 2_000  # the report reads every part of the run once; beyond that it is made by hand

AGAIN = "start the same backfill again: only what failed is pressed"


def failed_shard(order: Order, error: BaseException) -> Failed:
    """What a person has to know of a shard that failed."""
    if isinstance(error, BrokenShard):
        what = "mend or replace the archive, then press it again with --reprocess failed; later runs leave it alone"
    elif isinstance(error, FixTheRun):
        what = f"change what the message says, then {AGAIN}"
    else:
        what = AGAIN
    return Failed(order.shard.name, order.shard.url, str(error) or type(error).__name__, what)


def publish_summary(store: Store, manifest: Manifest, failures: list[Failed]) -> None:
    """Leave the run's sums, its rejections by reason, its hosts, its failed shards and the gaps upstream as artifacts."""
    counts, report = manifest.counts, _publish_report(store, manifest)
    sums = f"{counts.captures:,} captures read = {counts.articles:,} articles + {counts.rejected:,} rejections"
    log.info("%s; the report: %s", sums, report.replace("`", ""))
    lines = [
        *(f"**{sums}**", ""),
        *([f"- {len(manifest.done_before):,} archives were done before"] if manifest.done_before else []),
        *(f"- corpus: `{store.url}`", f"- run: `{manifest.run_id}`", f"- report: {report}"),
        *("", "| rejected because | captures | share | which means |", "|---|---:|---:|---|"),
        *(
            f"| {reason} | {number:,} | {number / counts.captures:.1%} | {Reason(reason).meaning} |"
            for reason, number in sorted(counts.rejections.items(), key=lambda each: -each[1])
        ),
    ]
    create_markdown_artifact("\n".join(lines), key="summary", description="What the run read and what became of it")
    if failures:
        rows = [
            {"shard": one.shard, "why": one.why, "what to do": one.what_to_do, "archive": one.archive}
            for one in sorted(failures, key=lambda one: one.shard)
        ]
        create_table_artifact(rows, key="failed-shards", description="Shards that failed, and what to do about each")
    if manifest.gaps:
        gaps = [{"when": gap.when, "missing": gap.what, "why": gap.why} for gap in manifest.gaps]
        create_table_artifact(gaps, key="gaps", description="Missing upstream: the same backfill, started again, looks for it anew")


def _publish_report(store: Store, manifest: Manifest) -> str:
    """Make the run's report, and leave its hosts as a table; gives the words for where the report is."""
    by_hand = f"`pressrun report {store.url} --run {manifest.run_id}` makes it"
    if not manifest.receipts or len(manifest.receipts) > MOST_SHARDS_REPORTED:
        return by_hand
    with suppress(PressError):  # the run has done its work, whatever becomes of its report
        made = make_report(store, manifest.run_id)
        hosts, articles = made.facts.rows.hosts, max(1, made.facts.rows.articles)
        rows = [
            {"host": host, "articles": number, "share": f"{number / articles:.1%}"}
            for host, number in hosts.most_common(MOST_HOSTS)
        ]
        if rows:
            more = f", the first {MOST_HOSTS} of {len(hosts):,}" if len(hosts) > MOST_HOSTS else ""
            create_table_artifact(rows, key="hosts", description=f"Where the run's articles come from{more}")
        return made.link
    return by_hand


def publish_visits(receipts: list[VisitReceipt]) -> None:
    """Leave what became of the addresses of each site, and what is wrong with its sources, as artifacts."""
    sites = outcomes_by_site(receipts)
    rows = [{"site": site, **{fate.value: counts.get(fate.value, 0) for fate in Fate}} for site, counts in sites.items()]
    if rows:
        create_table_artifact(rows, key="sites", description="What became of the addresses that each site announced")
    if notes := [note for receipt in receipts for note in receipt.notes]:
        problems = [{"site": note.site, "source": note.url, "what": note.what} for note in notes]
        create_table_artifact(problems, key="sources", description="Sources that are silent, or that something is wrong with")
        for note in notes[:MOST_SHARDS_NAMED]:
            log.warning("%s: %s: %s", note.site, note.url, note.what)


def publish_edition(store: Store, edition: Edition) -> None:
    """Leave what an edition holds, and what was set aside with its meaning."""
    counts = edition.counts
    aside = sum(counts.set_aside.values())
    sums = f"{counts.read:,} articles read = {counts.kept:,} kept + {aside:,} set aside"
    size = sum(file.size_bytes for file in edition.files)
    lines = [
        *(f"**{sums}**", "", f"- edition: `{store.url}/curated/{edition.name}/articles/`, {size / 1e6:,.0f} MB"),
        f"- {counts.clusters:,} stories have copies, {counts.clustered:,} articles among them",
        f"- {counts.cut_lines:,} repeated lines of sites were taken out of texts",
        *("", "| set aside because | articles | which means |", "|---|---:|---|"),
        *(f"| {reason} | {number:,} | {Reason(reason).meaning} |" for reason, number in counts.set_aside.items()),
    ]
    create_markdown_artifact("\n".join(lines), key="edition-summary", description="What the edition holds and what it does not")
    log.info("edition %s is written: %d articles kept, %d set aside", edition.name, counts.kept, aside)
