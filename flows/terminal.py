"""What the commands print: plain lines for people, on standard output."""

import shutil
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tasks.audit import AuditReport
from tasks.corpus import SourceStatus
from tasks.dead_letters import ReplayReport
from tasks.forecasts import Forecast, forecast
from tasks.plans import Plan
from tasks.reasons import Reason
from tasks.shards import Counts

MOST_GAPS = 40
NOT_IN_THE_HEAD = {"text", "title", "url", "id"}


def counts_lines(counts: Counts) -> list[str]:
    """The sum of a run or a corpus, then its rejections by reason, most first."""
    lines = [
        f"  captures read  {counts.captures:>9,}",
        f"  articles       {counts.articles:>9,}",
        f"  rejections     {counts.rejected:>9,}",
    ]
    by_number = sorted(counts.rejections.items(), key=lambda item: (-item[1], item[0]))
    return lines + [f"    {reason:<20} {number:>9,}   {Reason(reason).meaning}" for reason, number in by_number]


def plan_lines(plan: Plan, root: str) -> list[str]:
    """What a run is going to do, in a few lines."""
    size = plan.bytes_to_press / 1e6
    lines = [f"{len(plan.orders)} archives to press ({size:,.1f} MB), {len(plan.done)} done before, into {root}"]
    if plan.left_alone:
        lines.append(f"{len(plan.left_alone)} files are of no kind to press here and are left alone, e.g. {plan.left_alone[0]}")
    lines += [f"given up earlier: {failure.shard}: {failure.why} (--reprocess failed takes it up)" for failure in plan.given_up]
    lines += plan.notes
    if plan.gaps:
        lines.append(f"{len(plan.gaps)} gaps upstream:")
        lines += [f"  {gap.when}  {gap.what}: {gap.why}" for gap in plan.gaps[:MOST_GAPS]]
        lines += [f"  and {len(plan.gaps) - MOST_GAPS} more"] if len(plan.gaps) > MOST_GAPS else []
    return lines


def forecast_lines(plan: Plan) -> list[str]:
    """What the rest of a plan is going to cost, and how one knows."""
    outlook = forecast(plan.known, plan.bytes_to_press)
    learned = outlook.learned_from
    how = f"learned from {learned / 1e6:,.1f} MB that are done" if learned else "a first guess: nothing is done yet"
    return [f"forecast: {cost_words(outlook)} ({how})"]


def cost_words(outlook: Forecast) -> str:
    """A forecast in one line."""
    return f"about {outlook.articles:,.0f} articles, {outlook.output_bytes / 1e6:,.1f} MB of Parquet, {hours(outlook.cpu_seconds)}"


def hours(cpu_seconds: float) -> str:
    """CPU time as people say it."""
    return f"{cpu_seconds / 3600:,.1f} CPU hours" if cpu_seconds >= 360 else f"{cpu_seconds:,.0f} CPU seconds"


def run_lines(root: str, counts: Counts, example: dict[str, Any] | None) -> list[str]:
    """The end of a run: its sum, where the Parquet lies, one article, and what to try next."""
    lines = ["", *counts_lines(counts), "", f"Parquet: {root}/articles/*/*/*/*.parquet"]
    if not example:
        return lines
    lines += ["", "One of the articles:", "", *article_lines(example, most_characters=400)]
    return [
        *lines,
        "",
        "Next:",
        f"  {_command('pressrun')} audit {root}",
        f"  {_command('pressrun')} status {root}",
        f"  {_command('pressrun')} show {example['id']} --in {root}",
        f"  {_command('pressrun')} server      # the runs, in the browser",
    ]


def _command(name: str) -> str:
    """How this command is called from here: by its name, or by its path where the environment is not activated."""
    return name if shutil.which(name) else str(Path(sys.executable).with_name(name))


