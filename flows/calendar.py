"""What the commands `backfills` and `calendar` print: how far backfills are, day by day."""

from collections import Counter
from collections.abc import Iterable, Iterator

from flows.terminal import cost_words
from tasks.progress import Progress

LEGEND = "# done   + in part   . to do   x failed   - missing upstream   (space: not asked for)"


def backfill_lines(found: Iterable[Progress]) -> list[str]:
    """A block a backfill: what it is about, how far it is, and what the rest will cost."""
    return [line for progress in found for line in _backfill_block(progress)]


def _backfill_block(progress: Progress) -> Iterator[str]:
    backfill, shards, left = progress.backfill, progress.backfill.shards.values(), progress.bytes_to_press
    states = Counter(progress.state_of(one) for one in shards)
    size = sum(one.size_bytes for one in shards)
    yield f"{backfill.name}: {', '.join(backfill.order['archives'])}{_range(progress)}"
    state = "running, or killed and not started again" if progress.is_running else "not running"
    yield f"  {state}; {len(backfill.runs)} runs, the last {backfill.runs[-1]}"
    yield f"  {len(shards):,} archives planned ({size / 1e6:,.1f} MB): {states['done']:,} done, {states['failed']:,} failed"
    yield f"  {states['to do']:,} to do ({left / 1e6:,.1f} MB), {len(backfill.gaps)} gaps upstream"
    if progress.by_other_recipe:
        yield f"  {len(progress.by_other_recipe):,} were pressed by another recipe than the last run's"
    if left:
        yield f"  the rest: {cost_words(progress.outlook)}"


def _range(progress: Progress) -> str:
    days = [day for day in progress.days() if day]
    return f", {days[0]} to {days[-1]}" if days else ""


def calendar_lines(found: Iterable[Progress], *, every_day: bool) -> list[str]:
    """A block a backfill: a row of signs a month, then a line for each day that is not whole, or for every day."""
    lines: list[str] = []
    for progress in found:
        days, gaps = progress.days(), _gaps(progress)
        undated = days.pop("", None)
        lines += [progress.backfill.name, "", *_months(days, gaps), "", f"  {LEGEND}", ""]
        lines.append(f"  {'day':<12}{'planned':>9}{'done':>9}{'failed':>9}{'to do':>9}   missing upstream")
        for day in sorted(days.keys() | gaps.keys()):
            counts = days.get(day, Counter())
            if every_day or gaps.get(day) or counts["done"] < counts["planned"]:
                lines.append(_row(day, counts, gaps.get(day, "")))
        if undated:
            lines.append(_row("no date", undated, ""))
        total = sum((counts for counts in days.values()), undated or Counter())
        lines += [_row("all", total, f"{len(progress.backfill.gaps)} gaps" if progress.backfill.gaps else ""), ""]
        lines += [f"  failed: {name}: {why}" for (_, name), why in sorted(progress.failed.items())]
    return lines


def _row(day: str, counts: Counter[str], gap: str) -> str:
    numbers = "".join(f"{counts[name]:>9,}" for name in ("planned", "done", "failed", "to do"))
    return f"  {day:<12}{numbers}   {gap}".rstrip()


def _gaps(progress: Progress) -> dict[str, str]:
    found: dict[str, str] = {}
    for gap in progress.backfill.gaps:
        found[gap.when] = f"{found[gap.when]}; {gap.what}" if gap.when in found else gap.what
    return found


def _months(days: dict[str, Counter[str]], gaps: dict[str, str]) -> Iterator[str]:
    for month in sorted({day[:7] for day in days.keys() | gaps.keys() if day[:1].isdigit()}):
        if month in gaps:
            yield f"  {month}  {'-' * 31}"
            continue
        signs = (_sign(f"{month}-{day:02d}", days, gaps) for day in range(1, 32))
        yield f"  {month}  {''.join(signs)}".rstrip()


def _sign(day: str, days: dict[str, Counter[str]], gaps: dict[str, str]) -> str:
    counts = days.get(day)
    if counts is None:
        return "-" if day in gaps else " "
    if counts["failed"]:
        return "x"
    if day in gaps:
        return "-"
    return "#" if counts["done"] == counts["planned"] else "+" if counts["done"] else "."
