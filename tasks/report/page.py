"""The page: facts put in words, charts and tables, as one HTML file that asks for nothing outside of itself."""

import base64
import hashlib
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from tasks.report.charts import number, share, told
from tasks.report.facts import Facts
from tasks.report.plots import calendars, kinds, median_length, over_time, reasons, work_plots
from tasks.report.tables import tables, urgent_tables
from tasks.storage import short_name


def render(facts: Facts) -> str:
    """The page as HTML."""
    style = _read("page.css")
    template = Environment(autoescape=True, finalize=_final, trim_blocks=True).from_string(_read("page.html"))
    return template.render(
        style=Markup(style),  # noqa: S704  (it is a file of this package)
        style_hash=Markup("sha256-{}").format(base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()),
        **_head(facts),
        sums=_sums(facts),
        tiles=_tiles(facts),
        notices=_notices(facts),
        urgent=urgent_tables(facts),
        wide=over_time(facts) + reasons(facts),
        stacks=kinds(facts),
        work=work_plots(facts),
        calendars=calendars(facts),
        tables=tables(facts),
        made_at=f"{facts.made_at:%Y-%m-%d %H:%M}",
        version=facts.version,
    )


def _read(name: str) -> str:
    return files("tasks.report").joinpath(name).read_text("utf-8")


def _final(value: Any) -> Any:
    """Everything that the template writes and that is not our own markup is foreign."""
    return value if isinstance(value, Markup) else told(value)


def _head(facts: Facts) -> dict[str, str]:
    made = f"as of {facts.made_at:%Y-%m-%d %H:%M} UTC"
    if facts.run is None:
        name = short_name(facts.root)
        return {"title": f"Corpus {name}", "over": "Corpus", "heading": facts.root, "about": f"The whole corpus, {made}"}
    run = facts.run
    when = f"{run.started:%Y-%m-%d %H:%M} to {run.finished:%Y-%m-%d %H:%M} UTC"
    about = f"Run {run.run_id}, {when}, into {facts.root}"
    return {"title": f"Run {run.run_id}", "over": "Run", "heading": run.what, "about": about}


def _sums(facts: Facts) -> dict[str, Any]:
    counts = facts.counts
    width = 100 * counts.articles / counts.captures if counts.captures else 0
    split = Markup(
        '<svg class="split" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label="{0}"><title>{0}</title>'
        '<rect class="rejections" width="100" height="1"/><rect class="articles" width="{1:.2f}" height="1"/></svg>'
    ).format(f"{share(counts.articles, counts.captures)} of the captures became articles", width)
    return {
        "captures": number(counts.captures),
        "articles": number(counts.articles),
        "rejections": number(counts.rejected),
        "split": split if counts.captures else Markup(""),
    }


def _tiles(facts: Facts) -> list[tuple[str, str]]:
    rows, work, copies = facts.rows, facts.work, facts.copies
    found = [
        ("became articles", share(facts.counts.articles, facts.counts.captures)),
        ("archives pressed", number(work.shards)),
        ("read", _size(work.read_bytes)),
        ("Parquet written", _size(work.size_bytes)),
        ("hosts", number(len(rows.hosts))),
        ("median length, words", median_length(rows.words)),
        ("exact copies", f"{number(copies.removable)} ({share(copies.removable, rows.articles)})"),
        ("CPU time", _duration(work.cpu_seconds)),
    ]
    if facts.run:
        found.append(("took", _duration(facts.run.seconds)))
    return found


def _size(size_bytes: int) -> str:
    for unit, power in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size_bytes >= power:
            return f"{size_bytes / power:,.1f} {unit}"
    return f"{size_bytes / 1e3:,.1f} kB"


def _duration(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:,.0f} s"


def _notices(facts: Facts) -> list[str]:
    counts = facts.counts
    found = []
    if not counts.closes:
        found.append("The sum does not close: `pressrun audit` says where.")
    if facts.rows.articles != counts.articles or facts.rows.rejections != counts.rejected:
        there = f"{facts.rows.articles:,} articles and {facts.rows.rejections:,} rejections"
        found.append(f"The receipts vouch for more or less than what was read for this page: {there}.")
    return found