def article_lines(row: dict[str, Any], most_characters: int | None = None) -> list[str]:
    """An article for reading: title and text, and with no limit on it every other column that has a value."""
    text = row["text"]
    shown = text if most_characters is None else textwrap.shorten(text, most_characters, placeholder=" ...")
    lines = [f"  {row['title'] or '(no title)'}", f"  {row['url']}"]
    if row["published_at"]:
        lines.append(
            f"  published {row['published_at']:%Y-%m-%d %H:%M} {_zone(row)}"
            f" ({row['published_precision']}, {row['published_source']})"
        )
    lines += [f"  by {', '.join(row['authors'])}"] if row["authors"] else []
    for paragraph in shown.splitlines():
        lines += ["", *textwrap.wrap(paragraph, 100, initial_indent="  ", subsequent_indent="  ")]
    if most_characters is None:
        facts = {name: value for name, value in row.items() if name not in NOT_IN_THE_HEAD and value not in (None, [], "")}
        lines += ["", f"  id                       {row['id']}", *(f"  {name:<24} {value}" for name, value in facts.items())]
    return lines


def _zone(row: dict[str, Any]) -> str:
    return "in an unknown zone" if row["published_precision"].startswith("local_") else "UTC"


def rejection_lines(row: dict[str, Any]) -> list[str]:
    """A rejected capture for reading."""
    meaning = Reason(row["reason"]).meaning
    detail = f" ({row['detail']})" if row["detail"] else ""
    return [
        f"  {row['url']}",
        f"  rejected at {row['stage']}: {row['reason']}{detail}. {meaning}",
        f"  captured {row['captured_at']}, in {row['warc_file']} at {row['warc_offset']}",
    ]


def dead_letter_line(row: dict[str, Any]) -> str:
    """A rejected capture in one line: reason, address, detail."""
    detail = " ".join((row["detail"] or "").split())
    return f"{row['reason']:<20} {row['url'] or '(no URL)'}" + (f"   {detail}" if detail else "")


def replay_lines(report: ReplayReport) -> list[str]:
    """What a replay changed, and what stayed a rejection, most first."""
    lines = [f"note: {note}" for note in report.notes]
    lines += [f"FAILED {name}: {error}" for name, error in report.failed.items()]
    by_number = sorted(report.reasons.items(), key=lambda item: (-item[1], item[0]))
    lines += [f"  still {reason:<20} {number:>9,}" for reason, number in by_number]
    changed = f"{report.changed:,} outcomes changed in {report.shards} shards, {report.articles:,} are articles now"
    return [*lines, f"{report.captures:,} captures pressed again: {changed}"]


def audit_lines(report: AuditReport) -> list[str]:
    """The verdict of an audit, after its notes and faults."""
    lines = [*(f"note: {note}" for note in report.notes), *(f"FAULT {fault}" for fault in report.faults)]
    lines += [f"unfinished: {name} (start its backfill again)" for name in report.unfinished]
    counts = report.counts
    lines.append(f"{report.shards} shards, {report.objects} objects")
    sum_line = f"{counts.captures:,} captures read = {counts.articles:,} articles + {counts.rejected:,} rejections"
    return [*lines, f"{sum_line}: the sum closes" if report.closes else f"{len(report.faults)} faults: the corpus is not sound"]


def status_lines(sources: Iterable[SourceStatus]) -> list[str]:
    """What a corpus holds, a block a source."""
    lines = []
    for status in sources:
        span = status.months[0] if len(status.months) == 1 else f"{status.months[0]} to {status.months[-1]}"
        per_second = f", {status.counts.captures / status.cpu_seconds:.0f} captures per CPU second" if status.cpu_seconds else ""
        recipes = ", ".join(f"{name} ({number})" for name, number in sorted(status.recipes.items()))
        lines += [
            f"{status.source}: {status.shards} shards, captured {span}, {status.size_bytes / 1e6:,.1f} MB of Parquet{per_second}",
            f"  pressed by {recipes}",
            *counts_lines(status.counts),
        ]
    return lines or ["nothing is here yet: start with `pressrun backfill ARCHIVES --into ROOT`"]


def reason_lines() -> list[str]:
    """Every reason for a rejection, with its meaning."""
    return [f"{reason.value:<20} {reason.meaning}" for reason in Reason]
